/** The runs of a fair race at their best, in numbers: a table, the first to settle on top. */

import { elementOf, reachIfLarge } from "../controls/elements.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model */

/** @param {import("./rate-numbers.js").Rates[]} rates the first to settle first, then the lowest */
export const ranked = (rates) =>
  [...rates].sort((a, b) => paid(a) - paid(b) || (a.best === b.best ? 0 : orLast(a.best) - orLast(b.best)) || 0);
const paid = ({ found }) => (found.settled < 0 ? 1e9 : found.settled);
const orLast = (v) => (Number.isNaN(v) ? Number.MAX_VALUE : v);

/** The run that wins, if there is one alone. @param {import("./rate-numbers.js").Rates[]} rates */
export function fastestOf(rates) {
  const [first, second] = ranked(rates);
  if (!first || Number.isNaN(first.best)) return null;
  const tie = second && paid(first) === paid(second) && first.best === second.best;
  return tie ? null : first;
}

/** @param {HTMLElement} root @param {import("./rate-numbers.js").Rates[]} rates @param {any} map
 * @param {Model} model @param {(run: any, values: Object<string, number>) => string[]} settingOf */
export function listTuned(root, rates, map, { payload: { words } }, settingOf) {
  const head = elementOf("tr", {}, ...["Run", "Best", map.log ? "Paid" : "Loss.head", "Width"].map((name) =>
    elementOf("th", { scope: "col" }, words[`mapFair${name}`])));
  const rows = ranked(rates).map((own) => {
    const { run, found } = own;
    const { label, colour, dash } = run.info;
    const sample = elementOf("span", { class: "map-sample", "aria-hidden": "true" });
    const stroke = `stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"`;
    sample.innerHTML = `<svg width="24" height="4"><path d="M0 2H24" ${stroke}/></svg>`;
    return elementOf("tr", {},
      elementOf("th", { scope: "row" }, elementOf("span", { class: "map-tuned-run" }, sample, label)),
      elementOf("td", {}, settingOf(run, found.fields).join("   ") || words.mapFairNothing),
      elementOf("td", {}, cameTo(own, map, words)),
      elementOf("td", {}, goodOf(own, words)));
  });
  root.replaceChildren(elementOf("table", {}, elementOf("thead", {}, head), elementOf("tbody", {}, ...rows)));
  reachIfLarge(root);
}

function cameTo({ found, best }, map, words) {
  if (Number.isNaN(best)) return words.mapFairNone;
  if (!map.log) return number(best);
  return found.settled < 0 ? fill(words.mapSaysLoss, { loss: number(best) }) : String(found.settled);
}

function goodOf({ found, near }, words) {
  if (found.width === null) return "–";
  const template = near ? words.mapFairDecadesNear : words.mapFairDecades;
  return fill(template, { decades: number(found.width, 2) });
}
