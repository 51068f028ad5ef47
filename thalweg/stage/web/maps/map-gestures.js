/** Gestures on a map: press and drag to choose, wheel or pinch to zoom, Shift and drag to move it; keys. */

/** @typedef {import("./types.js").Shares} Shares
 * @typedef {{kind: "choose", place: Shares}|{kind: "move", middle: Shares, apart: number}} Gesture
 *   place: where the pointer was last; middle, apart: of the pointers, apart 0 for one alone */

/** @type {Record<string, number>} */
const ZOOM_KEYS = { "+": 0.5, "=": 0.5, "-": 2 };
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @param {number} v */
const clamp = (v) => Math.min(Math.max(v, 0), 1);

/**
 * @param {HTMLElement} area @param {Object} on
 * @param {() => import("./types.js").Rect|null} on.plot
 * @param {(at: Shares, phase: import("../model/types.js").Phase) => void} on.choose
 * @param {(at: Shares, factor: number) => void} on.zoom below 1: closer
 * @param {(by: [number, number]) => void} on.move the span, by shares of it
 * @param {() => void} on.reset show all of it again
 * @param {(at: Shares|null) => void} on.hover
 * @param {(by: [number, number]) => void} on.step by cells, by the keyboard
 */
export function listenMapGestures(area, on) {
  /** The pointers that are down, by id. @type {Map<number, PointerEvent>} */
  const pointers = new Map();
  /** @type {Gesture|null} */
  let gesture = null;

  /** The shares at a place of the page, also beside the plot; null where there is no plot.
   * @param {{clientX: number, clientY: number}} place @returns {Shares|null} */
  function anywhere({ clientX, clientY }) {
    const plot = on.plot();
    if (!plot) return null;
    const box = area.getBoundingClientRect();
    const x = (clientX - box.left - plot.left) / plot.width;
    return [x, 1 - (clientY - box.top - plot.top) / plot.height];
  }

  /** Those on the plot; null beside it. @param {{clientX: number, clientY: number}} place */
  function onPlot(place) {
    const at = anywhere(place);
    return at && at.every((share) => share >= 0 && share <= 1) ? at : null;
  }

  /** The nearest on the plot. @param {PointerEvent} event @returns {Shares|null} */
  function nearest(event) {
    const at = anywhere(event);
    return at && [clamp(at[0]), clamp(at[1])];
  }

  /** A gesture that moves and zooms, by where the pointers are now. @returns {Gesture & {kind: "move"}} */
  function moving() {
    const places = [...pointers.values()].map(nearest);
    /** @param {0|1} k */
    const mean = (k) => places.reduce((sum, p) => sum + (p ? p[k] : NaN), 0) / places.length;
    const [one, two] = [...pointers.values()];
    const apart = two ? Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY) : 0;
    return { kind: "move", middle: [mean(0), mean(1)], apart };
  }

  area.addEventListener("pointerdown", (event) => {
    const place = onPlot(event);
    if (event.button !== 0 || pointers.size === 2 || !place) return;
    area.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    on.hover(null);
    if (pointers.size === 2 || event.shiftKey) {
      if (gesture?.kind === "choose") on.choose(gesture.place, "end");
      gesture = moving();
      return;
    }
    gesture = { kind: "choose", place };
    on.choose(place, "start");
  });
  area.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId) || !gesture) {
      if (event.pointerType !== "touch") on.hover(onPlot(event));
      return;
    }
    pointers.set(event.pointerId, event);
    if (gesture.kind === "choose") {
      gesture.place = nearest(event) ?? gesture.place;
      on.choose(gesture.place, "move");
      return;
    }
    const { middle, apart } = gesture;
    const now = moving();
    if (apart && now.apart) on.zoom(now.middle, apart / now.apart);
    else on.move([middle[0] - now.middle[0], middle[1] - now.middle[1]]);
    gesture = now;
  });
  /** @param {PointerEvent} event */
  const up = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (gesture?.kind === "choose") on.choose(gesture.place, "end");
    gesture = pointers.size ? moving() : null;
  };
  area.addEventListener("pointerup", up);
  area.addEventListener("pointercancel", up);
  area.addEventListener("pointerleave", () => on.hover(null));
  // Or a tap right after a quick drag would be taken for one that stops a fling, and be lost.
  area.addEventListener("touchstart", (event) => {
    if (onPlot(event.touches[0])) event.preventDefault();
  }, { passive: false });
  area.addEventListener("wheel", (event) => {
    const place = onPlot(event);
    if (!place) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const turn = event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015);
    on.zoom(place, Math.exp(Math.max(-0.5, Math.min(turn, 0.5))));
  }, { passive: false });
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = ARROWS[event.key];
    if (by && event.shiftKey) on.move([by[0] / 4, by[1] / 4]);
    else if (by) on.step(by);
    else if (ZOOM_KEYS[event.key]) on.zoom([0.5, 0.5], ZOOM_KEYS[event.key]);
    else if (event.key === "0" || event.key === "Home") on.reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
