/**
 * How fast a method converges on a quadric, over its settings: a field over lr (by ratios) and ρ.
 *
 * Only lr·λmax and the ratio of the curvatures count, so a field stays as it is while a quadric is
 * only looked at larger or smaller.
 */

import { ticksOf } from "../canvas/axis.js";
import { familyOf } from "../canvas/marks.js";
import { number } from "../model/format.js";

/** The methods: kernel `rates` gives their factors in this order; `limit` of lr·λmax at ρ. */
export const METHODS = [
  { name: "gd", word: "planeGd", best: "planeBestGd", limit: () => 2 },
  { name: "heavy_ball", word: "planeHeavyBall", best: "planeBestPolyak", limit: (rho) => 2 * (1 + rho) },
  { name: "nesterov", word: "planeNesterov", best: "planeBestNesterov", limit: (rho) => (2 + 2 * rho) / (1 + 2 * rho) },
];

/** lr·λmax at the left end of the axis, and how many times that it is at the right end: the limit
 * without momentum, 2, then lies a little right of the middle. */
export const LOW = 1 / 15;
export const SPAN = 240;

const SIDE = 40;
const SHADES = 256;
/** The strongest shade is the best factor that any of the methods has, but not below this. */
const FASTEST = 0.05;

const setting = new Float64Array(2);
const curvatures = new Float64Array(2);
const factors = new Float64Array(3);
const best = new Float64Array(9);

export class Field {
  constructor() {
    this.ratio = NaN;
    this.left = NaN;
    this.ground = null;
    this.speeds = METHODS.map(() => new Uint8ClampedArray(SIDE * SIDE));
    this.images = METHODS.map(() => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = SIDE;
      return canvas;
    });
  }

  /** @param {any} point kernel @param {number} ratio of the smaller curvature to the larger
   * @param {number} left lr·λmax at the left end @param {any} ground
   * @returns {boolean} whether it is another one than before */
  follow(point, ratio, left, ground) {
    const same = near(ratio, this.ratio) && near(left, this.left);
    if (same && ground === this.ground) return false;
    if (!same) this.compute(point, ratio, left);
    this.ground = ground;
    this.colour(ground);
    return true;
  }

  compute(point, ratio, left) {
    this.ratio = ratio;
    this.left = left;
    curvatures[0] = ratio;
    curvatures[1] = 1;
    point.settings(curvatures, 0, best, 0);
    const fastest = Math.log(Math.max(Math.min(best[2], best[5], best[8]), FASTEST));
    for (let i = 0; i < SIDE; i++) {
      setting[0] = left * SPAN ** ((i + 0.5) / SIDE);
      for (let j = 0; j < SIDE; j++) {
        setting[1] = 1 - (j + 0.5) / SIDE;
        point.rates(setting, 0, curvatures, 0, factors, 0);
        for (let m = 0; m < METHODS.length; m++) {
          this.speeds[m][j * SIDE + i] = (SHADES - 1) * shade(Math.log(factors[m]) / fastest);
        }
      }
    }
  }

  colour(ground) {
    const low = rgb(ground.ramp[1]);
    const high = rgb(ground.accent);
    this.images.forEach((canvas, m) => {
      const ctx = canvas.getContext("2d");
      const image = ctx.createImageData(SIDE, SIDE);
      this.speeds[m].forEach((speed, k) => {
        const share = speed / (SHADES - 1);
        for (let c = 0; c < 3; c++) image.data[4 * k + c] = low[c] + (high[c] - low[c]) * share;
        image.data[4 * k + 3] = 255;
      });
      ctx.putImageData(image, 0, 0);
    });
  }
}

/** Slow ways would all look alike without a bend. */
const shade = (speed) => (speed > 0 ? speed ** 0.75 : 0);

const near = (a, b) => Math.abs(a - b) <= 1e-12 * Math.abs(b);

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** Where a learning rate lies on the axis that begins with `lo`.
 * @param {{left: number, width: number}} plot @param {number} lo @param {number} lr */
export const xOfRate = ({ left, width }, lo, lr) =>
  left + (width * Math.log(lr / lo)) / Math.log(SPAN);

/** Paint a method's plane: the field, what is not stable, the axes.
 * @param {import("../canvas/canvas-pane.js").CanvasPane} pane @param {Field} field @param {number} m which method
 * @param {number} lo the learning rate at the left end @param {boolean} lecture
 * @returns {{left: number, top: number, width: number, height: number}} where the plot lies */
export function paintPlane({ ctx, width, height }, field, m, lo, lecture) {
  const size = lecture ? 20 : 12;
  const left = size + 4;
  const under = Math.round(1.4 * size) + 4;
  const plot = { left, top: 8, width: width - left - 8, height: height - 8 - under };
  const bottom = plot.top + plot.height;
  paintField(ctx, plot, field, m, lecture ? 2 : 1);
  ctx.strokeStyle = field.ground.faint;
  ctx.fillStyle = field.ground.ink;
  ctx.lineWidth = 1;
  ctx.font = `${size}px ${familyOf(ctx.canvas)}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "right";
  ctx.beginPath();
  ctx.rect(left - 0.5, plot.top - 0.5, plot.width + 1, plot.height + 1);
  for (const [at, text] of RHOS) ctx.fillText(text, left - 5, bottom - at * plot.height + 0.5);
  ctx.textAlign = "center";
  const [low, high] = [Math.log10(lo), Math.log10(lo * SPAN)];
  const base = bottom + 5 + 0.7 * size;
  const room = width - 1.6 * size; // up to the axis' name
  let free = 0;
  for (const { value } of ticksOf({ kind: "log", low, high, unit: 1 }, 3)) {
    const x = Math.round(xOfRate(plot, lo, value)) + 0.5;
    const text = number(value);
    const half = ctx.measureText(text).width / 2;
    ctx.moveTo(x, bottom);
    ctx.lineTo(x, bottom + 4);
    if (x + half > room || x - half < free) continue;
    ctx.fillText(text, x, base);
    free = x + half + 6;
  }
  ctx.textAlign = "right";
  ctx.fillStyle = field.ground.faint;
  ctx.fillText("α", left + plot.width, base);
  ctx.stroke();
  return plot;
}

const RHOS = /** @type {const} */ ([[0, "0"], [0.5, "ρ"], [1, "1"]]);

/** The field, the border of what is stable and what lies beyond it. */
function paintField(ctx, { left, top, width, height }, field, m, scale) {
  const { ground } = field;
  const [right, bottom] = [left + width, top + height];
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(field.images[m], left, top, width, height);
  const border = new Path2D();
  for (let k = 0; k <= 32; k++) {
    const limit = METHODS[m].limit(k / 32);
    const x = left + (width * Math.log(limit / field.left)) / Math.log(SPAN);
    border.lineTo(x, bottom - (height * k) / 32);
  }
  const beyond = new Path2D(border);
  beyond.lineTo(right + width, top);
  beyond.lineTo(right + width, bottom);
  ctx.fillStyle = ground.paper;
  ctx.fill(beyond);
  ctx.save();
  ctx.clip(beyond);
  ctx.beginPath();
  for (let x = left - height; x < right; x += 7 * scale) {
    ctx.moveTo(x, bottom);
    ctx.lineTo(x + height, top);
  }
  ctx.lineWidth = 1;
  ctx.strokeStyle = ground.line ?? ground.contour;
  ctx.stroke();
  ctx.restore();
  ctx.lineWidth = 1.5 * scale;
  ctx.strokeStyle = ground.ink;
  ctx.stroke(border);
  ctx.restore();
}
