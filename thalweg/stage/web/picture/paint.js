/**
 * The moving part of the picture: paths up to the step, heads, marks and labels, on a canvas.
 *
 * Called in every frame of a drag. It reads the model and keeps only the labels' places.
 */

import { placeLabels } from "../canvas/labels.js";
import { drawArrow, drawCross, drawDisc, drawLabel, drawRing, styleFor, widthOf } from "../canvas/marks.js";
import { drawAnnotations } from "../canvas/annotations.js";
import { paintOverlays } from "../overlays/overlays.js";
import { FAULT_WORDS, faultOf, shownRuns, standsAt } from "../model/shown-runs.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";
import { boxOf, eachDot, isInside, roomFor, toPixels, tracePolyline } from "../canvas/polyline.js";

/** @typedef {import("../model/types.js").Model} Model */

/** Steps get a dot of their own while they are farther apart than this, in pixels. */
const DOTS_APART = 6;
/** How near a pointer must come to an iterate, in pixels. */
const REACH = 12;
/** Beyond this length, in pixels, a path covers itself: no halo, and longer dashes. Both cost. */
const LONG_PATH = 12000;
/** Longer paths have square dots, which are quicker. */
const MOST_ROUND = 500;
const GHOST_DASH = [3, 4];

/** So far, in pixels, a path must have come from the right for its label to stand at the left. */
const CLEARLY = 8;

/** @type {Float64Array} */
let pixels = new Float64Array(2048);
const line = new Polyline();
/** Places of the labels by canvas. */
const labelPlaces = new WeakMap();

/** Clear the canvas and paint the runs.
 * @param {CanvasRenderingContext2D} ctx scaled to CSS pixels
 * @param {import("../canvas/polyline.js").Mapping} mapping @param {Model} model */
export function paintPaths(ctx, mapping, model) {
  const { canvas } = ctx;
  const style = styleFor(ctx, model);
  ctx.save();
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  const { left, top, width, height } = mapping;
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineCap = "butt";
  ctx.lineJoin = "round";
  const runs = model.predicting ? [] : shownRuns(model);
  if (model.scene.view.overlays.includes("ghost")) {
    for (const run of runs) paintGhost(ctx, mapping, model, run);
  }
  const inner = boxOf(mapping, 0);
  const labels = [];
  const heads = [];
  for (const run of runs) {
    const head = paintTrail(ctx, mapping, model, run, inner, style);
    if (head) heads.push(head);
  }
  const notes = model.predicting ? [] : paintOverlays(ctx, mapping, model, style);
  for (const head of heads) paintHead(ctx, model, head, inner, style, labels);
  if (model.hover !== null) for (const run of runs) paintHover(ctx, mapping, model, run, style);
  let places = labelPlaces.get(canvas);
  if (!places) labelPlaces.set(canvas, (places = new Map()));
  const covered = mapping.covered ?? [];
  const inside = boxOf(mapping, -4);
  if (!notes.length) placeLabels(labels, inside, places, covered);
  else placeLabels([...labels, ...notes], inside, places, [...covered, startBox(mapping, model)]);
  drawAnnotations(ctx, notes, style);
  for (const label of labels) drawLabel(ctx, label, style);
  ctx.restore();
}

/** The iterate of a shown path that is nearest to a pixel, if it is near.
 * @param {import("../canvas/polyline.js").Mapping} mapping @param {Model} model @param {number} px
 * @param {number} py @returns {{run: any, step: number}|null} */
export function nearestStep(mapping, model, px, py) {
  let found = null;
  let least = REACH * REACH;
  if (model.predicting) return null;
  for (const run of shownRuns(model)) {
    const { x } = run.path;
    const last = standsAt(run, model.step);
    for (let t = 0; t <= last; t++) {
      const dx = mapping.x(x[2 * t]) - px;
      const dy = mapping.y(x[2 * t + 1]) - py;
      const apart = dx * dx + dy * dy;
      if (apart < least) {
        least = apart;
        found = { run, step: t };
      }
    }
  }
  return found;
}

