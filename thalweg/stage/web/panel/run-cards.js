/** The runs: a card for each, and on a phone a row of chips with one card below. */

import { cardKind, createCard, writeVerdict } from "./run-card.js";
import { createButton, createMenu, elementOf, partOf } from "../controls/elements.js";
import { narrowScreen, setAttribute, setText } from "../controls/elements.js";
import { createSample } from "../controls/icons.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("../model/types.js").Actions} Actions */

const MOST_RUNS = 12;
/** What moves no number of a card. */
const ELSEWHERE = new Set(["step", "hover", "window", "size", "theme", "tick", "words"]);

/** @param {HTMLElement} root @param {Model} model
 * @param {Actions} actions */
export function createCards(root, model, actions) {
  const place = partOf(root, "cards");
  const { words, menus } = model.payload;
  const narrow = narrowScreen();
  /** @type {Map<string, {kind: string, card: ReturnType<typeof createCard>}>} */
  const cards = new Map();
  /** @type {Map<string, ReturnType<typeof createChip>>} */
  const chips = new Map();
  const row = elementOf("div", { class: "chips", role: "group", "aria-label": words.runs });
  const list = elementOf("div", { class: "list" });
  const whose = createWhose(words, actions);
  const add = createMenu({
    label: words.addRun, placeholder: words.addRun, items: menus.rules,
    set: (slug) => actions.addRun(slug), testid: "add-run",
  });
  const history = elementOf("div", { class: "row history" },
    createButton(words.undo, () => actions.undo(), { "data-testid": "undo", class: "quiet" }),
    createButton(words.redo, () => actions.redo(), { "data-testid": "redo", class: "quiet" }),
    createButton(words.resetAll, () => actions.resetAll(), {
      "data-testid": "reset-all", class: "quiet", title: words.resetAllLong,
    }));
  const foot = elementOf("div", { class: "foot" }, add.element, history);
  place.replaceChildren(whose.element, row, list, foot);

  /** Whether one card is shown at a time: on a phone, and under the lens. */
  const isSingle = () => narrow.matches || model.payload.page !== "race";

  /** The run whose card is open: where there is room for one only, there is always one. */
  function openId() {
    if (model.selected || !(isSingle() || model.lecture)) return model.selected;
    return (model.runs.find((run) => run.scene.shown) ?? model.runs[0])?.id ?? null;
  }

  /** Make cards for the runs there are; those that stay, stay as they are. */
  function arrange() {
    const focused = list.contains(document.activeElement)
      ? /** @type {HTMLElement} */ (document.activeElement).dataset.testid : null;
    const there = new Set(model.runs.map((run) => run.id));
    for (const known of [cards, chips]) {
      for (const id of [...known.keys()]) if (!there.has(id)) known.delete(id);
    }
    for (const run of model.runs) {
      const kind = cardKind(model, run);
      if (cards.get(run.id)?.kind !== kind) {
        cards.set(run.id, { kind, card: createCard(run.id, model, actions) });
      }
      if (!chips.has(run.id)) chips.set(run.id, createChip(run.id, model, actions));
    }
    inOrder(list, model.runs.map((run) => cards.get(run.id).card.element));
    inOrder(row, model.runs.map((run) => chips.get(run.id).element));
    whose.arrange(model.runs);
    add.select.disabled = model.runs.length >= MOST_RUNS;
    return focused;
  }

  let wordsOwed = false; // numbers changed, and words did not follow yet

  /** @param {boolean} wordsDue */
  function drawNumbers(wordsDue) {
    const open = openId();
    for (const [id, { card }] of cards) {
      const hidden = isSingle() && id !== open;
      if (wordsDue || !hidden) card.draw(id === open, wordsDue);
    }
    if (isSingle() && wordsDue) for (const chip of chips.values()) chip.draw(open);
    if (model.lecture) whose.draw(open);
  }

  /** @param {Stale} stale */
  function draw(stale) {
    const owed = wordsOwed && stale.has("words");
    if (!owed && [...stale].every((part) => ELSEWHERE.has(part))) return;
    wordsOwed = !stale.has("words");
    const focused = stale.has("scene") ? arrange() : null;
    drawNumbers(stale.has("words"));
    if (focused && !list.contains(document.activeElement)) {
      /** @type {HTMLElement|null} */
      const again = list.querySelector(`[data-testid="${CSS.escape(focused)}"]`);
      again?.focus();
    }
  }

  const widthChanged = () => drawNumbers(true);
  narrow.addEventListener("change", widthChanged);
  arrange();
  drawNumbers(true);
  return {
    draw,
    destroy() {
      narrow.removeEventListener("change", widthChanged);
      place.replaceChildren();
    },
  };
}

/** Give a parent exactly these children, and move none that is in its place already. */
function inOrder(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
}

/** A run on a phone: its line, its name, how it fares. */
function createChip(id, model, actions) {
  const sample = createSample();
  const name = elementOf("span", { class: "chip-name" });
  const verdict = elementOf("span", { class: "verdict" });
  const both = elementOf("span", { class: "chip-words" }, name, verdict);
  const attributes = { class: "chip", "data-testid": `chip-${id}` };
  const element = createButton("", () => actions.select(id), attributes);
  element.append(sample.element, both);
  /** @param {string|null} open */
  function draw(open) {
    const run = model.runs.find((r) => r.id === id);
    if (!run) return;
    sample.draw(run.info.colour, run.info.dash);
    setText(name, run.info.label);
    writeVerdict(verdict, model, run);
    element.classList.toggle("muted", !run.scene.shown);
    setAttribute(element, "aria-pressed", id === open);
  }
  return { element, draw };
}

/** In a lecture: the menu of whose knobs are shown. */
function createWhose(words, actions) {
  const menu = createMenu({
    label: words.whoseKnobs, items: [{ slug: "", title: "" }], get: () => "",
    set: (id) => actions.select(id), testid: "whose",
  });
  const { select } = menu;
  const sample = createSample();
  const element = elementOf("div", { class: "whose row" }, sample.element, select);
  let runs = [];
  return {
    element,
    arrange(now) {
      runs = now;
      const options = now.map(({ id, info }) => elementOf("option", { value: id }, info.label));
      select.replaceChildren(...options);
    },
    draw(open) {
      runs.forEach((run, i) => setText(select.options[i], run.info.label));
      if (select.value !== open) select.value = open ?? "";
      const run = runs.find(({ id }) => id === open);
      if (run) sample.draw(run.info.colour, run.info.dash);
    },
  };
}
