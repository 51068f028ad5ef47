/**
 * A map's axes: where a number lies between its ends, ticks, and what zooming makes of a span.
 *
 * Along a side everything is even in the number's own measure: its logarithm, that of its distance
 * from 1, or itself.
 */

import { niceStep } from "../canvas/axis.js";
import { familyOf } from "../canvas/marks.js";
import { number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model */

/** @typedef {import("./types.js").AxisSpacing} AxisSpacing
 * @typedef {import("./types.js").Side} Side
 * @typedef {import("./types.js").Plot} Plot
 * @typedef {import("./types.js").MapPlot} MapPlot
 * @typedef {import("./types.js").Shares} Shares */

/** @type {Record<AxisSpacing, {to: (v: number) => number, from: (u: number) => number}>} */
const MEASURES = {
  log: { to: Math.log, from: Math.exp },
  one: { to: (v) => -Math.log1p(-v), from: (u) => -Math.expm1(-u) },
  linear: { to: (v) => v, from: (u) => u },
};

/** Where a number lies on a side: 0 at its low end, 1 at its high one.
 * @param {Side} side @param {number} value @returns {number} */
export function shareOn({ low, high, spacing }, value) {
  const { to } = MEASURES[spacing];
  return (to(value) - to(low)) / (to(high) - to(low));
}

/** The number at a share of a side, which may lie beyond its ends.
 * @param {Side} side @param {number} share */
export function valueOn({ low, high, spacing }, share) {
  const { to, from } = MEASURES[spacing];
  return from(to(low) + (to(high) - to(low)) * share);
}

/** @param {Plot} plot @param {number} value */
export const xOn = ({ left, width, x }, value) => left + width * shareOn(x, value);

/** @param {Plot} plot @param {number} value */
export const yOn = ({ top, height, y }, value) => top + height * (1 - shareOn(y, value));

/** The shares of both sides at a pixel.
 * @param {Plot} plot @param {number} px @param {number} py @returns {Shares} */
export const sharesAt = ({ left, top, width, height }, px, py) => [
  (px - left) / width, 1 - (py - top) / height,
];

/** The part of a span from one share to another, no wider than what may be chosen and no narrower than
 * numbers can tell. Null where nothing is left of it.
 * @param {Side} side @param {number} from @param {number} to @param {[number, number]|null} limits
 * @returns {[number, number]|null} */
export function partOfSpan(side, from, to, limits) {
  let [low, high] = [valueOn(side, from), valueOn(side, to)];
  if (limits) [low, high] = [Math.max(low, limits[0]), Math.min(high, limits[1])];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (!(high - low > 1e-9 * size) || size > 1e6) return null;
  const digits = 5 + Math.max(0, Math.ceil(Math.log10(size / (high - low))));
  /** @param {number} v */
  const short = (v) => Number(v.toPrecision(Math.min(digits, 15)));
  return limits && (low === limits[0] || high === limits[1])
    ? [low === limits[0] ? low : short(low), high === limits[1] ? high : short(high)]
    : [short(low), short(high)];
}

/** Few numbers that are short to say, from a side's low end to its high one.
 * @param {Side} side @param {number} most @returns {number[]} */
export function ticksOn({ low, high, spacing }, most) {
  /** @param {number[]} list */
  const inside = (list) => list.filter((v) => v >= low * (1 - 1e-12) - 1e-300 && v <= high * (1 + 1e-12));
  if (spacing === "log") {
    for (const times of [[1, 2, 5], [1, 3], [1]]) {
      const found = inside(powers(low, high, times));
      if (found.length >= 2 && found.length <= most) return found;
    }
    const tens = inside(powers(low, high, [1]));
    if (tens.length > most) {
      const every = Math.ceil(tens.length / most);
      return tens.filter((_, i) => i % every === (tens.length - 1) % every);
    }
  }
  if (spacing === "one" && 1 - high < 0.3 * (1 - low)) {
    const near = inside(powers(Math.max(1 - high, 1e-12), 1 - low, [1]).map((v) => 1 - v).reverse());
    const rest = [0, 0.5].filter((v) => v >= low);
    const found = [...new Set([...rest, ...near.map((v) => Number(v.toFixed(10)))])];
    if (found.length >= 2 && found.length <= most + 2) return found;
  }
  const step = niceStep((high - low) / most);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

/** The numbers k·10ᵈ from the power of ten below `low` to that above `high`.
 * @param {number} low @param {number} high @param {number[]} times the k */
function powers(low, high, times) {
  const found = [];
  for (let d = Math.floor(Math.log10(low)); d <= Math.ceil(Math.log10(high)); d++) {
    for (const k of times) found.push(Number(`${k}e${d}`));
  }
  return found;
}

/** The sides of a part of the plane: x and y, even.
 * @param {import("../model/types.js").Window} window @returns {[Side, Side]} */
export const sidesOfPlane = ([[x0, x1], [y0, y1]]) => [
  { low: x0, high: x1, spacing: "linear", text: "x" }, { low: y0, high: y1, spacing: "linear", text: "y" },
];

/** The plot in a pane, for its sides. @param {import("../canvas/canvas-pane.js").CanvasPane} pane @param {Side} x
 * @param {Side} y @param {boolean} lecture @param {boolean} [small] without the names of the sides
 * @returns {MapPlot} */
export function plotIn({ width, height, canvas }, x, y, lecture, small = false) {
  const size = lecture ? 20 : 13;
  const left = Math.round((small ? 2.8 : 4.6) * size);
  const under = Math.round((small ? 1.6 : 3.1) * size);
  const family = familyOf(canvas);
  return { left, top: 8, width: width - left - 10, height: height - 8 - under, x, y, family };
}

/** Draw the frame, ticks and names of a map's plot. @param {CanvasRenderingContext2D} ctx
 * @param {MapPlot} plot @param {Model} model @param {boolean} [small] */
export function paintMapAxes(ctx, plot, { ground, lecture }, small = false) {
  const { left, top, width, height, x, y, family } = plot;
  const size = lecture ? 20 : 13;
  const bottom = top + height;
  ctx.font = `${size}px ${family}`;
  ctx.lineWidth = 1;
  ctx.strokeStyle = ground.faint;
  ctx.fillStyle = ground.ink;
  ctx.textBaseline = "middle";
  ctx.beginPath();
  ctx.rect(left - 0.5, top - 0.5, width + 1, height + 1);
  ctx.textAlign = "center";
  let free = -Infinity;
  for (const value of ticksOn(x, Math.max(2, Math.floor(width / (4.5 * size))))) {
    const at = Math.round(xOn(plot, value)) + 0.5;
    const text = number(value, 6);
    const half = ctx.measureText(text).width / 2;
    ctx.moveTo(at, bottom);
    ctx.lineTo(at, bottom + 4);
    if (at - half < free || at + half > left + width + size) continue;
    ctx.fillText(text, at, bottom + 6 + 0.6 * size);
    free = at + half + 8;
  }
  ctx.textAlign = "right";
  let above = Infinity;
  for (const value of ticksOn(y, Math.max(2, Math.floor(height / (2.6 * size))))) {
    const at = Math.round(yOn(plot, value)) + 0.5;
    ctx.moveTo(left - 4, at);
    ctx.lineTo(left, at);
    if (at > above - 1.2 * size) continue;
    ctx.fillText(number(value, 6), left - 7, at + 0.5);
    above = at;
  }
  ctx.stroke();
  if (small) return;
  ctx.font = `italic ${size + 1}px ${family}`;
  ctx.textAlign = "center";
  ctx.fillText(x.text, left + width / 2, bottom + 6 + 1.95 * size);
  ctx.save();
  ctx.translate(0.75 * size, top + height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.fillText(y.text, 0, 0);
  ctx.restore();
}
