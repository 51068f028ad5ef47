/** Looking about in the surface: drag to pan, wheel or pinch to zoom, double click for home; and a
 * click that sets the start, a pointer that rests on a path. */

import { nearestStep } from "./paint.js";
import { onPlot, shifted, tidy, zoomed } from "../canvas/viewport.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions */

/** A pointer that moved less than this, in pixels, has clicked. */
const CLICK = { mouse: 4, pen: 8, touch: 10 };
/** Two taps within this are a double tap, in milliseconds; the wheel rests after the other. A mouse's
 * presses are counted by the browser, at the pace its owner has set. */
const DOUBLE = 320;
const WHEEL_REST = 180;

/** @param {HTMLElement} area that covers the picture @param {Model} model
 * @param {Actions} actions
 * @param {() => import("../canvas/viewport.js").Mapping} mapping as it is now
 * @param {{click: (x: number, y: number) => void, undoClick: () => void}} on */
export function createGestures(area, model, actions, mapping, on) {
  const pointers = new Map();
  let grip = null;
  let clicked = null;
  let rest = 0;
  const state = {
    /** Whether the window is being moved. */
    moving: false,
    zoom,
    /** For what lies over the area: the start comes under the pointer with the first click.
     * @param {MouseEvent} event @param {number} presses */
    second: (event, presses) => second(place(event), event.timeStamp, presses),
    destroy: () => clearTimeout(rest),
  };

  /** Where an event is in the area. @param {MouseEvent} event @returns {[number, number]} */
  const place = (event) => {
    const box = area.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  /** The middle of the fingers and how far they are apart. */
  function hands() {
    const at = [...pointers.values()];
    const x = at.reduce((sum, p) => sum + p[0], 0) / at.length;
    const y = at.reduce((sum, p) => sum + p[1], 0) / at.length;
    const apart = at.length > 1 ? Math.hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]) : 0;
    return { x, y, apart };
  }

  /** Take hold anew: what is under the fingers now stays under them. */
  function hold() {
    const { x, y, apart } = hands();
    const m = mapping();
    grip = { ...grip, window: model.window, mapping: m, x: m.xAt(x), y: m.yAt(y), apart };
  }

  function show(window, phase) {
    const fit = tidy(window, model.payload.surface.domain);
    // The phase is more than the action asks for: an end is worth the fine grid.
    if (fit) /** @type {any} */ (actions).setWindow(fit, phase);
  }

  function endMoving() {
    if (!state.moving) return;
    state.moving = false;
    show(model.window, "end");
  }

  function zoom(x, y, factor) {
    state.moving = true;
    show(zoomed(model.window, x, y, factor), "move");
    clearTimeout(rest);
    rest = setTimeout(endMoving, WHEEL_REST);
  }

  area.addEventListener("pointerdown", (event) => {
    const at = place(event);
    if (event.button !== 0 || pointers.size === 2 || !onPlot(mapping(), at[0], at[1])) return;
    area.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at);
    if (pointers.size === 1) grip = { down: at, far: false, presses: 0 };
    hold();
    actions.hover(null);
  });
  area.addEventListener("mousedown", (event) => {
    if (grip) grip.presses = event.detail;
  });

  area.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType !== "touch") hover(at);
      return;
    }
    pointers.set(event.pointerId, at);
    const limit = CLICK[event.pointerType] ?? CLICK.touch;
    grip.far ||= pointers.size > 1 || Math.hypot(at[0] - grip.down[0], at[1] - grip.down[1]) > limit;
    if (!grip.far) return;
    state.moving = true;
    const { x, y, apart } = hands();
    const m = grip.mapping;
    const closer = apart > 0 && grip.apart > 0 ? grip.apart / apart : 1;
    const moved = shifted(grip.window, grip.x - m.xAt(x), grip.y - m.yAt(y));
    show(closer === 1 ? moved : zoomed(moved, grip.x, grip.y, closer), "move");
  });

  const up = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size) {
      hold();
      return;
    }
    const tapped = !grip.far && event.type === "pointerup";
    if (tapped) click(grip, event.timeStamp);
    grip = null;
    endMoving();
  };
  area.addEventListener("pointerup", up);
  area.addEventListener("pointercancel", up);
  // Or a tap right after a quick pan would be taken for one that stops a fling, and be lost.
  area.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

  /** Whether this press is the second of a double click; if so, that is done. `presses` is the
   * browser's count, 0 where it counts none. */
  function second([px, py], time, presses) {
    const soon = presses ? presses > 1 : time - clicked?.time < DOUBLE;
    if (!clicked || !soon) return false;
    if (Math.hypot(px - clicked.px, py - clicked.py) >= 2 * CLICK.touch) return false;
    clicked = null;
    on.undoClick();
    actions.setWindow(null);
    return true;
  }

  function click({ down, presses }, time) {
    if (second(down, time, presses)) return;
    const [px, py] = down;
    clicked = { time, px, py };
    const m = mapping();
    on.click(m.xAt(px), m.yAt(py));
  }

  function hover([px, py]) {
    const found = onPlot(mapping(), px, py) ? nearestStep(mapping(), model, px, py) : null;
    const step = found ? found.step : null;
    if (step !== model.hover) actions.hover(step);
  }
  area.addEventListener("pointerleave", () => model.hover !== null && actions.hover(null));

  area.addEventListener(
    "wheel",
    (event) => {
      const [px, py] = place(event);
      const m = mapping();
      if (!onPlot(m, px, py)) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      // A pinch on a touchpad comes as small turns of the wheel with Ctrl.
      const turn = event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015);
      zoom(m.xAt(px), m.yAt(py), Math.exp(Math.max(-0.5, Math.min(turn, 0.5))));
    },
    { passive: false },
  );

  return state;
}
