/** The curves of a fair race: each rule over its rates, its best, and the rates that are good. Canvas only. */

import { ticksOf } from "../canvas/axis.js";
import { placeLabels } from "../canvas/labels.js";
import { notchesOn, paintChart } from "./chart.js";
import { clipTo } from "./map-paint.js";
import { xOn, yOn } from "./map-axes.js";
import { fieldsAt, heightOn, levelOf } from "./rate-numbers.js";
import { drawDisc, drawLabel, drawRing, styleFor, widthOf } from "../canvas/marks.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";
import { powerText } from "../model/format.js";
import { boxOf } from "../canvas/polyline.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("./types.js").FairRaceMap} FairRaceMap
 * @typedef {import("./types.js").RaceCurve} RaceCurve
 * @typedef {import("./types.js").RacePlot} RacePlot
 * @typedef {import("./types.js").Side} Side
 * @typedef {import("../canvas/labels.js").Label & {text: string, outcome: string, colour: string,
 *   dash: number[]}} RunLabel */

const line = new Polyline();
/** Where labels were in the frame before. @type {Map<string, number>} */
const places = new Map();

/** @param {CanvasRenderingContext2D} ctx @param {RacePlot} plot @param {Model} model
 * @param {FairRaceMap} map @param {RaceCurve[]} curves
 * @param {(curve: RaceCurve) => string} widthText said of a run's good rates */
export function paintRace(ctx, plot, model, map, curves, widthText) {
  const scale = model.lecture ? 2 : 1;
  const style = styleFor(ctx, model);
  paintSides(ctx, plot, model, map, curves);
  paintLevel(ctx, plot, model, map, scale);
  curves.forEach((own, i) => paintGoodRates(ctx, plot, model, own, i, scale, widthText(own)));
  ctx.save();
  clipTo(ctx, plot);
  for (const own of curves) paintCurve(ctx, plot, own, scale);
  ctx.restore();
  /** @type {RunLabel[]} */
  const labels = [];
  for (const own of curves) {
    const [x, y] = bestOn(plot, own);
    if (Number.isNaN(y)) continue;
    const { colour, dash, label } = own.run.info;
    drawDisc(ctx, x, y, colour, style);
    const now = own.run.scene.fields;
    const k = own.lr.findIndex((_, j) => isNow(now, fieldsAt(own, j)));
    if (isNow(now, own.found.fields)) drawRing(ctx, x, y, colour, style);
    else if (k >= 0) drawRing(ctx, xOn(plot, own.lr[k]), heightOn(plot, own.loss[k]), colour, style);
    const width = widthOf(ctx, label, "", style);
    const { height } = style.label;
    const what = { text: label, outcome: "", colour, dash };
    labels.push({ id: own.run.id, x, y, width, height, from: -1, left: 0, top: 0, ...what });
  }
  const box = { ...boxOf(plot, -2), bottom: yOn(plot, plot.floor) + style.label.height / 2 };
  placeLabels(labels, box, places, []);
  for (const label of labels) drawLabel(ctx, label, style);
}

/** Whether a run has these numbers. @param {Record<string, number>} now
 * @param {Record<string, number>} fields */
const isNow = (now, fields) => Object.keys(fields).every((name) => now[name] === fields[name]);

/** Where a run is at its best. A rule without lr is as good everywhere.
 * @param {RacePlot} plot @param {RaceCurve} curve */
function bestOn(plot, { found, best }) {
  const { lr } = found.fields;
  return [lr > 0 ? xOn(plot, lr) : plot.left + plot.width, heightOn(plot, best)];
}

/** @param {CanvasRenderingContext2D} ctx @param {RacePlot} plot @param {Model} model
 * @param {FairRaceMap} map @param {RaceCurve[]} curves */
function paintSides(ctx, plot, model, map, curves) {
  const most = Math.max(2, Math.floor(plot.height / (2.6 * plot.size)));
  const side = { ...plot.y, low: plot.floor };
  /** @param {number} v */
  const below = (v) => plot.measure(v) < plot.floor;
  const up = map.log ? notchesOn(side, most, true) : signedNotches(side, plot.unit, most);
  if (map.log && curves.some(({ loss, best }) => below(best) || loss.some(below))) {
    const floor = { value: plot.floor, text: `≤${powerText(plot.floor)}` };
    up.splice(0, up.findIndex(({ value }) => value > plot.floor * 1.001), floor);
  }
  const across = notchesOn(plot.x, Math.max(2, Math.floor(plot.width / (5 * plot.size))));
  paintChart(ctx, plot, model, across, up, "α");
}

