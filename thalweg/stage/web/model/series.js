/**
 * The curves as numbers: one quantity of a run over its steps.
 *
 * @typedef {{values: Float64Array, second: Float64Array|null, count: number}} Series
 *   values by step, NaN where there is none; `second` the other coordinate's, where there are two
 */

/** @type {string[]} the names of curves in the Scene */
export const CURVE_NAMES = ["loss", "gradient", "distance", "rate", "update", "lr"];

/** @typedef {import("./types.js").Model} Model @typedef {import("./types.js").LiveRun} LiveRun
 * @typedef {import("./run.js").Path} Path @typedef {import("./types.js").Point} Point
 * @typedef {(model: Model, run: LiveRun, into: Series) => void} Filler */

/** @type {Record<string, Filler>} */
const FILLERS = {
  loss: fillLoss,
  gradient: fillGradient,
  distance: fillDistance,
  rate: fillRate,
  update: fillUpdate,
  lr: fillLr,
};

/** @returns {Series} */
export function emptySeries() {
  return { values: new Float64Array(0), second: null, count: 0 };
}

/** A curve's quantity for a run. A step's own quantities stand at the step it leads to.
 * @param {Model} model @param {LiveRun} run @param {string} name @param {Series} into reused
 * @returns {Series} */
export function seriesOf(model, run, name, into) {
  const { path } = run;
  const room = path.steps + 1;
  if (into.values.length < room) into.values = new Float64Array(room);
  if (name !== "rate") into.second = null;
  else if (!into.second || into.second.length < room) into.second = new Float64Array(room);
  into.count = path.count;
  into.values[0] = NaN;
  if (into.second) into.second[0] = NaN;
  (FILLERS[name] ?? fillLoss)(model, run, into);
  return into;
}

/** @type {Filler} */
function fillLoss(model, { path }, { values, count }) {
  const floor = model.known.fMin ?? 0;
  for (let t = 0; t < count; t++) values[t] = path.f[t] - floor;
}

/** @type {Filler} */
function fillGradient(_, { path, info }, { values, count }) {
  const [at] = info.row.grad;
  for (let t = 1, i = at; t < count; t++, i += path.width) {
    const gx = path.rows[i];
    const gy = path.rows[i + 1];
    values[t] = Math.sqrt(gx * gx + gy * gy);
  }
}

/** @type {Filler} */
function fillDistance({ known }, { path }, { values, count }) {
  for (let t = 0; t < count; t++) values[t] = distanceAt(known, path, t);
}

/** From the point of a step to the nearest known minimum, global or local; NaN: none is known.
 * @param {{minima: number[][], localMinima: number[][]}} known @param {Path} path
 * @param {number} t @returns {number} */
export function distanceAt(known, path, t) {
  const x = path.x[2 * t];
  const y = path.x[2 * t + 1];
  const apart = Math.min(squared(known.minima, x, y), squared(known.localMinima, x, y));
  return known.minima.length + known.localMinima.length ? Math.sqrt(apart) : NaN;
}

/** The least squared distance. @param {number[][]} points @param {number} x @param {number} y */
function squared(points, x, y) {
  let least = Infinity;
  for (let i = 0; i < points.length; i++) {
    const dx = x - points[i][0];
    const dy = y - points[i][1];
    const apart = dx * dx + dy * dy;
    if (apart < least) least = apart;
  }
  return least;
}

/** Both coordinates' rates. @type {Filler} */
function fillRate(_, { path, info }, { values, second, count }) {
  const [at] = info.row.rate;
  if (!second) return;
  for (let t = 1, i = at; t < count; t++, i += path.width) {
    values[t] = path.rows[i];
    second[t] = path.rows[i + 1];
  }
}

/** @type {Filler} */
function fillUpdate(_, { path: { x } }, { values, count }) {
  for (let t = 1; t < count; t++) {
    const px = x[2 * t - 2];
    const py = x[2 * t - 1];
    const dx = x[2 * t] - px;
    const dy = x[2 * t + 1] - py;
    values[t] = Math.sqrt((dx * dx + dy * dy) / (px * px + py * py));
  }
}

/** @type {Filler} */
function fillLr(_, { path, info }, { values, count }) {
  const [at] = info.row.lr;
  for (let t = 1, i = at; t < count; t++, i += path.width) values[t] = path.rows[i];
}

/** How often a run asked for f, its gradient and its Hessian, up to its end.
 * @param {LiveRun} run @param {number[]} into three numbers @returns {number[]} */
export function countCalls({ path, info }, into) {
  const before = info.initCalls ?? [0, 0, 0];
  const [at] = info.row.calls;
  for (let k = 0; k < 3; k++) {
    into[k] = before[k];
    for (let t = 1, i = at + k; t < path.count; t++, i += path.width) into[k] += path.rows[i];
  }
  return into;
}