/** The path of a run up to the step; where its head is, and where it was last seen inside. */
function paintTrail(ctx, mapping, model, run, inner, style) {
  const count = standsAt(run, model.step) + 1;
  if (count < 1) return null;
  pixels = roomFor(pixels, count);
  toPixels(mapping, run.path.x, count, pixels);
  line.clear();
  const length = tracePolyline(line, pixels, count, boxOf(mapping, 8));
  const colour = run.info.colour;
  if (length > 0) {
    if (length < LONG_PATH && !model.lagging) {
      ctx.lineWidth = style.line + 2;
      ctx.strokeStyle = style.halo;
      strokeLine(ctx, line, []);
    }
    ctx.lineWidth = style.line;
    ctx.strokeStyle = colour;
    strokeLine(ctx, line, dashFor(run.info.dash, length, style.scale));
    ctx.fillStyle = colour;
    ctx.beginPath();
    const r = style.dot / 2;
    const square = (x, y) => ctx.rect(x - r, y - r, 2 * r, 2 * r);
    const round = (x, y) => {
      ctx.moveTo(x + r, y);
      ctx.arc(x, y, r, 0, 2 * Math.PI);
    };
    if (!model.lagging) eachDot(pixels, count, DOTS_APART, inner, count > MOST_ROUND ? square : round);
    ctx.fill();
  }
  let seen = count - 1;
  while (seen >= 0 && !isInside(inner, pixels[2 * seen], pixels[2 * seen + 1])) seen--;
  const back = Math.max(0, count - 9);
  return {
    run,
    fault: faultOf(run, model.step),
    x: pixels[2 * count - 2],
    y: pixels[2 * count - 1],
    inside: seen === count - 1,
    seen: seen >= 0 ? [pixels[2 * seen], pixels[2 * seen + 1]] : null,
    from: pixels[2 * back] - pixels[2 * count - 2] > CLEARLY ? 1 : -1,
  };
}

/** A run's dash, longer by powers of two the longer its path. */
function dashFor(dash, length, scale) {
  const times = length > LONG_PATH ? 2 ** Math.ceil(Math.log2(length / LONG_PATH)) : 1;
  return times * scale === 1 ? dash : dash.map((part) => part * times * scale);
}

/** Where a run is: a head, or an arrow to it at the edge; and the mark of what is wrong with it. */
function paintHead(ctx, model, head, inner, style, labels) {
  const { run, fault } = head;
  const { words } = model.payload;
  const { colour, dash, label: name } = run.info;
  const lost = fault === "notFinite" || fault === "capped";
  let { x, y } = head;
  if (lost && head.seen) [x, y] = head.seen;
  else if (head.inside) drawDisc(ctx, x, y, colour, style);
  else {
    const inset = style.head + 4;
    x = Math.max(inner.left + inset, Math.min(x, inner.right - inset));
    y = Math.max(inner.top + inset, Math.min(y, inner.bottom - inset));
    drawArrow(ctx, x, y, Math.atan2(head.y - y, head.x - x), colour, style);
  }
  if (fault && head.seen) drawCross(ctx, head.seen[0], head.seen[1], style);
  const text = fault ? `${name} ` : name;
  const outcome = fault ? words[FAULT_WORDS[fault]] : "";
  const width = widthOf(ctx, text, outcome, style);
  const { height } = style.label;
  const { from } = head;
  labels.push({ id: run.id, x, y, width, height, from, left: 0, top: 0, text, outcome, colour, dash });
}

/** Where the handle of the start lies: many labels keep clear of it. */
function startBox(mapping, { scene, lecture }) {
  const [x, y] = [mapping.x(scene.start[0]), mapping.y(scene.start[1])];
  const r = lecture ? 22 : 14;
  return { left: x - r, top: y - r, right: x + r, bottom: y + r };
}

/** A ring on every path at the step that is looked at. */
function paintHover(ctx, mapping, model, run, style) {
  const { path } = run;
  const t = model.hover;
  if (t >= path.count) return;
  const x = mapping.x(path.x[2 * t]);
  const y = mapping.y(path.x[2 * t + 1]);
  if (isInside(boxOf(mapping, 0), x, y)) drawRing(ctx, x, y, run.info.colour, style);
}

/** The path before the last change. */
function paintGhost(ctx, mapping, model, { ghost, info }) {
  if (!ghost) return;
  const count = Math.min(model.step + 1, ghost.length / 2);
  pixels = roomFor(pixels, count);
  toPixels(mapping, ghost, count, pixels);
  line.clear();
  tracePolyline(line, pixels, count, boxOf(mapping, 8));
  ctx.globalAlpha = 0.6;
  ctx.lineWidth = 1;
  ctx.strokeStyle = info.colour;
  strokeLine(ctx, line, GHOST_DASH);
  ctx.globalAlpha = 1;
}
