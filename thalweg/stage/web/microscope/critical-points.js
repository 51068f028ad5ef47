/** The surface's critical points as a list; beside each a run can start. */

import { createButton, elementOf, setAttribute, setText } from "../controls/elements.js";
import { beginView } from "../canvas/canvas-pane.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions */

const MOST = 40;
/** How far beside a point a run starts, as a share of the window: on it nothing would move. */
const BESIDE = 0.02;
const HEADS = ["criticalKind", "criticalPlace", "criticalLoss", "criticalValues", "criticalStart"];
const CHANGES = ["scene", "labels", "surface", "view"];

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createCriticals(root, model, actions) {
  const heads = HEADS.map(() => elementOf("span"));
  heads.at(-1).className = "unseen"; // the buttons below say it
  const body = elementOf("tbody");
  const head = elementOf("thead", {}, elementOf("tr", {}, ...heads.map((name) => elementOf("th", { scope: "col" }, name))));
  const table = elementOf("table", {}, head, body);
  const place = elementOf("div", { class: "lens-table" }, table);
  const note = elementOf("p", { class: "lens-hint" });
  const title = beginView(root, "lens-criticals", place, note);
  const rows = [];
  let list = null;

  /** A row is made once: while a knob of the surface is turned, only its numbers change. */
  function rowAt(i) {
    while (rows.length <= i) {
      const index = rows.length;
      const cells = HEADS.slice(0, -1).map((_, k) => elementOf(k ? "td" : "th"));
      cells[0].scope = "row";
      const start = createButton("", () => begin(list[index]), { class: "lens-button" });
      const element = elementOf("tr", {}, ...cells, elementOf("td", {}, start));
      body.append(element);
      rows.push({ element, cells, start });
    }
    return rows[i];
  }

  /** Start on the way that falls most, or rises least. */
  function begin({ x, vectors }) {
    const [[x0, x1], [y0, y1]] = model.window;
    const far = BESIDE * Math.min(x1 - x0, y1 - y0);
    const known = Number.isFinite(vectors[0] + vectors[2]);
    const [dx, dy] = known ? [vectors[0], vectors[2]] : [1, 0];
    actions.setStart(x[0] + far * dx, x[1] + far * dy, "end");
  }

  function draw(stale) {
    if (!CHANGES.some((part) => stale.has(part))) return;
    const { words, surface } = model.payload;
    list = surface.notSmooth ? [] : (model.critical ?? []);
    const known = surface.notSmooth || model.critical;
    // Not the view itself: what is hidden is never in sight again (see sight.js).
    title.hidden = !known;
    setText(title, words.criticalTitle);
    setAttribute(root, "aria-label", words.criticalTitle);
    heads.forEach((name, i) => setText(name, words[HEADS[i]]));
    table.hidden = list.length === 0;
    const count = Math.min(list.length, MOST);
    for (let i = 0; i < count; i++) write(rowAt(i), list[i], words, surface.domain);
    rows.forEach(({ element }, i) => {
      element.hidden = i >= count;
    });
    const text = known ? surface.notSmooth || rest(words) : "";
    note.hidden = !text;
    setText(note, text);
  }

  function rest(words) {
    if (!list.length) return words.criticalNone;
    return list.length > MOST ? fill(words.criticalMore, { count: list.length - MOST }) : "";
  }

  return { draw, destroy: () => root.replaceChildren() };
}

/** A number, or 0 for what rounding leaves of it. */
const tidy = (v, least) => number(Math.abs(v) < least ? 0 : v);

function write({ cells, start }, point, words, [[x0, x1], [y0, y1]]) {
  const { x, kind, value, eigenvalues, extended } = point;
  const unseen = 1e-9 * Math.max(x1 - x0, y1 - y0);
  const steepest = Math.max(...eigenvalues.map(Math.abs));
  const what = words[`kind_${kind}`];
  const where = `(${tidy(x[0], unseen)}, ${tidy(x[1], unseen)})`;
  const texts = [
    extended ? fill(words.criticalExtended, { kind: what }) : what,
    where,
    tidy(value, steepest * unseen * unseen), // what a shift by so little changes
    `${number(eigenvalues[0])}, ${number(eigenvalues[1])}`,
  ];
  texts.forEach((text, k) => setText(cells[k], text));
  setText(start, words.criticalBeside);
  setAttribute(start, "aria-label", fill(words.criticalBesideLong, { kind: what, place: where }));
}
