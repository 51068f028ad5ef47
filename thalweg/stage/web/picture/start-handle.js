/** The start: a ring with a crosshair that is dragged or moved by keys, and two sliders to be heard. */

import { onPlot, rounded } from "../canvas/viewport.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions */

/** An arrow key moves the start by this part of the window; with Shift by ten times as much. */
const KEY_STEP = 1 / 200;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** How far inside the plot's edge the arrow to a start outside of it lies, in pixels. */
const INSET = 12;

const RING = `<svg viewBox="-16 -16 32 32" aria-hidden="true">
<g class="halo"><circle r="8"/><path d="M-12 0H-4M4 0H12M0 -12V-4M0 4V12"/></g>
<g class="ring"><circle r="8"/><path d="M-12 0H-4M4 0H12M0 -12V-4M0 4V12"/></g>
<g class="away"><path d="M9 0L-5 7V-7Z"/></g></svg>`;

/** @param {Model} model @param {Actions} actions
 * @param {() => import("../canvas/viewport.js").Mapping} mapping as it is now
 * @param {(factor: number) => void} zoom about the start
 * @param {(event: MouseEvent, presses: number) => boolean} second whether a press is the second half
 *   of a double click on the surface */
export function createHandle(model, actions, mapping, zoom, second) {
  const element = document.createElement("div");
  element.className = "picture-start";
  element.setAttribute("role", "group");
  element.innerHTML = `<div class="picture-handle" data-testid="start-handle" role="application"
    tabindex="0">${RING}</div>
    <input class="picture-unseen x" type="range" step="any">
    <input class="picture-unseen y" type="range" step="any">`;
  const handle = /** @type {HTMLElement} */ (element.firstElementChild);
  const inputs = [...element.querySelectorAll("input")];
  let grip = null;
  let keyed = false;

  /** A point in the window, rounded to a part of a pixel. */
  function tidy(x, y, part) {
    const { width, height } = mapping();
    const inside = (v, [a, b], length) =>
      Math.min(Math.max(rounded(v, ((b - a) / length) * part), a), b);
    const [wx, wy] = model.window;
    return [inside(x, wx, width), inside(y, wy, height)];
  }

  /** @param {number} x @param {number} y @param {import("../model/types.js").Phase} phase
   * @param {number} part of a pixel that still counts */
  function move(x, y, phase, part = 1) {
    const [tx, ty] = tidy(x, y, part);
    actions.setStart(tx, ty, phase);
  }

  /** @param {number} x @param {number} y */
  function click(x, y) {
    const [tx, ty] = tidy(x, y, 1);
    actions.clickStart(tx, ty);
    handle.focus({ preventScroll: true });
  }

  /** By whole steps of the keyboard; `end` comes when the key is let go. */
  function nudge([dx, dy], times) {
    const [x, y] = model.scene.start;
    const [[x0, x1], [y0, y1]] = model.window;
    const step = KEY_STEP * times;
    const phase = keyed ? "move" : "start";
    keyed = true;
    move(x + dx * step * (x1 - x0), y + dy * step * (y1 - y0), phase, 0.01);
  }

  function settle() {
    if (!keyed) return;
    keyed = false;
    actions.setStart(model.scene.start[0], model.scene.start[1], "end");
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = KEYS[event.key];
    if (direction) nudge(direction, event.shiftKey ? 10 : 1);
    else if (event.key === "+" || event.key === "=") zoom(1 / 1.25);
    else if (event.key === "-") zoom(1.25);
    else if (event.key === "Escape") event.target.blur();
    else return;
    // The page's own keys move in time; these are the start's.
    event.preventDefault();
    event.stopPropagation();
  }

  element.addEventListener("keydown", onKey);
  element.addEventListener("keyup", (event) => KEYS[event.key] && settle());
  element.addEventListener("focusout", settle);
  inputs.forEach((input, i) => {
    const take = (phase) => {
      const point = [...model.scene.start];
      point[i] = input.valueAsNumber;
      move(point[0], point[1], phase, 0.01);
    };
    input.addEventListener("input", () => take("move"));
    input.addEventListener("change", () => take("end"));
  });

  let pressed = null;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || grip) return;
    pressed = event;
    if (event.pointerType === "mouse") return; // its count of presses comes next
    if (!second(event, 0)) hold(event);
    event.preventDefault();
  });
  handle.addEventListener("mousedown", (event) => {
    if (event.button !== 0 || grip || !pressed) return;
    if (!second(event, event.detail)) hold(pressed);
    pressed = null;
    event.preventDefault();
  });

  function hold(event) {
    const m = mapping();
    const [x, y] = model.scene.start;
    const away = handle.dataset.away === "true";
    // Where it was taken hold of stays under the finger; one from outside comes to the finger.
    const box = handle.offsetParent.getBoundingClientRect();
    grip = {
      id: event.pointerId,
      dx: away ? box.left : event.clientX - m.x(x),
      dy: away ? box.top : event.clientY - m.y(y),
    };
    handle.setPointerCapture(event.pointerId);
    handle.dataset.held = "true";
    actions.setStart(x, y, "start");
    handle.focus({ preventScroll: true });
  }
  handle.addEventListener("pointermove", (event) => {
    if (grip?.id !== event.pointerId) return;
    const m = mapping();
    move(m.xAt(event.clientX - grip.dx), m.yAt(event.clientY - grip.dy), "move");
  });
  const release = (event) => {
    if (grip?.id !== event.pointerId) return;
    grip = null;
    delete handle.dataset.held;
    actions.setStart(model.scene.start[0], model.scene.start[1], "end");
  };
  handle.addEventListener("pointerup", release);
  handle.addEventListener("pointercancel", release);
  // Or a tap right after a quick drag would be taken for one that stops a fling, and be lost.
  handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

  return {
    element,
    click,
    /** To its place; when outside, an arrow at the edge. @param {import("../canvas/viewport.js").Mapping} m */
    draw(m) {
      const [x, y] = model.scene.start;
      const px = m.x(x);
      const py = m.y(y);
      const away = !onPlot(m, px, py);
      const cx = away ? clamp(px, m.left + INSET, m.left + m.width - INSET) : px;
      const cy = away ? clamp(py, m.top + INSET, m.top + m.height - INSET) : py;
      handle.style.transform = `translate(${cx}px, ${cy}px)`;
      if (away) handle.style.setProperty("--turn", `${Math.atan2(py - cy, px - cx)}rad`);
      if (away !== (handle.dataset.away === "true")) handle.dataset.away = String(away);
      if (!model.dragging) describe(x, y);
    },
  };

  /** What is heard of it; not during a drag. */
  function describe(x, y) {
    const { words } = model.payload;
    const values = { x: number(x), y: number(y) };
    element.setAttribute("aria-label", words.startGroup);
    handle.setAttribute("aria-roledescription", words.startKind);
    handle.setAttribute("aria-label", fill(words.startHandle, values));
    [words.startX, words.startY].forEach((text, i) => {
      const [low, high] = model.window[i];
      inputs[i].setAttribute("aria-label", text);
      inputs[i].min = String(low);
      inputs[i].max = String(high);
      inputs[i].value = String(model.scene.start[i]);
      inputs[i].setAttribute("aria-valuetext", number(model.scene.start[i]));
    });
  }
}

const clamp = (v, low, high) => Math.min(Math.max(v, low), high);
