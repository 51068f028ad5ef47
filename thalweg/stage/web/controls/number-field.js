/** A field for typing a number exactly. */

import { elementOf, freshId, setText } from "./elements.js";
import { fill, number } from "../model/format.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number in a text: 1e-3, 0,01 and −2° count too. NaN where there is none.
 * @param {string} text @returns {number} */
export function readNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(/\s*°$/, "");
  const pointed = plain.includes(".") ? plain : plain.replace(",", ".");
  return NUMBER.test(pointed) ? Number(pointed) : NaN;
}

/** A number as a field shows it while nobody types: short enough, and read back by `readNumber`.
 * @param {number|null} value @returns {string} */
export function shortNumber(value) {
  return value === null ? "" : String(Number(value.toPrecision(5)));
}

/**
 * Enter or leaving commits, Escape restores, the up and down keys take fine steps. What is not
 * allowed changes nothing and says why.
 * @typedef {{name: string, label: string, low: number|(() => number), high: number|(() => number),
 *   words: import("../model/types.js").Messages,
 *   get: () => number|null, set: (value: number|null, phase: import("../model/types.js").Phase) => void,
 *   fine?: (value: number, direction: number) => number, whole?: boolean, optional?: boolean,
 *   testid?: string, placeholder?: string}} EntryOptions
 *
 * @param {EntryOptions} options
 */
export function createEntry(options) {
  const { name, label, words, get, set, fine, whole, optional, testid } = options;
  // An end of the range may depend on another number.
  /** @param {number|(() => number)} of */
  const end = (of) => (typeof of === "function" ? of() : of);
  const wrong = elementOf("p", { class: "wrong", id: freshId(), role: "alert", hidden: true });
  const input = elementOf("input", {
    type: "text",
    inputmode: "decimal",
    class: "number",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": label,
    "aria-describedby": wrong.id,
    "data-testid": testid,
    placeholder: options.placeholder,
  });
  /** What the field shows. @type {number|null} */
  let shown = NaN;
  let typing = false;
  let stepping = false;
  /** Whether a number was committed that the server must agree to first. */
  let waiting = false;

  /** @param {string} text "" takes it away */
  function complain(text) {
    if (wrong.hidden !== (text === "")) wrong.hidden = text === "";
    setText(wrong, text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function write() {
    const value = get();
    shown = value;
    const exact = document.activeElement === input && value !== null;
    input.value = exact ? String(value) : shortNumber(value);
  }

  function restore() {
    typing = waiting = false;
    complain("");
    write();
  }

  function commit() {
    if (!typing) return;
    const text = input.value.trim();
    const empty = optional && text === "";
    const value = empty ? null : readNumber(text);
    const [low, high] = [end(options.low), end(options.high)];
    const valid = value === null || (value >= low && value <= high && !(whole && value % 1));
    if (!valid) {
      const given = text.slice(0, 24) || words.nothing;
      const values = { name, value: given, low: number(low), high: number(high) };
      complain(fill(whole ? words.knobWrongWhole : words.knobWrong, values));
      return;
    }
    typing = false;
    complain("");
    if (value !== get()) set(value, "end");
    waiting = value !== get();
    if (!waiting) write();
  }

  /** @param {number} direction 1 or −1 */
  function stepBy(direction) {
    const value = get();
    if (!fine || value === null) return;
    typing = false;
    stepping = true;
    complain("");
    set(Math.min(end(options.high), Math.max(end(options.low), fine(value, direction))), "move");
    write();
  }

  function settle() {
    if (stepping) set(get(), "end");
    stepping = false;
  }

  input.addEventListener("input", () => {
    typing = true;
  });
  input.addEventListener("focus", () => {
    if (typing || waiting) return;
    write();
    input.select();
  });
  input.addEventListener("blur", () => {
    settle();
    commit();
    if (!typing && !waiting) write();
  });
  input.addEventListener("keyup", settle);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit();
    else if (event.key === "Escape" && typing) restore();
    else if (event.key === "ArrowUp") stepBy(1);
    else if (event.key === "ArrowDown") stepBy(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function draw() {
    const value = get();
    if (value === shown) return;
    // A number that changed by other means is news; half a typed one is not lost to it.
    if (typing && document.activeElement === input) return;
    restore();
  }

  write();
  return { input, place: elementOf("span", { class: "place" }, input), wrong, draw };
}

/** An entry with its word in front. @param {string} text @param {EntryOptions} options */
export function createNamedEntry(text, options) {
  const { input, place, wrong, draw } = createEntry(options);
  const title = elementOf("span", { "aria-hidden": "true" }, text);
  const row = elementOf("label", { class: "row" }, title, place);
  const element = elementOf("div", { class: "entry" }, row, wrong);
  return { element, input, draw };
}
