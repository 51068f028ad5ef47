/** Hands on a map: press and drag to choose, wheel or pinch to zoom, Shift and drag to move it; keys. */

const ZOOM_KEYS = { "+": 0.5, "=": 0.5, "-": 2 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {HTMLElement} area @param {Object} on
 * @param {() => {left: number, top: number, width: number, height: number}|null} on.plot
 * @param {(at: [number, number], phase: import("../model/types.js").Phase) => void} on.choose shares of both
 *   sides, 0 … 1
 * @param {(at: [number, number], factor: number) => void} on.zoom about shares; below 1: closer
 * @param {(by: [number, number]) => void} on.move the span, by shares of it
 * @param {() => void} on.whole show all of it again
 * @param {(at: [number, number]|null) => void} on.hover
 * @param {(by: [number, number]) => void} on.step by cells, by the keyboard
 */
export function listenHands(area, on) {
  const pointers = new Map();
  let grip = null;

  /** The shares at a place of the page; null beside the plot. */
  function at({ clientX, clientY }, within = false) {
    const plot = on.plot();
    if (!plot) return null;
    const box = area.getBoundingClientRect();
    const x = (clientX - box.left - plot.left) / plot.width;
    const y = 1 - (clientY - box.top - plot.top) / plot.height;
    if (within) return /** @type {[number, number]} */ ([clamp(x), clamp(y)]);
    return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? /** @type {[number, number]} */ ([x, y]) : null;
  }
  const clamp = (v) => Math.min(Math.max(v, 0), 1);

  function hands() {
    const places = [...pointers.values()].map((event) => at(event, true));
    const middle = [0, 1].map((k) => places.reduce((sum, p) => sum + p[k], 0) / places.length);
    const [one, two] = [...pointers.values()];
    const apart = two ? Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY) : 0;
    return { middle, apart };
  }

  area.addEventListener("pointerdown", (event) => {
    const place = at(event);
    if (event.button !== 0 || pointers.size === 2 || !place) return;
    area.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    on.hover(null);
    if (pointers.size === 2 || event.shiftKey) {
      if (grip?.kind === "choose") on.choose(grip.place, "end");
      grip = { kind: "move", ...hands() };
      return;
    }
    grip = { kind: "choose", place };
    on.choose(place, "start");
  });
  area.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType !== "touch") on.hover(at(event));
      return;
    }
    pointers.set(event.pointerId, event);
    if (grip.kind === "choose") {
      grip.place = at(event, true);
      on.choose(grip.place, "move");
      return;
    }
    const { middle, apart } = hands();
    if (apart && grip.apart) on.zoom(/** @type {any} */ (middle), grip.apart / apart);
    else on.move(/** @type {any} */ ([grip.middle[0] - middle[0], grip.middle[1] - middle[1]]));
    grip = { kind: "move", middle, apart };
  });
  const up = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (grip?.kind === "choose") on.choose(grip.place, "end");
    grip = pointers.size ? { kind: "move", ...hands() } : null;
  };
  area.addEventListener("pointerup", up);
  area.addEventListener("pointercancel", up);
  area.addEventListener("pointerleave", () => on.hover(null));
  // Or a tap right after a quick drag would be taken for one that stops a fling, and be lost.
  area.addEventListener("touchstart", (event) => {
    if (at(event.touches[0])) event.preventDefault();
  }, { passive: false });
  area.addEventListener("wheel", (event) => {
    const place = at(event);
    if (!place) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const turn = event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015);
    on.zoom(place, Math.exp(Math.max(-0.5, Math.min(turn, 0.5))));
  }, { passive: false });
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = ARROWS[event.key];
    if (by && event.shiftKey) on.move(/** @type {any} */ (by.map((k) => k / 4)));
    else if (by) on.step(/** @type {any} */ (by));
    else if (ZOOM_KEYS[event.key]) on.zoom([0.5, 0.5], ZOOM_KEYS[event.key]);
    else if (event.key === "0" || event.key === "Home") on.whole();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
