/** What is happening, in the words of someone who points at the picture. */

import { FAULT_WORDS, NEAR, faultOf, firstBelow, shownRuns, standsAt } from "./shown-runs.js";
import { fill, number } from "./format.js";

/** @typedef {import("./types.js").Model} Model @typedef {import("./types.js").LiveRun} LiveRun
 * @typedef {import("./types.js").Messages} Messages
 * @typedef {{lr: number, limit: number, limitValue: number}} Stability a step's rate and its limit */

/** A rate this close to its limit shows. */
const CLOSE = 0.9;
/** Two rates that differ by no more than rounding. */
const EQUAL = 1e-12;
/** Steps over which a zig-zag is looked for. */
const ZIGZAG_STEPS = 6;

/** The one sentence under the picture. @param {Model} model @returns {string} */
export function sentenceOf(model) {
  const { payload, step } = model;
  const { words } = payload;
  if (payload.page === "maps" && model.mapSentence && !model.dragging) return model.mapSentence;
  if (!model.edited && payload.sentence) return payload.sentence;
  const runs = shownRuns(model);
  if (!runs.length) return model.runs.length ? words.allHidden : words.noRuns;
  if (model.predicting) return words.predictNow;
  return (
    faulty(runs, step, words) ??
    zigzag(runs, step, words) ??
    (step === 0 ? words.starting : lowest(runs, model))
  );
}

/** The same for those who listen, when a gesture has ended. @param {Model} model @returns {string} */
export function spokenOf(model) {
  const { payload, scene, step } = model;
  const sentence = sentenceOf(model);
  if (model.predicting || !shownRuns(model).length) return sentence;
  return `${fill(payload.words.spokenStep, { step, steps: scene.steps })} ${sentence}`;
}

/** What is wrong with a run. @param {LiveRun[]} runs @param {number} step @param {Messages} words */
function faulty(runs, step, words) {
  /** @param {import("./types.js").Fault} fault */
  const of = (fault) => runs.find((run) => faultOf(run, step) === fault);
  let run = of("notFinite");
  if (run) return fill(words.isNotFinite, { run: run.info.label, step: run.path.divergedAt });
  run = of("growing");
  if (run) {
    const stability = stabilityOf(run, step);
    if (!(stability && stability.lr > stability.limit)) {
      return fill(words.isGrowing, { run: run.info.label });
    }
    return fill(words.isGrowingBeyond, stabilityWords(run, stability));
  }
  run = of("capped");
  return run ? fill(words.isStopped, { run: run.info.label, step: run.path.count - 1 }) : null;
}

/** A run whose steps turn back, close to its limit. @param {LiveRun[]} runs @param {number} step
 * @param {Messages} words */
function zigzag(runs, step, words) {
  for (const run of runs) {
    const stability = stabilityOf(run, step);
    if (!stability) continue;
    const share = stability.lr / stability.limit;
    if (share > 1 + EQUAL || share < CLOSE) continue;
    if (turnsBack(run.path, standsAt(run, step))) {
      const said = share < 1 - EQUAL ? words.zigzags : words.zigzagsAtLimit;
      return fill(said, stabilityWords(run, stability));
    }
  }
  return null;
}

/** The rate of a step and the largest that is stable, where theory knows it.
 * @param {LiveRun} run @param {number} step @returns {Stability|null} */
function stabilityOf({ theory, info, path }, step) {
  if (!theory || info.adaptive || !(theory.limit > 0) || step < 1 || path.count < 2) return null;
  const t = Math.min(step, path.count - 1);
  const lr = path.rows[(t - 1) * path.width + info.row.lr[0]];
  return { lr, limit: theory.limit, limitValue: theory.limitValue };
}

/** @param {LiveRun} run @param {Stability} stability */
function stabilityWords(run, { lr, limit, limitValue }) {
  const limitText = number(limitValue);
  let value = number((lr / limit) * limitValue);
  // 1.999 is not "2, just below its limit 2".
  for (let d = 4; value === limitText && d < 9; d++) value = number((lr / limit) * limitValue, d);
  return { run: run.info.label, value, limit: limitText };
}

/** Whether every one of the last steps turned back against the one before.
 * @param {import("./run.js").Path} path @param {number} last */
function turnsBack({ x }, last) {
  if (last < ZIGZAG_STEPS + 1) return false;
  for (let t = last; t > last - ZIGZAG_STEPS; t--) {
    const ax = x[2 * t] - x[2 * t - 2];
    const ay = x[2 * t + 1] - x[2 * t - 1];
    const bx = x[2 * t - 2] - x[2 * t - 4];
    const by = x[2 * t - 1] - x[2 * t - 3];
    if (!(ax * bx + ay * by < 0)) return false;
  }
  return true;
}

/** Which run is lowest. @param {LiveRun[]} runs @param {Model} model */
function lowest(runs, { step, known, payload: { words } }) {
  /** @param {LiveRun} run */
  const heightOf = ({ path }) => path.f[Math.min(step, path.count - 1)] - (known.fMin ?? 0);
  const standing = runs.filter(({ path }) => path.count > 0);
  if (!standing.length) return "";
  const best = standing.reduce((a, b) => (heightOf(b) < heightOf(a) ? b : a));
  const what = known.fMin === null ? words.f : words.excess;
  const value = number(heightOf(best));
  const sentence = (runs.length === 1 && words.leadAlone) || words.lead;
  return fill(sentence, { step, best: best.info.label, what, value });
}

/** How a run ended, for its card. @param {Model} model @param {LiveRun} run
 * @returns {string} */
export function verdictText(model, run) {
  const { words } = model.payload;
  const { path, verdict } = run;
  const fMin = model.known.fMin;
  if (verdict.kind === "capped") return words.loopCap;
  if (path.divergedAt >= 0) return fill(words.notFiniteStep, { step: path.divergedAt });
  if (path.growing) return words[FAULT_WORDS.growing];
  const f = path.f[path.count - 1];
  if (fMin === null) return `${words.f} ${number(f)}`;
  const arrived = firstBelow(path, fMin + NEAR);
  if (arrived >= 0 && f < fMin + NEAR) return fill(words.atMinimum, { step: arrived });
  return `${words.excess} ${number(f - fMin, 2)}`;
}
