/** A cloud of points at a step: where its middle is, how far it spreads, and its drawing. */

import { xOn, yOn } from "./map-axes.js";

/** @typedef {import("./types.js").Plot} Plot
 * @typedef {import("../model/types.js").Ground} Ground
 * @typedef {import("../model/types.js").Window} Window */

const TURN = Array.from({ length: 73 }, (_, k) => (2 * Math.PI * k) / 72);
/** Standard deviations from the middle to the ellipse. */
const FAR = 2;

/**
 * @typedef {Object} Cloud all seeds at one step
 * @property {Float32Array} at x, y of each seed; NaN where it is not finite any more
 * @property {number} finite how many are @property {number} outside how many of these lie outside
 *   the window @property {[number, number]} mean of those that are finite
 * @property {[number, number, number]} covariance xx, xy, yy
 */

/** @param {import("./types.js").CloudMap} map @param {number} step @param {Window} window
 * @returns {Cloud} */
export function cloudAt(map, step, [[x0, x1], [y0, y1]]) {
  const { seeds, cloud, covariance } = map;
  const last = cloud.length / (2 * seeds) - 1;
  const t = Math.max(0, Math.min(step, last));
  const at = cloud.subarray(2 * seeds * t, 2 * seeds * (t + 1));
  let [finite, outside, sx, sy] = [0, 0, 0, 0];
  for (let i = 0; i < at.length; i += 2) {
    const [x, y] = [at[i], at[i + 1]];
    if (!(Math.abs(x) < Infinity && Math.abs(y) < Infinity)) continue;
    finite++;
    sx += x;
    sy += y;
    if (x < x0 || x > x1 || y < y0 || y > y1) outside++;
  }
  return {
    at, finite, outside, mean: [sx / finite, sy / finite],
    covariance: [covariance[4 * t], covariance[4 * t + 1], covariance[4 * t + 3]],
  };
}

/** The standard deviations of a cloud along its own axes, the larger first. @param {Cloud} cloud */
export function deviationsOf({ covariance: [xx, xy, yy] }) {
  const [middle, apart] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  return [Math.sqrt(middle + apart), Math.sqrt(Math.max(middle - apart, 0))];
}

/** One dot a seed; where many lie over one another it is darker.
 * @param {CanvasRenderingContext2D} ctx @param {Plot} plot
 * @param {Cloud} cloud @param {string} colour @param {number} alpha @param {number} scale */
export function drawSeeds(ctx, plot, { at }, colour, alpha, scale) {
  const r = 1.25 + 1.25 * scale;
  const { left, top, width, height } = plot;
  ctx.fillStyle = colour;
  ctx.globalAlpha = alpha;
  for (let i = 0; i < at.length; i += 2) {
    const px = xOn(plot, at[i]);
    const py = yOn(plot, at[i + 1]);
    const seen = px > left - r && px < left + width + r && py > top - r && py < top + height + r;
    if (!seen) continue; // NaN neither
    ctx.beginPath();
    ctx.arc(px, py, r, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

/** The ellipse of two standard deviations, and a cross in its middle.
 * @param {CanvasRenderingContext2D} ctx @param {Plot} plot
 * @param {Cloud} cloud @param {Ground} ground @param {number} scale */
export function drawEllipse(ctx, plot, { mean: [mx, my], covariance: [xx, xy, yy] }, ground, scale) {
  if (!Number.isFinite(mx + my)) return;
  // A root of the covariance takes the circle to the ellipse.
  const a = Math.sqrt(xx);
  const b = a > 0 ? xy / a : 0;
  const c = Math.sqrt(Math.max(yy - b * b, 0));
  const [px, py] = [xOn(plot, mx), yOn(plot, my)];
  const r = 6 * scale;
  /** @type {[string, number][]} */
  const strokes = [[ground.paper, 4], [ground.ink, 1.5]];
  ctx.lineCap = "round";
  for (const [colour, width] of strokes) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * scale;
    ctx.globalAlpha = colour === ground.paper ? 0.7 : 1;
    ctx.beginPath();
    if (a + c > 0) {
      for (const angle of TURN) {
        const [u, v] = [FAR * Math.cos(angle), FAR * Math.sin(angle)];
        ctx.lineTo(xOn(plot, mx + a * u), yOn(plot, my + b * u + c * v));
      }
    }
    ctx.moveTo(px - r, py);
    ctx.lineTo(px + r, py);
    ctx.moveTo(px, py - r);
    ctx.lineTo(px, py + r);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  ctx.lineCap = "butt";
}
