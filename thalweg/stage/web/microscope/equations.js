/** A rule's equations with this step's numbers in them; a line that is looked at lights its arrow. */

import { emptyStepDetail, fillStepDetail, inspectedRun } from "../model/step-detail.js";
import { elementOf, reachIfLarge, setText } from "../controls/elements.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions */

const DIGITS = 3;
const MARK = /^⟦(\d+)⟧$/;

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createEquations(root, model, actions) {
  const lens = emptyStepDetail();
  const title = elementOf("h2", {});
  const list = elementOf("div", { class: "lens-lines" });
  root.append(title, list);
  let made = null;
  let places = [];

  /** Lines for a rule: the symbols, and beneath them the numbers, whose places are kept. */
  function rebuild(info) {
    made = info;
    places = [];
    list.replaceChildren(...(info.lines ?? []).map(makeLine));
    for (const line of list.children) reachIfLarge(/** @type {HTMLElement} */ (line));
  }

  function makeLine({ symbols, numbers, slots, arrow }) {
    const above = elementOf("div", { class: "lens-symbols" });
    above.innerHTML = symbols;
    const below = elementOf("div", { class: "lens-numbers" });
    if (numbers) below.innerHTML = numbers;
    for (const text of below.querySelectorAll("mtext")) {
      const found = MARK.exec(text.textContent);
      if (found) places.push({ text, slot: slots[Number(found[1])] });
    }
    const line = elementOf("div", { class: "lens-line", tabindex: arrow ? 0 : null }, above, below);
    if (arrow) {
      line.dataset.arrow = arrow;
      for (const kind of ["pointerenter", "focus"]) {
        line.addEventListener(kind, () => actions.highlight(arrow));
      }
      for (const kind of ["pointerleave", "blur"]) {
        line.addEventListener(kind, () => actions.highlight(null));
      }
    }
    return line;
  }

  function draw() {
    const { words } = model.payload;
    const run = inspectedRun(model);
    root.hidden = !run?.info.lines;
    if (root.hidden) return;
    if (run.info.lines !== made?.lines) rebuild(run.info);
    fillStepDetail(model, run, model.step, lens);
    const some = lens.step > 0;
    setText(title, some ? fill(words.lensStep, { step: lens.step }) : words.lensNoStep);
    list.classList.toggle("lens-empty", !some);
    if (!some) return;
    for (const { text, slot } of places) setText(text, read(model, lens, slot));
  }

  return {
    draw,
    destroy: () => root.replaceChildren(),
  };
}

/** A slot's number at the step under the lens, as text. */
function read(model, { run, step }, slot) {
  return READERS[slot.of](model, run, step - slot.back, slot);
}

/** Where each kind of slot finds its numbers. `step` is that of the slot. */
const READERS = {
  number: (model, run, step, { name }) =>
    name === "lr" ? inRow(run, step, "lr") : written([run.scene.fields[name]]),
  term: (model, run, step, { name, start }) =>
    step > 0 ? inRow(run, step, `terms.${name}`) : written(start),
  row: (model, run, step, { name }) => inRow(run, step, name),
  x: (model, { path }, step) => (step >= 0 ? written(path.x.subarray(2 * step, 2 * step + 2)) : "–"),
  update: (model, { path: { x } }, step) =>
    written([x[2 * step] - x[2 * step - 2], x[2 * step + 1] - x[2 * step - 1]]),
  t: (model, run, step) => String(step),
};

function inRow({ path, info }, step, name) {
  const [first, count] = info.row[name];
  const at = (step - 1) * path.width + first;
  return written(path.rows.subarray(at, at + count));
}

/** One number, a point in brackets, or a matrix by rows. */
function written(values) {
  const texts = Array.from(values, (v) => number(v, DIGITS));
  if (texts.length === 1) return texts[0];
  const pairs = [];
  for (let i = 0; i < texts.length; i += 2) pairs.push(`(${texts.slice(i, i + 2).join(", ")})`);
  return pairs.length === 1 ? pairs[0] : `(${pairs.join(", ")})`;
}
