/** The dot on the plane of settings: dragged, or moved by keys, it turns lr and ρ of a run. */

import { createButton } from "../controls/elements.js";
import { positionOf, shortValue } from "../controls/slider-scale.js";

/** A key moves a number by this part of its slider; with Shift by ten times as much. */
const KEY_SHARE = 1 / 200;
const KEYS = {
  ArrowLeft: ["lr", -1], ArrowRight: ["lr", 1], ArrowUp: ["rho", 1], ArrowDown: ["rho", -1],
};

/**
 * @param {{knobOf: (name: string) => any, valueOf: (name: string) => number,
 *   set: (values: Object<string, number>, phase: import("../model/types.js").Phase) => void,
 *   settingAt: (x: number, y: number) => Object<string, number>}} plane knobs and numbers by name;
 *   lr and ρ at a place of the page
 * @returns {{element: HTMLButtonElement, readonly held: boolean}}
 */
export function createDot({ knobOf, valueOf, set, settingAt }) {
  const dot = createButton("", () => {}, { class: "lens-dot" });
  let grip = null;
  let keyed = null;

  const now = () => ({ lr: valueOf("lr"), rho: valueOf("rho") });

  dot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || grip) return;
    const box = dot.getBoundingClientRect();
    // Where it was taken hold of stays under the finger.
    grip = {
      id: event.pointerId,
      dx: event.clientX - (box.left + box.width / 2),
      dy: event.clientY - (box.top + box.height / 2),
    };
    dot.setPointerCapture(event.pointerId);
    event.preventDefault();
    dot.focus({ preventScroll: true });
    set(now(), "start");
  });
  dot.addEventListener("pointermove", (event) => {
    if (grip?.id !== event.pointerId) return;
    set(settingAt(event.clientX - grip.dx, event.clientY - grip.dy), "move");
  });
  const release = (event) => {
    if (grip?.id !== event.pointerId) return;
    grip = null;
    set(now(), "end");
  };
  dot.addEventListener("pointerup", release);
  dot.addEventListener("pointercancel", release);
  dot.addEventListener("lostpointercapture", release);
  // Or a tap right after a quick drag would be taken for one that stops a fling, and be lost.
  dot.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

  const settle = () => {
    const name = keyed;
    keyed = null;
    if (name) set({ [name]: valueOf(name) }, "end");
  };
  dot.addEventListener("keyup", settle);
  dot.addEventListener("blur", settle);
  dot.addEventListener("keydown", (event) => {
    const [name, direction] = KEYS[event.key] ?? [];
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own keys move in time
    const knob = knobOf(name);
    if (!knob) return;
    const share = direction * KEY_SHARE * (event.shiftKey ? 10 : 1);
    const value = shortValue(knob, positionOf(knob, valueOf(name)) + share, KEY_SHARE);
    if (keyed !== name) settle();
    const phase = keyed ? "move" : "start";
    keyed = name;
    set({ [name]: value }, phase);
  });

  return {
    element: dot,
    /** Whether a finger or a mouse holds it. */
    get held() {
      return grip !== null;
    },
  };
}
