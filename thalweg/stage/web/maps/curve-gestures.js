/** Hands on a chart of curves: press to choose a point, drag along its curve; keys. */

/** @template P @param {HTMLElement} area @param {Object} on
 * @param {(x: number, y: number, only?: string|null) => (P & {own: any})|null} on.nearest point to a
 *   pixel; of one run only
 * @param {(point: P, phase: import("../model/types.js").Phase) => void} on.choose
 * @param {(at: [number, number]|null) => void} on.hover
 * @param {(along: number, over: number) => void} on.step by points, and to another run
 * @returns {() => void} stops listening */
export function listenPoints(area, on) {
  let held = null;
  const listeners = {
    pointerdown(event) {
      const point = on.nearest(event.offsetX, event.offsetY);
      if (event.button !== 0 || !point) return;
      area.setPointerCapture(event.pointerId);
      on.hover(null);
      held = point;
      on.choose(point, "start");
    },
    pointermove(event) {
      if (held) {
        held = on.nearest(event.offsetX, event.offsetY, held.own.run.id) ?? held;
        on.choose(held, "move");
      } else if (event.pointerType !== "touch") on.hover([event.offsetX, event.offsetY]);
    },
    pointerup: up,
    pointercancel: up,
    pointerleave: () => on.hover(null),
    keydown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!by) return;
      on.step(by[0], by[1]);
      event.preventDefault();
      event.stopPropagation();
    },
  };

  function up() {
    if (held) on.choose(held, "end");
    held = null;
  }

  for (const [kind, listen] of Object.entries(listeners)) area.addEventListener(kind, /** @type {any} */ (listen));
  return () => {
    for (const [kind, listen] of Object.entries(listeners)) area.removeEventListener(kind, /** @type {any} */ (listen));
  };
}