/** Powers of ten of either sign. @param {Side} side @param {number} unit @param {number} most
 * @returns {import("./chart.js").Notch[]} */
const signedNotches = ({ low, high }, unit, most) =>
  ticksOf({ kind: "symlog", low, high, unit }, most).sort((a, b) => a.at - b.at).map(({ at, value }) => ({
    value: at, text: value === 0 ? "0" : `${value < 0 ? "−" : ""}${powerText(Number(Math.abs(value).toPrecision(6)))}`,
  }));

/** Below this line a run has settled. @param {CanvasRenderingContext2D} ctx @param {RacePlot} plot
 * @param {Model} model @param {FairRaceMap} map @param {number} scale */
function paintLevel(ctx, plot, { ground, payload }, map, scale) {
  const level = levelOf(map);
  if (level === null || !map.log || 10 ** level < plot.floor) return;
  const y = Math.round(heightOn(plot, 10 ** level)) + 0.5;
  ctx.beginPath();
  ctx.moveTo(plot.left, y);
  ctx.lineTo(plot.left + plot.width, y);
  ctx.lineWidth = scale;
  ctx.strokeStyle = ground.faint;
  ctx.globalAlpha = 0.6;
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.fillStyle = ground.faint;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillText(payload.words.mapFairLevel, plot.left + 8, y + 5);
}

/** @param {CanvasRenderingContext2D} ctx @param {RacePlot} plot @param {RaceCurve} curve
 * @param {number} scale */
function paintCurve(ctx, plot, { run, lr, loss, best }, scale) {
  line.clear();
  let open = false;
  if (!lr.length && best === best) {
    line.moveTo(plot.left, heightOn(plot, best));
    line.lineTo(plot.left + plot.width, heightOn(plot, best));
  }
  lr.forEach((rate, k) => {
    if (!(loss[k] < Infinity)) open = false;
    else if (open) line.lineTo(xOn(plot, rate), heightOn(plot, loss[k]));
    else line.moveTo(xOn(plot, rate), heightOn(plot, loss[k]));
    open = loss[k] < Infinity;
  });
  ctx.lineJoin = "round";
  ctx.lineWidth = 2 * scale;
  ctx.strokeStyle = run.info.colour;
  strokeLine(ctx, line, run.info.dash.map((part) => part * scale));
}

/** The good rates of a run: a bar in a row of its own, from the middle between two rates to the next;
 * hollow where they do not settle.
 * @param {CanvasRenderingContext2D} ctx @param {RacePlot} plot @param {Model} model
 * @param {RaceCurve} curve @param {number} i its row @param {number} scale @param {string} text */
function paintGoodRates(ctx, plot, { ground }, { run, lr, good, near }, i, scale, text) {
  const y = yOn(plot, plot.y.low) - 2 - (i + 0.5) * plot.row;
  /** @param {number} k */
  const middle = (k) => {
    if (k === 0 || k === lr.length) return xOn(plot, k ? lr[k - 1] : lr[0]);
    return (xOn(plot, lr[k - 1]) + xOn(plot, lr[k])) / 2;
  };
  let [first, last] = [Infinity, -Infinity];
  const thick = Math.min(6 * scale, plot.row - 2);
  ctx.fillStyle = ctx.strokeStyle = run.info.colour;
  ctx.lineWidth = scale;
  ctx.globalAlpha = near ? 1 : 0.55;
  for (let k = 0; k < good.length; k++) {
    if (!good[k]) continue;
    const from = middle(k);
    while (good[k + 1]) k++;
    const to = middle(k + 1);
    const box = [from, y - thick / 2, Math.max(to - from, 1), thick];
    if (!near) ctx.fillRect(box[0], box[1], box[2], box[3]);
    else ctx.strokeRect(box[0] + 0.5, box[1] + 0.5, Math.max(box[2] - 1, 1), box[3] - 1);
    [first, last] = [Math.min(first, from), Math.max(last, to)];
  }
  ctx.globalAlpha = 1;
  if (first > last || plot.row < plot.size) return;
  const wide = ctx.measureText(text).width;
  const fits = wide < plot.left + plot.width - last - 8;
  if (!fits && wide > first - 8 - plot.left) text = run.info.label; // no room for more
  ctx.fillStyle = ground.ink;
  ctx.textBaseline = "middle";
  ctx.textAlign = fits ? "left" : "right";
  ctx.fillText(text, fits ? last + 8 : first - 8, y + 0.5);
}
