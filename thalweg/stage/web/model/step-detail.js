/**
 * The step under the microscope: what one run's step was made of, as numbers. Computed from the kernels,
 * so that it follows a drag; `diagnostics` computes the same on the server.
 *
 * @typedef {import("./types.js").Model} Model @typedef {import("./types.js").LiveRun} LiveRun
 *
 * @typedef {Object} StepDetail
 * @property {LiveRun|null} run null: nothing was looked at yet
 * @property {number} step the step that was made last; 0: none yet
 * @property {[number, number]} from the point it was made from; the start at step 0
 * @property {[number, number]|null} to where it landed, null at step 0
 * @property {number} row where its row begins in path.rows, −1 at step 0
 * @property {boolean} smooth whether there is a Hessian; what needs one is NaN where not
 * @property {number} f loss at `from` @property {Float64Array} g exact gradient there
 * @property {Float64Array} h Hessian there (h00, h01, h10, h11)
 * @property {Float64Array} values its eigenvalues, ascending @property {Float64Array} vectors as
 *   columns: vectors[0], vectors[2] belong to values[0]
 * @property {Float64Array} newton −H⁻¹g, NaN where H is singular
 * @property {Float64Array} check of the gradient at `from`: central differences (2), the error, that
 *   over the sum of both lengths, the error that rounding alone may cause; see diagnostics.gradient_check
 * @property {{first: number, second: number, actual: number, ratio: number}} change of the loss by
 *   the step: by the plane, by the quadric, really; NaN at step 0
 * @property {number} alpha see diagnostics.taylor.alpha; NaN at step 0
 * @property {Float64Array} scaled lr times the curvatures that the rule meets, ascending; NaN: none
 * @property {number} limit of the larger of these; NaN where theory has none
 */

import { OVERLAYS } from "./scene-types.js";
import { standsAt } from "./shown-runs.js";

/** What can be drawn on the surface around a step: all overlays but the previous paths. */
export const STEP_OVERLAYS = OVERLAYS.filter((name) => name !== "ghost");

/** The run that is looked at: the chosen one, else the first that is shown.
 * @param {Model} model @returns {LiveRun|null} */
export function inspectedRun(model) {
  const { runs, selected } = model;
  const chosen = runs.find((run) => run.id === selected && run.scene.shown);
  return chosen ?? runs.find((run) => run.scene.shown) ?? null;
}

/** @returns {StepDetail} */
export function emptyStepDetail() {
  const pair = () => new Float64Array(2);
  return {
    run: null, step: 0, from: [NaN, NaN], to: null, row: -1, smooth: true, f: NaN, g: pair(),
    h: new Float64Array(4), values: pair(), vectors: new Float64Array(4), newton: pair(),
    check: new Float64Array(5),
    change: { first: NaN, second: NaN, actual: NaN, ratio: NaN }, alpha: NaN, scaled: pair(),
    limit: NaN,
  };
}

const one = new Float64Array(1);
const here = new Float64Array(2);
const widths = new Float64Array(2);
const forward = new Float64Array(2);
const back = new Float64Array(2);
const ends = new Float64Array(4);
const gTo = new Float64Array(2);
let terms = new Float64Array(16);

/** Look at a run's step. @param {Model} model @param {LiveRun} run @param {number} step shown
 * @param {StepDetail} detail written anew @returns {StepDetail} */
export function fillStepDetail(model, run, step, detail) {
  const { path } = run;
  const now = standsAt(run, step);
  const t = Math.max(now - 1, 0);
  detail.run = run;
  detail.step = Math.max(now, 0);
  detail.from[0] = path.x[2 * t];
  detail.from[1] = path.x[2 * t + 1];
  detail.to = now > 0 ? [path.x[2 * now], path.x[2 * now + 1]] : null;
  detail.row = now > 0 ? t * path.width : -1;
  detail.smooth = !model.payload.surface.notSmooth;
  fillDerivatives(model, detail);
  compareModels(model, detail);
  fillSharpness(detail, run);
  return detail;
}

/** Loss, gradient and Hessian where the step was made from. @param {Model} model
 * @param {StepDetail} detail */
function fillDerivatives({ surface, point }, detail) {
  const [x, y] = detail.from;
  detail.f = surface.value(x, y);
  surface.grad(x, y, detail.g);
  checkGradient(surface, point, detail);
  if (!detail.smooth) {
    for (const part of [detail.h, detail.values, detail.vectors, detail.newton]) part.fill(NaN);
    return;
  }
  surface.hess(x, y, detail.h);
  point.eigen(detail.h, 0, detail.values, 0, detail.vectors, 0);
  point.newton(detail.h, 0, detail.g, 0, detail.newton, 0);
}

/** The gradient against central differences. @param {Model["surface"]} surface
 * @param {Model["point"]} point @param {StepDetail} detail */
function checkGradient(surface, point, { from, g, check }) {
  const [x, y] = from;
  here[0] = x;
  here[1] = y;
  point.widths(here, 0, widths, 0);
  const [dx, dy] = widths;
  forward[0] = surface.value(x + dx, y);
  forward[1] = surface.value(x, y + dy);
  back[0] = surface.value(x - dx, y);
  back[1] = surface.value(x, y - dy);
  point.compare(g, 0, forward, 0, back, 0, widths, 0, check, 0);
}

/** The step against the linear and the quadratic model. @param {Model} model
 * @param {StepDetail} detail */
function compareModels({ surface, point }, detail) {
  const { change, g, h, f, from, to } = detail;
  if (!to) {
    change.first = change.second = change.actual = change.ratio = detail.alpha = NaN;
    return;
  }
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  change.first = g[0] * dx + g[1] * dy;
  const bend = (h[0] * dx + h[1] * dy) * dx + (h[2] * dx + h[3] * dy) * dy;
  change.second = change.first + bend / 2;
  const landed = surface.value(to[0], to[1]);
  change.actual = landed - f;
  change.ratio = change.actual / change.second;
  surface.grad(to[0], to[1], gTo);
  ends[0] = f;
  ends[1] = change.first;
  ends[2] = landed;
  ends[3] = gTo[0] * dx + gTo[1] * dy;
  point.alpha(ends, 0, one, 0);
  detail.alpha = one[0];
}

/** lr·λ of the curvatures that the rule meets, at the step's own rate.
 * @param {StepDetail} detail @param {LiveRun} run */
function fillSharpness(detail, run) {
  const { row, h, smooth } = detail;
  detail.scaled.fill(NaN);
  detail.limit = NaN;
  if (!run.theoryKernel || !smooth || row < 0) return;
  gatherTerms(run, row);
  const { numbers, theoryKernel, info, path } = run;
  const lr = info.names.indexOf("lr");
  const own = numbers[lr];
  numbers[lr] = path.rows[row + info.row.lr[0]]; // as the schedule had it in this step
  theoryKernel.sharpness(numbers, 0, terms, 0, h, 0, detail.scaled, 0);
  theoryKernel.limit(numbers, 0, one, 0);
  numbers[lr] = own;
  detail.limit = one[0];
}

/** A step's terms as the kernel takes them: one array after the other, sorted by name.
 * @param {LiveRun} run @param {number} row */
function gatherTerms(run, row) {
  const names = Object.keys(run.info.row).filter((name) => name.startsWith("terms.")).sort();
  let count = 0;
  for (const name of names) {
    const [first, size] = run.info.row[name];
    if (terms.length < count + size) {
      const wider = new Float64Array(2 * (count + size));
      wider.set(terms);
      terms = wider;
    }
    for (let k = 0; k < size; k++) terms[count + k] = run.path.rows[row + first + k];
    count += size;
  }
}
