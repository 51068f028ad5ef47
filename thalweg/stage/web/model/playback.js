/** Playing: which step is shown when. */

/** A run at speed 1 plays in so many seconds, however many steps it has. */
const SECONDS = 6;

let rest = 0;

/** The step to show now; the same for all runs.
 * @param {import("./types.js").Model} model @param {number} now ms @param {number} last ms, of the frame before
 * @returns {number} */
export function frameStep(model, now, last) {
  const { scene, speed, loop, step } = model;
  const passed = Math.min(now - last, 100) / 1000;
  rest += (passed * speed * Math.max(scene.steps, 1)) / SECONDS;
  const whole = Math.floor(rest);
  rest -= whole;
  if (step + whole <= scene.steps) return step + whole;
  return loop ? 0 : scene.steps;
}
