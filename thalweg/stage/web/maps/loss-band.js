/** The loss of many seeds over the steps: its median, and between which values four fifths of them lie. */

import { rangeOf } from "../canvas/axis.js";
import { fitCanvas, listenSteps } from "../canvas/fit.js";
import { frameOf, paintAxes as paintFrame, stepAtX } from "../curves/frame.js";
import { paintNow, traceCurve } from "../curves/plot.js";
import { styleFor } from "../canvas/marks.js";
import { elementOf, setAttribute, setText } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions */

const line = new Polyline();

/** @param {Model} model @param {Actions} actions */
export function createBand(model, actions) {
  const title = elementOf("h2", { class: "map-part-title" });
  const pane = createCanvasPane("map-band-pane", () => draw(new Set(["size"])));
  const upper = elementOf("canvas", { "aria-hidden": "true", "data-testid": "map-band" });
  pane.place.append(upper);
  const element = elementOf("div", { class: "map-part" }, title, pane.place);
  const upperCtx = upper.getContext("2d");
  const unlisten = listenSteps(upper, (x) => (frame && map ? stepAtX(frame, x) : null), actions);
  let map = null;
  let run = null;
  let frame = null;
  let axis = null;
  /** @type {any[]} low, median, high */
  let curves = [];

  function draw(stale) {
    if (!map || !run) return;
    if (["map", "size", "theme", "scene", "mode"].some((part) => stale.has(part))) paint();
    if (frame) paintNow(upperCtx, frame, axis, [run], [curves[1]], model, styleFor(upperCtx, model));
  }

  function paint() {
    const { words } = model.payload;
    setText(title, map.log ? words.mapCloudLoss : words.mapCloudLossBare);
    frame = null;
    if (!pane.clear()) return;
    fitCanvas(upperCtx, pane);
    axis = rangeOf(curves, [true, true, true], true, !map.log);
    frame = frameOf(pane.ctx, pane.width, pane.height, axis, model);
    paintFrame(pane.ctx, frame, axis, model.ground, words);
    paintCurve(pane.ctx);
    const { count, values } = curves[1];
    const last = Math.max(count - 1, 0);
    const says = { run: run.info.label, steps: last, from: number(values[0]), to: number(values[last]) };
    setAttribute(pane.canvas, "aria-label", fill(words.mapCloudLossAlt, says));
  }

  function paintCurve(ctx) {
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
    /** @param {any} made the map @param {any} of the run that it is of */
    take(made, of) {
      [map, run] = [made, of];
      curves = [made.low, made.median, made.high].map((part) => curveOf(part, made.log));
    },
    /** What is left at the end. */
    says() {
      const { words } = model.payload;
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

/** Up to where there is a number. */
function curveOf(part, log) {
  const values = Float64Array.from(part, (v) => (log ? 10 ** v : v));
  const end = values.findIndex((v) => Number.isNaN(v));
  return { values, second: null, count: end < 0 ? values.length : end };
}

function traced({ values, count }, axis, frame) {
  const points = [];
  const push = (x, y) => points.push([x, y]);
  traceCurve({ moveTo: push, lineTo: push }, values, count, axis, frame);
  return points;
}
