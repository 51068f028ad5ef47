/** A canvas: what it is drawn with, its size, and the steps that a pointer looks at on it. */

/** What a canvas is drawn with. @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D} @throws {Error} where the browser gives none */
export function contextOf(canvas) {
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("This browser has no 2-D canvas.");
  return ctx;
}

/** Give a canvas the size of its place, in the screen's own pixels.
 * @param {CanvasRenderingContext2D} ctx @param {{width: number, height: number}} size */
export function fitCanvas(ctx, { width, height }) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  const { canvas } = ctx;
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** Hovering looks at a step; a click or a drag goes there.
 * @param {HTMLElement} element @param {(x: number) => number|null} stepAt null: nothing is there
 * @param {import("../model/types.js").Actions} actions @returns {() => void} stops listening */
export function listenSteps(element, stepAt, actions) {
  let held = false;

  /** @param {PointerEvent} event */
  function down(event) {
    const step = stepAt(event.offsetX);
    if (event.button !== 0 || step === null) return;
    held = true;
    element.setPointerCapture(event.pointerId);
    actions.hover(null);
    actions.seek(step);
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const step = stepAt(event.offsetX);
    if (held && step !== null) actions.seek(step);
    else if (event.pointerType !== "touch") actions.hover(step);
  }

  function up() {
    if (!held) return;
    held = false;
    actions.pause(); // where one has gone, one stays; the page gets a report
  }

  const stop = new AbortController();
  const { signal } = stop;
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("pointerleave", () => actions.hover(null), { signal });
  return () => stop.abort();
}
