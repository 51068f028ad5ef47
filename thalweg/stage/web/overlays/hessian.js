/** The Hessian at the step's point: its eigenvectors, and a level set of the quadric it makes. */

import { traceHead } from "./arrows.js";
import { annotate, strokeHaloed } from "../canvas/annotations.js";
import { number } from "../model/format.js";

/** @typedef {import("./overlays.js").Frame} Frame @typedef {import("../canvas/annotations.js").Annotation} Annotation */

/** A curvature below this share of the other is none. */
const FLAT = 1e-8;
/** Pixels: half an eigenvector's line, the longer axis of an ellipse or of a hyperbola, the distance
 * of the two lines that a cylinder's level set is. */
const ARM = 84;
const LONGER = 70;
const OPENING = 40;
const APART = 24;
const POINTS = 72;
/** So far a hyperbola's branch goes, as the argument of cosh; asymptotes reach a little farther. */
const BRANCH = 1.25;
const ASYMPTOTE = 2;
const NAMES = ["λ₁", "λ₂"];
const HEAD = 7;

/** Semi-axes of the level set in pixels, one after the other: (x, y), (x, y). */
const axes = new Float64Array(4);

/** @param {Frame} frame @param {Annotation[]} notes */
export function paintHessian(frame, notes) {
  if (isKinked(frame, notes)) return;
  const { ctx, lens, x, y, style, model, words } = frame;
  if (!(Math.abs(lens.values[0]) < Infinity && Math.abs(lens.values[1]) < Infinity)) return;
  const kind = kindOf(lens.values);
  findAxes(frame);
  paintVectors(frame, notes);
  if (kind === "hessianSaddle") {
    ctx.beginPath();
    for (let side = -1; side < 2; side += 2) {
      const [u, v] = [axes[0] + side * axes[2], axes[1] + side * axes[3]];
      ctx.moveTo(x - ASYMPTOTE * u, y - ASYMPTOTE * v);
      ctx.lineTo(x + ASYMPTOTE * u, y + ASYMPTOTE * v);
    }
    ctx.lineWidth = style.scale;
    ctx.strokeStyle = model.ground.faint;
    ctx.stroke();
  }
  ctx.beginPath();
  LEVEL_SETS[kind](frame);
  strokeHaloed(ctx, style.paper, model.ground.ink, 1.5 * style.scale, style.scale);
  annotate(frame, notes, "kind", x, y, words[kind]);
}

/** Semi-axes ∝ 1/√|λ| along the eigenvectors, the longer one as long as it is to be seen. */
function findAxes({ lens: { values, vectors }, kx, ky, style }) {
  for (let i = 0; i < 2; i++) {
    const reach = 1 / Math.sqrt(Math.abs(values[i]));
    axes[2 * i] = reach * vectors[i] * kx;
    axes[2 * i + 1] = reach * vectors[2 + i] * ky;
  }
  const longer = Math.max(Math.hypot(axes[0], axes[1]), Math.hypot(axes[2], axes[3]));
  const wanted = values[0] < 0 && values[1] > 0 ? OPENING : LONGER;
  for (let i = 0; i < 4; i++) axes[i] *= (wanted * style.scale) / longer;
}

function traceEllipse({ ctx, x, y }) {
  for (let i = 0; i <= POINTS; i++) {
    const turn = (2 * Math.PI * i) / POINTS;
    moveOrLine(ctx, i, x, y, Math.cos(turn), Math.sin(turn));
  }
}

/** Both branches of uᵀHu = c above 0: they open along the second axis, which bends upwards. */
function traceHyperbola({ ctx, x, y }) {
  for (let side = -1; side < 2; side += 2) {
    for (let i = 0; i <= POINTS / 2; i++) {
      const s = BRANCH * ((4 * i) / POINTS - 1);
      moveOrLine(ctx, i, x, y, Math.sinh(s), side * Math.cosh(s));
    }
  }
}

function moveOrLine(ctx, i, x, y, a, b) {
  const px = x + a * axes[0] + b * axes[2];
  const py = y + a * axes[1] + b * axes[3];
  if (i) ctx.lineTo(px, py);
  else ctx.moveTo(px, py);
}

/** Along the direction that does not bend, on both sides of the point. */
function traceLines({ ctx, lens: { values, vectors }, x, y, kx, ky, style }) {
  if (values[0] === 0 && values[1] === 0) return;
  const flat = Math.abs(values[0]) < Math.abs(values[1]) ? 0 : 1;
  const [dx, dy] = [vectors[flat] * kx, vectors[2 + flat] * ky];
  const size = Math.hypot(dx, dy);
  const [u, v] = [(dx / size) * style.scale, (dy / size) * style.scale];
  for (let side = -APART; side <= APART; side += 2 * APART) {
    ctx.moveTo(x - ARM * u - side * v, y - ARM * v + side * u);
    ctx.lineTo(x + ARM * u - side * v, y + ARM * v + side * u);
  }
}

const LEVEL_SETS = {
  hessianBowl: traceEllipse,
  hessianHill: traceEllipse,
  hessianSaddle: traceHyperbola,
  hessianFlat: traceLines,
};

/** A line with two heads along each eigenvector, its eigenvalue at one of them. */
function paintVectors(frame, notes) {
  const { ctx, lens, x, y, kx, ky, style, model } = frame;
  const { values, vectors } = lens;
  for (let i = 0; i < 2; i++) {
    let [dx, dy] = [vectors[i] * kx, vectors[2 + i] * ky];
    // A vector and its opposite are the same: its note stays at one side while it turns.
    const size = Math.hypot(dx, dy) * (dx < 0 || (dx === 0 && dy > 0) ? -1 : 1);
    [dx, dy] = [dx / size, dy / size];
    const arm = ARM * style.scale;
    ctx.beginPath();
    ctx.moveTo(x - arm * dx, y - arm * dy);
    ctx.lineTo(x + arm * dx, y + arm * dy);
    strokeHaloed(ctx, style.paper, model.ground.faint, 1.25 * style.scale, style.scale);
    ctx.fillStyle = model.ground.faint;
    for (let side = -1; side < 2; side += 2) {
      const [ux, uy] = [side * dx, side * dy];
      traceHead(ctx, x + (arm + 2) * ux, y + (arm + 2) * uy, ux, uy, HEAD * style.scale);
      ctx.fill();
    }
    annotate(frame, notes, NAMES[i], x + arm * dx, y + arm * dy, `${NAMES[i]} = ${number(values[i])}`);
  }
}

/** What a Hessian's eigenvalues, ascending, say of the shape: a key of the words.
 * @param {Float64Array|number[]} values @returns {string} */
export function kindOf(values) {
  const [low, high] = values;
  const least = FLAT * Math.max(Math.abs(low), Math.abs(high));
  if (!(Math.abs(low) > least && Math.abs(high) > least)) return "hessianFlat";
  return low > 0 ? "hessianBowl" : high < 0 ? "hessianHill" : "hessianSaddle";
}

/** A surface with kinks has no Hessian; a note says so, once.
 * @param {Frame} frame @param {Annotation[]} notes @returns {boolean} */
export function isKinked(frame, notes) {
  if (frame.lens.smooth) return false;
  if (!notes.some(({ id }) => id === "note.kink")) {
    annotate(frame, notes, "kink", frame.x, frame.y, frame.model.payload.surface.notSmooth);
  }
  return true;
}
