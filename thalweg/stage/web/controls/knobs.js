/** Numbers that can be turned: a slider, a field for exact typing, marks for what theory knows. */

import { createEntry } from "./number-field.js";
import { createButton, elementOf, freshId, setAttribute, setText } from "./elements.js";
import { between, fineValue, positionOf, shortValue } from "./slider-scale.js";
import { fill, number } from "../model/format.js";

const KEY_SHARE = 1 / 200;
const PAGE_SHARE = 1 / 20;
const THUMB = 16;
/** What a number is stands beside its symbol, where there is room and it is no longer than this. */
const SHORT_ABOUT = "learning rate".length;
/** How far keys move a slider, as a share of it. @type {Record<string, number>} */
const KEY_STEPS = {
  ArrowRight: KEY_SHARE, ArrowUp: KEY_SHARE, ArrowLeft: -KEY_SHARE, ArrowDown: -KEY_SHARE,
  PageUp: PAGE_SHARE, PageDown: -PAGE_SHARE, Home: -2, End: 2,
};

/**
 * @typedef {{value: number, kind: "limit"|"best", text: string}} Mark on a slider
 * @typedef {{owner: string, words: import("../model/types.js").Messages, get: () => number,
 *   set: (value: number, phase: import("../model/types.js").Phase) => void, reset?: () => void,
 *   marks?: () => Mark[], best?: {apply: () => void, text: () => string|null},
 *   link?: {get: () => boolean, set: (on: boolean) => void, possible: () => boolean}}} KnobOptions
 *
 * @param {import("../model/types.js").Knob} knob @param {KnobOptions} options
 * @returns {{element: HTMLElement, draw: () => void}}
 */
export function createKnob(knob, options) {
  const { owner, words, get, set, marks, best, link } = options;
  const reset = options.reset ?? (() => set(knob.home, "end"));
  const testid = `knob-${owner}-${knob.name}`;
  const label = knob.about ? `${knob.text}, ${knob.about}` : knob.text;
  const said = elementOf("span", { class: "unseen", id: freshId() });
  const range = elementOf("input", {
    type: "range", min: 0, max: 1, step: "any", "data-testid": testid,
    "aria-label": label, "aria-describedby": said.id,
  });
  const entry = createEntry({
    name: knob.text, label: fill(words.exactly, { name: label }), low: knob.low, high: knob.high,
    whole: knob.whole, words, get,
    set: (value, phase) => {
      if (value !== null) set(value, phase);
    },
    fine: (value, direction) => fineValue(knob, value, direction), testid: `${testid}-number`,
  });
  const symbol = elementOf("span", { class: "symbol", title: label, "aria-hidden": "true" });
  symbol.innerHTML = knob.symbol;
  if (knob.about && knob.about.length <= SHORT_ABOUT) symbol.dataset.about = knob.about;
  const ticks = elementOf("div", { class: "marks", "aria-hidden": "true" });
  const slide = elementOf("div", { class: "slide" }, range, ticks);
  const element = elementOf("div", { class: "knob" }, symbol, slide, entry.place, said);
  if (knob.unit) {
    entry.place.after(elementOf("span", { class: "unit", "aria-hidden": "true" }, knob.unit));
  }
  const back = fill(words.knobReset, { name: knob.text, home: number(knob.home) });
  slide.title = back;
  let pixel = KEY_SHARE;
  let moving = false;
  let held = false; // by a finger or a mouse: the browser then puts the thumb
  let shown = NaN;

  /** @param {number} position on the slider */
  function move(position) {
    moving = true;
    const before = get();
    let value = shortValue(knob, position, pixel);
    // A key always moves a whole number, however fine the slider is.
    if (knob.whole && value === before) {
      value = between(before + Math.sign(position - positionOf(knob, before)), knob.low, knob.high);
    }
    set(value, "move");
  }

  function finish() {
    if (!moving) return;
    moving = false;
    shown = NaN;
    set(get(), "end");
  }

  range.addEventListener("pointerdown", () => {
    held = true;
    pixel = 1 / Math.max(range.clientWidth - THUMB, 50);
  });
  range.addEventListener("input", () => {
    moving = true;
    set(shortValue(knob, range.valueAsNumber, pixel), "move");
  });
  range.addEventListener("change", finish);
  // Dragged back to where it was, a slider fires no change.
  for (const name of ["pointerup", "pointercancel"]) {
    range.addEventListener(name, () => {
      held = false;
      setTimeout(finish, 0);
    });
  }
  range.addEventListener("blur", finish);
  range.addEventListener("keyup", finish);
  range.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = KEY_STEPS[event.key];
    if (event.key === "Delete") reset();
    else if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (step === undefined) return;
    pixel = KEY_SHARE;
    move(between(positionOf(knob, get()) + step, 0, 1));
  });
  symbol.addEventListener("click", () => range.focus());
  for (const target of [symbol, slide]) target.addEventListener("dblclick", () => reset());

  const bestButton = best && createButton(words.bestShort, best.apply, { class: "quiet take-best" });
  const linkButton = link && createButton(words.link, () => link.set(!link.get()), {
    class: "quiet link", title: fill(words.linkLong, { name: knob.text }),
    "aria-label": fill(words.linkLong, { name: knob.text }),
  });
  for (const part of [bestButton, linkButton, entry.wrong]) if (part) element.append(part);

  /** @type {{element: HTMLElement, value: number}[]} */
  const drawn = [];
  function drawMarks() {
    const now = marks ? marks() : [];
    while (drawn.length < now.length) {
      const mark = elementOf("div", { class: "mark" }, elementOf("i"));
      ticks.append(mark);
      drawn.push({ element: mark, value: NaN });
    }
    /** @type {string[]} */
    const texts = [];
    drawn.forEach((mark, i) => {
      const { value, kind, text } = now[i] ?? { value: NaN, kind: "limit", text: "" };
      const inside = value >= knob.low && value <= knob.high;
      if (inside) texts.push(text);
      if (value === mark.value) return;
      mark.value = value;
      mark.element.hidden = !inside;
      mark.element.className = `mark ${kind}`;
      mark.element.style.transform = `translateX(${100 * positionOf(knob, value)}%)`;
    });
    const text = texts.join("; ");
    if (text === said.textContent) return;
    setText(said, text);
    slide.title = text ? `${text}\n${back}` : back;
  }

  function draw() {
    const value = get();
    if (value !== shown) {
      shown = value;
      if (!held) range.value = String(positionOf(knob, value));
      const text = String(Number(value.toPrecision(6)));
      range.setAttribute("aria-valuetext", text + knob.unit);
    }
    entry.draw();
    drawMarks();
    if (best && bestButton) {
      const text = best.text();
      bestButton.hidden = text === null;
      if (text !== null) setAttribute(bestButton, "title", text);
    }
    if (link && linkButton) {
      linkButton.hidden = !link.possible();
      setAttribute(linkButton, "aria-pressed", link.get());
    }
  }

  draw();
  return { element, draw };
}
