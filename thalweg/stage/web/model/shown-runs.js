/** The runs at a step: which are shown, where each stands, what is wrong with it. */

/** @typedef {import("./types.js").LiveRun} LiveRun @typedef {import("./types.js").Model} Model */

/** The runs that are on the picture. @param {Pick<Model, "runs">} model @returns {LiveRun[]} */
export function shownRuns(model) {
  return model.runs.filter((run) => run.scene.shown);
}

/** The step of the point where a run stands: the last one that is finite, if it got no further.
 * −1 where not even the start is finite. @param {LiveRun} run @param {number} step @returns {number} */
export function standsAt(run, step) {
  return Math.min(step, run.path.count - 1);
}

/** What is wrong with a run by a step, or null. A run grows from its first step on.
 * @param {LiveRun} run @param {number} step @returns {import("./types.js").Fault|null} */
export function faultOf(run, step) {
  const { path, verdict } = run;
  if (verdict.kind === "capped") return step >= path.count ? "capped" : null;
  if (path.divergedAt >= 0 && step >= path.divergedAt) return "notFinite";
  return path.growing && step > 0 ? "growing" : null;
}

/** The first step with a loss below `loss`, or −1. 
 * @param {import("./run.js").Path} path @param {number} loss */
export function firstBelow({ f, count }, loss) {
  for (let t = 0; t < count; t++) if (f[t] < loss) return t;
  return -1;
}

/** A run has arrived from the step on at which f − f_min is below this. */
export const NEAR = 1e-3;

/** The keys of the words for what is wrong with a run. */
export const FAULT_WORDS = { growing: "growing", notFinite: "notFinite", capped: "stopped" };
