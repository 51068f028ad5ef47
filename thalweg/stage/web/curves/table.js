/** The runs in numbers: a table with a row for each. */

import { setText } from "../controls/elements.js";
import { verdictText } from "../model/sentences.js";
import { countCalls, distanceAt } from "../model/series.js";
import { NEAR, firstBelow } from "../model/shown-runs.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun */

const HEADS = [
  "tableRun",
  "tableNow",
  "tableLoss",
  "tableDistance",
  "tableArrived",
  "tableCalls",
  "tableVerdict",
];

/** @param {HTMLElement} root @param {Model} model
 * @returns {{rebuild: () => void, write: (what: string, value: (run: LiveRun) => string) => void}} */
export function createTable(root, model) {
  root.tabIndex = 0;
  root.setAttribute("role", "region");
  /** The head of the column of this step. */
  let now = headCell("", "col");
  /** @type {HTMLTableCellElement[][]} */
  let rows = [];

  /** A row for each run; what is scrolled to stays. */
  function rebuild() {
    const { words } = model.payload;
    root.setAttribute("aria-label", words.tableCaption);
    const [left, top] = [root.scrollLeft, root.scrollTop];
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    const heads = HEADS.map((key) => head.appendChild(headCell(words[key] ?? "", "col")));
    now = heads[1];
    const body = table.createTBody();
    rows = model.runs.map(({ info }) => {
      const row = body.insertRow();
      row.append(headCell(info.label, "row"));
      return HEADS.slice(1).map(() => row.insertCell());
    });
    root.replaceChildren(table);
    root.scrollTo(left, top);
  }

  /** Write the numbers. @param {string} what the quantity of the column of this step
   * @param {(run: LiveRun) => string} value its value for a run */
  function write(what, value) {
    const { words } = model.payload;
    setText(now, fill(words.tableAtStep, { what, step: model.step }));
    model.runs.forEach((run, i) => {
      const row = rows[i];
      [value(run), ...numbersOf(model, run), verdictText(model, run)].forEach((text, k) => {
        setText(row[k], text);
      });
    });
  }

  return { rebuild, write };
}

const calls = [0, 0, 0];

/** f at the end, distance to a minimum, the step of arrival, evaluations.
 * @param {Model} model @param {LiveRun} run */
function numbersOf(model, run) {
  const { path } = run;
  const last = path.count - 1;
  const { fMin } = model.known;
  const arrived = fMin === null ? -1 : firstBelow(path, fMin + NEAR);
  countCalls(run, calls);
  const counts = calls.map((n, k) => (n ? `${n} ${"fgH"[k]}` : "")).filter(Boolean);
  return [
    number(last < 0 ? NaN : path.f[last], 4),
    number(last < 0 ? NaN : distanceAt(model.known, path, last), 4),
    arrived < 0 ? "–" : fill(model.payload.words.curveStep, { step: arrived }),
    counts.join(" + ") || "–",
  ];
}

/** @param {string} text @param {"row"|"col"} scope */
function headCell(text, scope) {
  const made = document.createElement("th");
  made.scope = scope;
  made.textContent = text;
  return made;
}
