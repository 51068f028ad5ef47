/** One's own surface and one's own rule: boxes to type in, set as mathematics beneath. */

import { createNamedEntry } from "../controls/number-field.js";
import { createButton, createMenu, elementOf, reachIfLarge } from "../controls/elements.js";
import { createTextbox } from "../controls/textbox.js";
import { fill } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions */

const FARTHEST = 1e6;
const MOST_ROWS = 9;

/** What the boxes depend on. @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["scene", "typed", "labels", "size", "window", "mode"];

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createTyping(root, model, actions) {
  const parts = [createSurface(model, actions), createRule(model, actions)];
  root.replaceChildren(...parts.map((part) => part.element));
  return {
    draw(stale) {
      const due = CHANGES.some((part) => stale.has(part));
      if (due) for (const part of parts) part.draw();
    },
    destroy: () => root.replaceChildren(),
  };
}

/** The formula of the surface, and the window it is looked at in. */
function createSurface(model, actions) {
  const { words, menus } = model.payload;
  const text = () => model.scene.surface.text ?? "";
  const box = createTextbox({
    label: words.typeSurfaceLong, hint: words.typeSurfaceHint, most: MOST_ROWS, words,
    testid: "type-surface", get: text, type: (typed) => actions.type("surface", typed),
  });
  const examples = createMenu({
    label: words.typeExamples, placeholder: words.typeExamples, items: menus.ownSurfaces,
    testid: "surface-examples", set: (index) => actions.ask({ own_surface: index }),
  });
  const equation = elementOf("div", { class: "typing-set", "data-testid": "surface-set" });
  const sides = [0, 1].flatMap((axis) => [0, 1].map((end) => createSide(model, actions, axis, end)));
  const find = createButton(words.typeFind, () => actions.ask({ find_window: "" }), {
    title: words.typeFindLong, "data-testid": "find-window",
  });
  const take = createButton(words.typeTake, () => setWindow(model, actions, model.window), {
    title: words.typeTakeLong, "data-testid": "take-window",
  });
  const window = elementOf("div", {
    class: "row wraps typing-window", role: "group", "aria-label": words.typeWindow,
  }, ...sides.map((side) => side.element), find, take);
  const element = elementOf("section", { class: "typing-part" },
    head(words.typeSurface, examples.element, createHelp(words.typeHelp, words.typeKnows)),
    box.element, equation, window);
  let shown = "";
  return {
    element,
    draw() {
      box.draw(model.typed.surface);
      const latest = text() ? model.payload.surface.equation : "";
      if (latest !== shown) equation.innerHTML = shown = latest; // MathML the server made
      equation.hidden = !latest;
      window.hidden = !text();
      for (const side of sides) side.draw();
      reachIfLarge(equation);
    },
  };
}

/** The text of the run that is chosen, or of the first that was typed. */
function createRule(model, actions) {
  const { words, menus } = model.payload;
  const ours = () => model.runs.filter((run) => run.scene.text !== undefined);
  const run = () => ours().find(({ id }) => id === model.selected) ?? ours()[0];
  const box = createTextbox({
    label: words.typeRuleLong, hint: words.typeRuleHint, most: MOST_ROWS, words,
    testid: "type-rule", get: () => run()?.scene.text ?? "",
    type: (typed) => actions.type(run().id, typed),
  });
  const examples = createMenu({
    label: words.typeExamples, placeholder: words.typeExamples, items: menus.ownRules,
    testid: "rule-examples",
    set: (name) => actions.ask({ own_rule: run() ? `${name} ${run().id}` : name }),
  });
  const add = createButton(words.typeAdd, () => actions.addRun("own"), {
    title: words.typeAddLong, "data-testid": "type-add",
  });
  const title = elementOf("span", { class: "typing-whose" });
  const equation = elementOf("div", { class: "typing-set", "data-testid": "rule-set" });
  const element = elementOf("section", { class: "typing-part" },
    head(words.typeRule, title, add, examples.element, createHelp(words.typeHelp, words.typeKnowsRule)),
    box.element, equation);
  let shown = "";
  return {
    element,
    draw() {
      const typed = run();
      box.element.hidden = !typed;
      title.textContent = ours().length > 1 ? typed.info.label : "";
      box.draw(typed && model.typed[typed.id]);
      const latest = (typed?.info.equations ?? []).map((line) => `<div>${line}</div>`).join("");
      if (latest !== shown) equation.innerHTML = shown = latest; // MathML the server made
      equation.hidden = !latest;
      reachIfLarge(equation);
    },
  };
}

const head = (text, ...others) =>
  elementOf("div", { class: "row typing-head" }, elementOf("h3", {}, text), ...others);

function createHelp(title, text) {
  return elementOf("details", { class: "typing-help" },
    elementOf("summary", {}, title), elementOf("p", {}, text));
}

/** One side of the surface's window. */
function createSide(model, actions, axis, end) {
  const { words } = model.payload;
  const name = fill(end ? words.typeHigh : words.typeLow, { axis: axis ? "y" : "x" });
  const other = () => model.scene.surface.window[axis][1 - end];
  return createNamedEntry(end ? "…" : axis ? "y" : "x", {
    name, label: name, words, testid: `window-${axis}-${end}`,
    low: end ? other : -FARTHEST, high: end ? FARTHEST : other,
    get: () => model.scene.surface.window?.[axis][end] ?? null,
    set: (value) => {
      const window = model.scene.surface.window.map((side) => [...side]);
      window[axis][end] = value;
      setWindow(model, actions, window);
    },
  });
}

function setWindow(model, actions, window) {
  if (!model.scene.surface.text) return;
  actions.change({ surface: { window }, view: { window: null } });
}
