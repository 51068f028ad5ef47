/**
 * One run, computed in the browser: the loop around a rule's kernel.
 *
 * Numbers only: nothing here draws or knows a page. Arrays are made once for a run and written anew
 * at every change, so that a drag allocates nothing.
 *
 * Kernels take arrays, each followed by the place in it where its numbers begin; the result is last.
 *
 * @typedef {Float64Array} Numbers
 * @typedef {(a: Numbers, i: number, into: Numbers, k: number) => void} Kernel1 of one array
 * @typedef {(a: Numbers, i: number, b: Numbers, j: number, into: Numbers, k: number) => void} Kernel2
 * @typedef {(a: Numbers, i: number, b: Numbers, j: number, c: Numbers, k: number, into: Numbers,
 *   l: number) => void} Kernel3
 *
 * @typedef {{value: Kernel2, grad: Kernel2, hess: Kernel2}} SurfaceKernel
 *   the module of a kind of surface: (numbers, point, result)
 * @typedef {{init: (surface: Surface, numbers: Numbers, i: number, start: Numbers, j: number,
 *     carry: Numbers, k: number) => void,
 *   step: (surface: Surface, numbers: Numbers, i: number, carry: Numbers, j: number, clock: Numbers,
 *     k: number, z: Numbers, l: number, next: Numbers, m: number, row: Numbers, n: number) => void
 *   }} RuleKernel the module of a kind of rule
 * @typedef {{growing: Kernel1, overflowed: Kernel1}} GrowthKernel the verdicts on a run
 * @typedef {{eigen: (hess: Numbers, i: number, values: Numbers, j: number, vectors: Numbers,
 *     k: number) => void,
 *   newton: Kernel2, alpha: Kernel1, settings: Kernel1, rates: Kernel2, widths: Kernel1,
 *   compare: (g: Numbers, i: number, forward: Numbers, j: number, back: Numbers, k: number,
 *     widths: Numbers, l: number, into: Numbers, m: number) => void
 *   }} PointKernel what is computed at a point: see thalweg.diagnostics
 * @typedef {{limit: Kernel1, sharpness: Kernel3, best?: Kernel2}} TheoryKernel of a kind of rule
 * @typedef {{length: Kernel2}} LengthKernel how long a rule's steps are on a constant gradient
 * @typedef {SurfaceKernel & RuleKernel & GrowthKernel & PointKernel & TheoryKernel & LengthKernel
 *   } KernelModule one of these: the payload says which by where it names the text
 *
 * @typedef {{value: (x: number, y: number) => number,
 *   grad: (x: number, y: number, into: Float64Array) => void,
 *   hess: (x: number, y: number, into: Float64Array) => void}} Surface
 * @typedef {{rule: RuleKernel, numbers: Float64Array, carry: number, width: number}} Runner
 *   a rule's kernel, its numbers, how many go from step to step, and how many a step shows
 */

/** A surface with its numbers: functions of a point. The numbers are read at every call.
 * @param {SurfaceKernel} kernel @param {Float64Array} numbers @returns {Surface} */
export function surfaceOf(kernel, numbers) {
  const point = new Float64Array(2);
  const one = new Float64Array(1);
  return {
    value(x, y) {
      point[0] = x;
      point[1] = y;
      kernel.value(numbers, 0, point, 0, one, 0);
      return one[0];
    },
    grad(x, y, into) {
      point[0] = x;
      point[1] = y;
      kernel.grad(numbers, 0, point, 0, into, 0);
    },
    hess(x, y, into) {
      point[0] = x;
      point[1] = y;
      kernel.hess(numbers, 0, point, 0, into, 0);
    },
  };
}

/**
 * What is kept of a run: points x (x0, y0, x1, …) and losses f up to the last finite one, and a row
 * of numbers for each step (see the kernel's own list of what lies where).
 */
export class Path {
  /** @param {number} steps room for so many @param {number} width numbers in a row */
  constructor(steps, width) {
    this.steps = steps;
    this.width = width;
    this.x = new Float64Array(2 * (steps + 1));
    this.f = new Float64Array(steps + 1);
    this.rows = new Float64Array(steps * width);
    /** Points that are finite, with finite loss: the path's length. */
    this.count = 0;
    /** The first step whose point or loss is not finite; -1: never. */
    this.divergedAt = -1;
    this.growing = false;
  }
}

const clock = new Float64Array(2);
let carry = new Float64Array(64);

/**
 * Compute a run into a path. `z` has two unit numbers of noise for each step.
 * @param {Surface} surface @param {Runner} runner
 * @param {ArrayLike<number>} start x, y @param {number} steps @param {Float64Array} z
 * @param {GrowthKernel} growth @param {Path} path with room for the steps
 */
export function compute(surface, runner, start, steps, z, growth, path) {
  const { rule, numbers, width } = runner;
  const { x, f, rows } = path;
  if (carry.length < runner.carry) carry = new Float64Array(runner.carry);
  path.divergedAt = -1;
  path.count = 0;
  carry[0] = start[0];
  carry[1] = start[1];
  rule.init(surface, numbers, 0, carry, 0, carry, 0);
  clock[1] = steps;
  for (let t = 0; ; t++) {
    const px = carry[0];
    const py = carry[1];
    x[2 * t] = px;
    x[2 * t + 1] = py;
    const loss = surface.value(px, py);
    f[t] = loss;
    if (!(Number.isFinite(loss) && Number.isFinite(px) && Number.isFinite(py))) {
      path.divergedAt = t;
      break;
    }
    path.count = t + 1;
    if (t === steps) break;
    clock[0] = t + 1;
    rule.step(surface, numbers, 0, carry, 0, clock, 0, z, 2 * t, carry, 0, rows, t * width);
  }
  path.growing = isGrowing(path, steps, growth);
}

const means = new Float64Array(5);
const verdict = new Float64Array(1);

/** @param {Path} path @param {number} steps @param {GrowthKernel} growth @returns {boolean} */
function isGrowing({ x, f, count, divergedAt }, steps, growth) {
  if (divergedAt >= 0) {
    if (divergedAt === 0) return false;
    means[0] = f[0];
    means[1] = f[count - 1];
    growth.overflowed(means, 0, verdict, 0);
    return verdict[0] !== 0;
  }
  if (steps < 2) return false;
  const quarter = Math.floor((steps + 3) / 4);
  means.fill(0);
  for (let t = 0; t < quarter; t++) {
    const late = steps - quarter + t;
    means[0] += Math.sqrt((x[2 * t + 2] - x[2 * t]) ** 2 + (x[2 * t + 3] - x[2 * t + 1]) ** 2);
    means[1] += Math.sqrt(
      (x[2 * late + 2] - x[2 * late]) ** 2 + (x[2 * late + 3] - x[2 * late + 1]) ** 2,
    );
    means[2] += f[t];
    means[3] += f[late];
  }
  for (let i = 0; i < 4; i++) means[i] /= quarter;
  means[4] = f[steps];
  growth.growing(means, 0, verdict, 0);
  return verdict[0] !== 0;
}
