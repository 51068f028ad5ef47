/** The curves' canvas as a thing: its size, and what a pointer does on it. */

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

  function down(event) {
    const step = stepAt(event.offsetX);
    if (event.button !== 0 || step === null) return;
    held = true;
    element.setPointerCapture(event.pointerId);
    actions.hover(null);
    actions.seek(step);
  }

  function move(event) {
    const step = stepAt(event.offsetX);
    if (held && step !== null) actions.seek(step);
    else if (event.pointerType !== "touch") actions.hover(step);
  }

  function up() {
    if (!held) return;
    held = false;
    actions.pause(); // where one has gone, one stays; the page is told
  }

  const leave = () => actions.hover(null);
  const listeners = {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: up,
    pointerleave: leave,
  };
  for (const [kind, listen] of Object.entries(listeners)) element.addEventListener(kind, listen);
  return () => {
    for (const [kind, listen] of Object.entries(listeners)) {
      element.removeEventListener(kind, listen);
    }
  };
}
