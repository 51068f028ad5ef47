/** The runs of a fair race at their best, in numbers: a table, the first to settle on top. */

import { elementOf, reachIfLarge } from "../controls/elements.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Messages} Messages
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("./types.js").RaceCurve} RaceCurve
 * @typedef {import("./types.js").FairRaceMap} FairRaceMap */

/** The first to settle first, then the lowest. @param {RaceCurve[]} curves */
export const ranked = (curves) =>
  [...curves].sort((a, b) => settledAt(a) - settledAt(b) || (a.best === b.best ? 0 : orLast(a.best) - orLast(b.best)) || 0);
/** Evaluations until a run settled. @param {RaceCurve} curve */
const settledAt = ({ found }) => (found.settled < 0 ? 1e9 : found.settled);
/** @param {number} v */
const orLast = (v) => (Number.isNaN(v) ? Number.MAX_VALUE : v);

/** The run that wins, if there is one alone. @param {RaceCurve[]} curves */
export function fastestOf(curves) {
  const [first, second] = ranked(curves);
  if (!first || Number.isNaN(first.best)) return null;
  const tie = second && settledAt(first) === settledAt(second) && first.best === second.best;
  return tie ? null : first;
}

/** Write the table. @param {HTMLElement} root @param {RaceCurve[]} curves @param {FairRaceMap} map
 * @param {Model} model @param {(run: LiveRun, values: Record<string, number>) => string[]} settingOf */
export function listBestSettings(root, curves, map, { payload: { words } }, settingOf) {
  const head = elementOf("tr", {}, ...["Run", "Best", map.log ? "Paid" : "Loss.head", "Width"].map((name) =>
    elementOf("th", { scope: "col" }, words[`mapFair${name}`])));
  const rows = ranked(curves).map((own) => {
    const { run, found } = own;
    const { label, colour, dash } = run.info;
    const sample = elementOf("span", { class: "map-sample", "aria-hidden": "true" });
    const stroke = `stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"`;
    sample.innerHTML = `<svg width="24" height="4"><path d="M0 2H24" ${stroke}/></svg>`;
    return elementOf("tr", {},
      elementOf("th", { scope: "row" }, elementOf("span", { class: "map-tuned-run" }, sample, label)),
      elementOf("td", {}, settingOf(run, found.fields).join("   ") || words.mapFairNothing),
      elementOf("td", {}, resultOf(own, map, words)),
      elementOf("td", {}, widthOf(own, words)));
  });
  root.replaceChildren(elementOf("table", {}, elementOf("thead", {}, head), elementOf("tbody", {}, ...rows)));
  reachIfLarge(root);
}

/** What a run came to. @param {RaceCurve} curve @param {FairRaceMap} map @param {Messages} words */
function resultOf({ found, best }, map, words) {
  if (Number.isNaN(best)) return words.mapFairNone;
  if (!map.log) return number(best);
  return found.settled < 0 ? fill(words.mapSaysLoss, { loss: number(best) }) : String(found.settled);
}

/** How wide its good rates are. @param {RaceCurve} curve @param {Messages} words */
function widthOf({ found, near }, words) {
  if (found.width === null) return "–";
  const template = near ? words.mapFairDecadesNear : words.mapFairDecades;
  return fill(template, { decades: number(found.width, 2) });
}
