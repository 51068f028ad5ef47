/** The curves on a canvas: lines below, the step that is shown or looked at above. */

import { rangeOf } from "../canvas/axis.js";
import { paintAxes, xOfStep, yOfValue } from "./frame.js";
import { drawDisc, drawRing } from "../canvas/marks.js";
import { faultOf } from "../model/shown-runs.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Messages} Messages
 * @typedef {{moveTo: (x: number, y: number) => void, lineTo: (x: number, y: number) => void}} Sink
 *   a canvas' path, or what takes its place */

const curve = new Polyline();

/** Paint axes and curves.
 * @param {CanvasRenderingContext2D} ctx @param {import("./frame.js").Frame} frame
 * @param {import("../canvas/axis.js").Axis} axis @param {LiveRun[]} runs
 * @param {import("../model/series.js").Series[]} curves one for each run @param {Model} model */
export function paintCurves(ctx, frame, axis, runs, curves, model) {
  const { left, top, right, bottom, width, height } = frame;
  const { ground, lecture } = model;
  const scale = lecture ? 2 : 1;
  ctx.clearRect(0, 0, width, height);
  paintAxes(ctx, frame, axis, ground, model.payload.words);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top - 3, right - left + 2, bottom - top + 3);
  ctx.clip();
  ctx.lineJoin = "round";
  runs.forEach(({ info }, i) => {
    const { values, second, count } = curves[i];
    ctx.strokeStyle = info.colour;
    const dash = scale === 1 ? info.dash : info.dash.map((part) => part * scale);
    /** @type {[Float64Array|null, number][]} */
    const lines = [[values, 2], [second, 1]];
    for (const [of, thickness] of lines) {
      if (!of) continue;
      curve.clear();
      traceCurve(curve, of, count, axis, frame);
      ctx.lineWidth = thickness * scale;
      strokeLine(ctx, curve, dash);
    }
  });
  ctx.restore();
}

/** Trace a curve; where many steps share a column of pixels, its first, least, largest and last.
 * @param {Sink} sink @param {Float64Array} values
 * @param {number} count @param {import("../canvas/axis.js").Axis} axis
 * @param {import("./frame.js").Frame} frame */
export function traceCurve(sink, values, count, axis, frame) {
  const wide = (frame.right - frame.left) / frame.steps;
  let open = false;
  for (let t = 0; t < count; t++) {
    const first = yOfValue(frame, axis, values[t]);
    if (Number.isNaN(first)) {
      open = false;
      continue;
    }
    const x = frame.left + wide * t;
    if (open) sink.lineTo(x, first);
    else sink.moveTo(x, first);
    open = true;
    let low = first;
    let high = first;
    let last = first;
    const column = Math.floor(x);
    while (t + 1 < count && Math.floor(frame.left + wide * (t + 1)) === column) {
      const y = yOfValue(frame, axis, values[t + 1]);
      if (Number.isNaN(y)) break;
      t++;
      last = y;
      if (y < low) low = y;
      if (y > high) high = y;
    }
    if (low < first) sink.lineTo(x, low);
    if (high > first) sink.lineTo(x, high);
    if (last !== high || low < high) sink.lineTo(frame.left + wide * t, last);
  }
}

/** Paint the step that is shown, and the one that is looked at.
 * @param {CanvasRenderingContext2D} ctx @param {import("./frame.js").Frame} frame
 * @param {import("../canvas/axis.js").Axis} axis @param {LiveRun[]} runs
 * @param {import("../model/series.js").Series[]} curves @param {Model} model
 * @param {import("../canvas/marks.js").MarkStyle} style */
export function paintNow(ctx, frame, axis, runs, curves, model, style) {
  const { left, top, right, bottom, width, height } = frame;
  ctx.clearRect(0, 0, width, height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left - 8, top - 8, right - left + 16, bottom - top + 14);
  ctx.clip();
  /** @param {number} step @param {string} colour @param {number[]} dash */
  const line = (step, colour, dash) => {
    const x = Math.round(xOfStep(frame, step)) - 0.5;
    ctx.beginPath();
    ctx.moveTo(x, top - 4);
    ctx.lineTo(x, bottom);
    ctx.strokeStyle = colour;
    ctx.lineWidth = style.scale;
    ctx.setLineDash(dash);
    ctx.stroke();
    ctx.setLineDash([]);
  };
  /** @param {number} step @param {typeof drawDisc} draw */
  const dots = (step, draw) => {
    runs.forEach(({ info }, i) => {
      const { values, second, count } = curves[i];
      if (step >= count) return;
      for (const of of [values, second]) {
        const y = of ? yOfValue(frame, axis, of[step]) : NaN;
        if (y > top - 5 && y < bottom + 5) draw(ctx, xOfStep(frame, step), y, info.colour, style);
      }
    });
  };
  line(model.step, model.ground.faint, []);
  dots(model.step, drawDisc);
  if (model.hover !== null && model.hover !== model.step) {
    line(model.hover, model.ground.ink, [2, 3]);
    dots(model.hover, drawRing);
  }
  ctx.restore();
}

/** The axis for the runs' curves. @param {Model} model @param {LiveRun[]} runs
 * @param {import("../model/series.js").Series[]} curves one for each run @returns {import("../canvas/axis.js").Axis} */
export function axisFor(model, runs, curves) {
  const fine = runs.map((run) => run.verdict.kind === "fine" && faultOf(run, 1) === null);
  const signed = model.scene.view.curve === "loss" && model.known.fMin === null;
  return rangeOf(curves, fine, model.logCurves, signed);
}

/** A curve's quantity in words. @param {string} name @param {Model} model @returns {string} */
export function curveTitle(name, { known, payload: { words } }) {
  if (name === "loss" && known.fMin === null) return words.curveLossBare;
  return words[`curve${name[0].toUpperCase()}${name.slice(1)}`];
}

/** Why there is no curve to be seen, or "". @param {LiveRun[]} runs
 * @param {import("../model/series.js").Series[]} curves @param {Messages} words */
export function emptinessOf(runs, curves, words) {
  if (!runs.length) return words.curveNoRuns;
  const some = curves.some(({ values, second, count }) => {
    for (let t = 0; t < count; t++) if (!Number.isNaN(values[t] + (second?.[t] ?? 0))) return true;
    return false;
  });
  return some ? "" : words.curveNothing;
}
