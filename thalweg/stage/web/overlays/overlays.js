/**
 * What the step under the lens was made of, on the canvas above the trails: arrows, rates, the local
 * plane and quadric, critical points. Each overlay has a painter; its words come back as notes, to be
 * placed together with the labels of the runs.
 *
 * @typedef {Object} Frame what a painter is given
 * @property {CanvasRenderingContext2D} ctx @property {Model} model
 * @property {import("../canvas/polyline.js").Mapping} mapping @property {import("../canvas/marks.js").MarkStyle} style
 * @property {import("../model/step-detail.js").StepDetail} lens @property {number} x @property {number} y of lens.from, in
 *   pixels @property {number} kx @property {number} ky pixels per unit; ky is below 0
 * @property {number} side the plot's smaller one @property {Messages} words
 */

import { paintArrows } from "./arrows.js";
import { paintHessian } from "./hessian.js";
import { emptyStepDetail, fillStepDetail, inspectedRun } from "../model/step-detail.js";
import { strokeHaloed, annotationStyle, traceDiamond } from "../canvas/annotations.js";
import { paintPlane, paintTaylor } from "./quadric.js";
import { paintRates } from "./rates.js";
import { boxOf, isInside } from "../canvas/polyline.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Messages} Messages */

/** In the order in which they lie over one another. */
const PAINTERS = {
  plane: paintPlane,
  taylor: paintTaylor,
  hessian: paintHessian,
  rates: paintRates,
  arrows: paintArrows,
};

const lens = emptyStepDetail();

/** Paint the overlays that the Scene asks for.
 * @param {CanvasRenderingContext2D} ctx clipped to the plot
 * @param {import("../canvas/polyline.js").Mapping} mapping @param {Model} model
 * @param {import("../canvas/marks.js").MarkStyle} style
 * @returns {import("../canvas/annotations.js").Annotation[]} to be placed, then drawn */
export function paintOverlays(ctx, mapping, model, style) {
  const { overlays } = model.scene.view;
  const notes = [];
  if (!overlays.length) return notes;
  if (overlays.includes("critical")) paintCritical(ctx, mapping, model, style);
  const run = inspectedRun(model);
  if (!run) return notes;
  fillStepDetail(model, run, model.step, lens);
  const x = mapping.x(lens.from[0]);
  const y = mapping.y(lens.from[1]);
  // A step beyond the plot has nothing that could be read.
  if (!isInside(boxOf(mapping, 40 * style.scale), x, y)) return notes;
  const frame = {
    ctx, model, mapping, lens, x, y,
    style: annotationStyle(ctx, style),
    kx: mapping.x(1) - mapping.x(0),
    ky: mapping.y(1) - mapping.y(0),
    side: Math.min(mapping.width, mapping.height),
    words: model.payload.words,
  };
  ctx.save();
  for (const name in PAINTERS) if (overlays.includes(name)) PAINTERS[name](frame, notes);
  ctx.restore();
  return notes;
}

/** Marks of critical points, around a point, by their kind. */
const CRITICAL = {
  minimum(ctx, x, y, r) {
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  },
  saddle(ctx, x, y, r) {
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x - r, y + r);
    ctx.lineTo(x + r, y - r);
  },
  maximum(ctx, x, y, r) {
    ctx.moveTo(x, y - 1.15 * r);
    ctx.lineTo(x + r, y + 0.6 * r);
    ctx.lineTo(x - r, y + 0.6 * r);
    ctx.closePath();
  },
  degenerate: traceDiamond,
};

function paintCritical(ctx, mapping, { critical }, { scale, paper, ink }) {
  if (!critical) return;
  const box = boxOf(mapping, 8 * scale);
  ctx.beginPath();
  for (const point of critical) {
    const x = mapping.x(point.x[0]);
    const y = mapping.y(point.x[1]);
    if (isInside(box, x, y)) CRITICAL[point.kind]?.(ctx, x, y, 6 * scale);
  }
  strokeHaloed(ctx, paper, ink, 1.75 * scale, scale);
}
