/** The law of the batch as numbers: what was measured at rest, for each size of it. */

/** @typedef {import("./types.js").BatchLaw} BatchLaw @typedef {import("./types.js").Side} Side */

/** The two directions of a minimum, as the server has them. */
export const SHALLOW = 0;
export const STEEP = 1;

/** A side by ratios. @param {number} low @param {number} high @returns {Side} */
export const ratioSide = (low, high) => ({ low, high, spacing: "log", text: "" });

/** From below the lowest variance to above the highest. @param {BatchLaw} law
 * @returns {Side} */
export function heightsOf({ variance, error, theory }) {
  const all = [...variance, ...(theory ?? [])].flat().map((v) => v ?? NaN);
  variance.forEach((pair, i) => all.push(...pair.map((v, k) => (v ?? NaN) + (error[i][k] ?? NaN))));
  const fine = all.filter((v) => v > 0 && v < Infinity);
  if (!fine.length) return ratioSide(0.1, 10);
  return ratioSide(Math.min(...fine) / 1.6, Math.max(...fine) * 1.6);
}

/** What B times 4 makes of the variance along the steep direction: by the straight line through the
 * logarithms. @param {BatchLaw} law @returns {number} */
export function factorOf({ sizes, variance }) {
  const points = sizes.map((size, i) => [Math.log(size), Math.log(variance[i][STEEP] ?? NaN)])
    .filter(([, v]) => Number.isFinite(v));
  const mean = [0, 1].map((k) => points.reduce((sum, p) => sum + p[k], 0) / points.length);
  const above = points.reduce((sum, [b, v]) => sum + (b - mean[0]) * (v - mean[1]), 0);
  const below = points.reduce((sum, [b]) => sum + (b - mean[0]) ** 2, 0);
  return 4 ** (above / below);
}

/** The place of the size that is nearest by ratio. @param {number[]} sizes @param {number} batch */
export function nearestSize(sizes, batch) {
  const away = sizes.map((size) => Math.abs(Math.log(size / batch)));
  return away.indexOf(Math.min(...away));
}
