/** The loss of many seeds over the steps: its median, and between which values four fifths of them lie. */

import { rangeOf } from "../canvas/axis.js";
import { contextOf, fitCanvas, listenSteps } from "../canvas/fit.js";
import { frameOf, paintAxes, stepAtX } from "../curves/frame.js";
import { paintNow, traceCurve } from "../curves/plot.js";
import { styleFor } from "../canvas/marks.js";
import { elementOf, setAttribute, setText } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("../model/types.js").Point} Point
 * @typedef {import("../model/series.js").Series} Series
 * @typedef {import("../canvas/axis.js").Axis} Axis
 * @typedef {import("../curves/frame.js").Frame} Frame
 * @typedef {import("./types.js").CloudMap} CloudMap */

/** @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["map", "size", "theme", "scene", "mode"];

const line = new Polyline();

/** @param {Model} model @param {Actions} actions */
export function createLossBand(model, actions) {
  const title = elementOf("h2", { class: "map-part-title" });
  const pane = createCanvasPane("map-band-pane", () => draw(new Set(["size"])));
  const upper = elementOf("canvas", { "aria-hidden": "true", "data-testid": "map-band" });
  pane.place.append(upper);
  const element = elementOf("div", { class: "map-part" }, title, pane.place);
  const upperCtx = contextOf(upper);
  const unlisten = listenSteps(upper, (x) => (plot && map ? stepAtX(plot.frame, x) : null), actions);
  /** @type {CloudMap|null} */
  let map = null;
  /** That the map is of. @type {LiveRun|null} */
  let run = null;
  /** Where the curves are drawn. @type {{frame: Frame, axis: Axis}|null} */
  let plot = null;
  /** low, median, high @type {Series[]} */
  let curves = [];

  /** @param {Stale} stale */
  function draw(stale) {
    if (!map || !run) return;
    if (CHANGES.some((part) => stale.has(part))) plot = paint(map, run);
    if (!plot) return;
    paintNow(upperCtx, plot.frame, plot.axis, [run], [curves[1]], model, styleFor(upperCtx, model));
  }

  /** @param {CloudMap} map @param {LiveRun} run */
  function paint(map, run) {
    const { words } = model.payload;
    setText(title, map.log ? words.mapCloudLoss : words.mapCloudLossBare);
    if (!pane.clear()) return null;
    fitCanvas(upperCtx, pane);
    const axis = rangeOf(curves, [true, true, true], true, !map.log);
    const frame = frameOf(pane.ctx, pane.width, pane.height, axis, model);
    paintAxes(pane.ctx, frame, axis, model.ground, words);
    paintBand(pane.ctx, frame, axis, run);
    const { count, values } = curves[1];
    const last = Math.max(count - 1, 0);
    const says = { run: run.info.label, steps: last, from: number(values[0]), to: number(values[last]) };
    setAttribute(pane.canvas, "aria-label", fill(words.mapCloudLossAlt, says));
    return { frame, axis };
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Axis} axis @param {LiveRun} run */
  function paintBand(ctx, frame, axis, run) {
    const { left, top, right, bottom } = frame;
    const { colour, dash } = run.info;
    const scale = model.lecture ? 2 : 1;
    const [low, median, high] = curves;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top - 3, right - left + 2, bottom - top + 3);
    ctx.clip();
    const [below, over] = [low, high].map((curve) => traced(curve, axis, frame));
    ctx.beginPath();
    for (const [x, y] of over) ctx.lineTo(x, y);
    for (const [x, y] of below.reverse()) ctx.lineTo(x, y);
    ctx.closePath();
    ctx.globalAlpha = 0.22;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 1;
    line.clear();
    traceCurve(line, median.values, median.count, axis, frame);
    ctx.strokeStyle = colour;
    ctx.lineJoin = "round";
    ctx.lineWidth = 2 * scale;
    strokeLine(ctx, line, dash.map((part) => part * scale));
    ctx.restore();
  }

  return {
    element,
    draw,
    /** @param {CloudMap} made @param {LiveRun|null} of the run that it is of */
    receive(made, of) {
      [map, run] = [made, of];
      curves = [made.low, made.median, made.high].map((part) => curveOf(part, made.log));
    },
    /** What is left at the end. */
    sentence() {
      const { words } = model.payload;
      if (!map || !run) return "";
      const last = curves[1].count - 1;
      if (last < 0) return fill(words.mapCloudSaysNone, { run: run.info.label });
      const [low, median, high] = curves.map(({ values }) => number(values[last], 2));
      const template = map.log ? words.mapCloudSays : words.mapCloudSaysBare;
      return fill(template, { seeds: map.seeds, run: run.info.label, step: last, low, median, high });
    },
    destroy() {
      unlisten();
      pane.destroy();
    },
  };
}

/** Losses up to where there is a number. @param {Float32Array} part by step
 * @param {boolean} log whether they are logarithms @returns {Series} */
function curveOf(part, log) {
  const values = Float64Array.from(part, (v) => (log ? 10 ** v : v));
  const end = values.findIndex((v) => Number.isNaN(v));
  return { values, second: null, count: end < 0 ? values.length : end };
}

/** A curve as pixels. @param {Series} curve @param {Axis} axis @param {Frame} frame
 * @returns {Point[]} */
function traced({ values, count }, axis, frame) {
  /** @type {Point[]} */
  const points = [];
  /** @param {number} x @param {number} y */
  const push = (x, y) => points.push([x, y]);
  traceCurve({ moveTo: push, lineTo: push }, values, count, axis, frame);
  return points;
}
