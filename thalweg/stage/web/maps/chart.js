/** Charts beside maps: sides by ratios, few ticks, a thin frame at the left and below. Canvas only. */

import { ticksOn, xOn, yOn } from "./map-axes.js";
import { familyOf } from "../canvas/marks.js";
import { number, powerText } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("./types.js").Side} Side @typedef {import("./types.js").Plot} Plot */

const TICK = 4;

/** @typedef {{value: number, text: string}} Notch a place on a side, and what is written there */

/** Height of the letters of charts. @param {boolean} lecture */
export const chartType = (lecture) => (lecture ? 20 : 12);

/** Powers of ten on a side that goes by ratios; shorter steps where it has but one of them.
 * @param {Side} side @param {number} most
 * @param {boolean} [powers] all written as powers @returns {Notch[]} */
export function notchesOn(side, most, powers = false) {
  const [low, high] = [side.low, side.high].map(Math.log10);
  const every = Math.max(1, Math.ceil((high - low) / most));
  const found = [];
  for (let d = Math.ceil(low / every - 1e-9) * every; d <= high + 1e-9; d += every) {
    const value = Number(`1e${d}`);
    found.push({ value, text: !powers && Math.abs(d) < 3 ? number(value) : powerText(value) });
  }
  return found.length > 1 ? found : ticksOn(side, most).map((value) => ({ value, text: number(value) }));
}

/** The plot in a pane. @param {{width: number, height: number}} pane
 * @param {Side} x @param {Side} y
 * @param {boolean} lecture @param {number} [under] room below it, besides that for the ticks
 * @returns {Plot} */
export function chartIn({ width, height }, x, y, lecture, under = 0) {
  const size = chartType(lecture);
  const left = Math.round(3.8 * size);
  const bottom = Math.round(1.6 * size) + TICK + under;
  return { left, top: 8, width: width - left - size, height: height - 8 - bottom, x, y };
}

/** Draw both sides with their notches; the name of x stands between its last two.
 * @param {CanvasRenderingContext2D} ctx @param {Plot} plot @param {Model} model
 * @param {Notch[]} across @param {Notch[]} up @param {string} name */
export function paintChart(ctx, plot, { ground, lecture }, across, up, name) {
  const { left, top, width, height } = plot;
  const size = chartType(lecture);
  const bottom = top + height;
  const base = bottom + TICK + Math.round(0.75 * size);
  ctx.font = `${size}px ${familyOf(ctx.canvas)}`;
  ctx.lineWidth = 1;
  ctx.strokeStyle = ground.faint;
  ctx.fillStyle = ground.ink;
  ctx.setLineDash([]);
  ctx.textBaseline = "middle";
  ctx.beginPath();
  ctx.moveTo(left - 0.5, top);
  ctx.lineTo(left - 0.5, bottom + 0.5);
  ctx.lineTo(left + width, bottom + 0.5);
  ctx.textAlign = "right";
  let above = Infinity;
  for (const { value, text } of up) {
    const y = Math.round(yOn(plot, value)) + 0.5;
    ctx.moveTo(left - 0.5 - TICK, y);
    ctx.lineTo(left - 0.5, y);
    if (y > above - 1.2 * size) continue;
    ctx.fillText(text, left - TICK - 4, y);
    above = y;
  }
  ctx.textAlign = "center";
  /** @type {{left: number, right: number}[]} */
  const written = [];
  for (const { value, text } of across) {
    const x = Math.round(xOn(plot, value)) - 0.5;
    ctx.moveTo(x, bottom + 0.5);
    ctx.lineTo(x, bottom + 0.5 + TICK);
    const half = ctx.measureText(text).width / 2;
    const last = written.at(-1);
    if (last && x - half < last.right + 0.6 * size) continue;
    ctx.fillText(text, x, base);
    written.push({ left: x - half, right: x + half });
  }
  ctx.stroke();
  ctx.font = `italic ${ctx.font}`;
  ctx.fillStyle = ground.faint;
  const room = 0.6 * size + ctx.measureText(name).width;
  for (let i = written.length - 1; i > 0; i--) {
    const [from, to] = [written[i - 1].right, written[i].left];
    if (to - from < room) continue;
    ctx.fillText(name, (from + to) / 2, base);
    break;
  }
  ctx.font = `${size}px ${familyOf(ctx.canvas)}`;
}
