/** Gestures on a chart of curves: press to choose a point, drag along its curve; keys. */

/** @typedef {import("./types.js").RacePoint} RacePoint */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {HTMLElement} area @param {Object} on
 * @param {(x: number, y: number, only?: string|null) => RacePoint|null} on.nearest point to a pixel;
 *   of the run with this id only
 * @param {(point: RacePoint, phase: import("../model/types.js").Phase) => void} on.choose
 * @param {(at: [number, number]|null) => void} on.hover
 * @param {(along: number, over: number) => void} on.step by points, and to another run
 * @returns {() => void} stops listening */
export function listenCurveGestures(area, on) {
  /** The point that is dragged. @type {RacePoint|null} */
  let held = null;
  const stop = new AbortController();
  const { signal } = stop;

  function up() {
    if (held) on.choose(held, "end");
    held = null;
  }

  area.addEventListener("pointerdown", (event) => {
    const point = on.nearest(event.offsetX, event.offsetY);
    if (event.button !== 0 || !point) return;
    area.setPointerCapture(event.pointerId);
    on.hover(null);
    held = point;
    on.choose(point, "start");
  }, { signal });
  area.addEventListener("pointermove", (event) => {
    if (held) {
      held = on.nearest(event.offsetX, event.offsetY, held.own.run.id) ?? held;
      on.choose(held, "move");
    } else if (event.pointerType !== "touch") on.hover([event.offsetX, event.offsetY]);
  }, { signal });
  area.addEventListener("pointerup", up, { signal });
  area.addEventListener("pointercancel", up, { signal });
  area.addEventListener("pointerleave", () => on.hover(null), { signal });
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = ARROWS[event.key];
    if (!by) return;
    on.step(by[0], by[1]);
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
  return () => stop.abort();
}
