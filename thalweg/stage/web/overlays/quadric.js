/** The surface's own models at the step's point: the level lines of its plane and its quadric. */

import { isKinked, kindOf } from "./hessian.js";
import { annotate, strokeHaloed, traceDiamond } from "../canvas/annotations.js";

/** Level lines in a disc, about so many; the disc's radius as a share of the plot. */
const LEVELS = 8;
const RADIUS = 1 / 5;
/** Cells of the grid that level lines are found on, a side. */
const CELLS = 40;
/** Level lines are many: they stay behind the paths. */
const QUIET = 0.6;
const PLANE_DASH = [7, 4];
const SOLID = [];

const heights = new Float64Array((CELLS + 1) * (CELLS + 1));
const cuts = new Float64Array(8);

/** @typedef {import("./overlays.js").Frame} Frame @typedef {import("../canvas/annotations.js").Annotation} Annotation */

/** The straight level lines of the plane that touches the surface. @param {Frame} frame */
export function paintPlane(frame) {
  const { ctx, lens, x, y, kx, ky, style, model } = frame;
  const r = openDisc(frame);
  const [gx, gy] = [lens.g[0] / kx, lens.g[1] / ky];
  const size = Math.hypot(gx, gy);
  if (size > 0 && size < Infinity) {
    const [ux, uy] = [gx / size, gy / size];
    ctx.beginPath();
    for (let k = -LEVELS / 2; k <= LEVELS / 2; k++) {
      const away = (2 * r * k) / LEVELS;
      const half = Math.sqrt(Math.max(0, r * r - away * away));
      ctx.moveTo(x + away * ux - half * uy, y + away * uy + half * ux);
      ctx.lineTo(x + away * ux + half * uy, y + away * uy - half * ux);
    }
    ctx.setLineDash(PLANE_DASH);
    ctx.globalAlpha = QUIET;
    ctx.lineWidth = 1.25 * style.scale;
    ctx.strokeStyle = model.ground.ink;
    ctx.stroke();
    ctx.setLineDash(SOLID);
  }
  closeDisc(frame, r);
}

/** The level lines of the quadric, and where it is stationary.
 * @param {Frame} frame @param {Annotation[]} notes */
export function paintTaylor(frame, notes) {
  const { ctx, lens, x, y, kx, ky, style, model, words } = frame;
  if (isKinked(frame, notes)) return;
  const r = openDisc(frame);
  ctx.beginPath();
  traceLevels(frame, r);
  ctx.globalAlpha = QUIET;
  ctx.lineWidth = 1.1 * style.scale;
  ctx.strokeStyle = model.ground.ink;
  ctx.stroke();
  closeDisc(frame, r);
  const [nx, ny] = [x + lens.newton[0] * kx, y + lens.newton[1] * ky];
  if (!(Math.abs(nx) < 1e6 && Math.abs(ny) < 1e6)) return;
  const bowl = kindOf(lens.values) === "hessianBowl";
  if (bowl) {
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(nx, ny);
    strokeHaloed(ctx, style.paper, model.ground.ink, style.scale, style.scale);
  }
  ctx.beginPath();
  traceDiamond(ctx, nx, ny, style.head + 4 * style.scale); // seen around a head that got there
  ctx.fillStyle = style.paper;
  ctx.fill();
  strokeHaloed(ctx, style.paper, model.ground.ink, 1.5 * style.scale, style.scale);
  const from = Math.sign(x - nx) || -1;
  annotate(frame, notes, "newton", nx, ny, bowl ? words.arrowNewton : words.newtonSaddle, { from });
}

/** Clip to a disc about the point that reaches where the step went; a veil lies on it. */
function openDisc({ ctx, lens, x, y, kx, ky, side, style }) {
  let r = RADIUS * side;
  const { from, to } = lens;
  const step = to ? Math.hypot((to[0] - from[0]) * kx, (to[1] - from[1]) * ky) : 0;
  if (step < side / 2) r = Math.max(r, 1.1 * step);
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.globalAlpha = 0.6;
  ctx.fillStyle = style.veil;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.clip();
  return r;
}

function closeDisc({ ctx, x, y, model, style }, r) {
  ctx.restore();
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.lineWidth = style.scale;
  ctx.strokeStyle = model.ground.faint;
  ctx.stroke();
}

/** Level lines by marching squares: a parabola's or a nearly flat quadric's need no care then. */
function traceLevels({ ctx, lens: { g, h }, x, y, kx, ky }, r) {
  const cell = (2 * r) / CELLS;
  const row = CELLS + 1;
  const [gx, gy] = [g[0] / kx, g[1] / ky];
  const [hxx, hxy, hyy] = [h[0] / kx / kx, (h[1] + h[2]) / 2 / kx / ky, h[3] / ky / ky];
  let [low, high] = [0, 0];
  for (let j = 0, at = 0; j < row; j++) {
    const v = j * cell - r;
    for (let i = 0; i < row; i++, at++) {
      const u = i * cell - r;
      const q = u * (gx + 0.5 * hxx * u + hxy * v) + v * (gy + 0.5 * hyy * v);
      heights[at] = q;
      if (u * u + v * v > r * r) continue;
      if (q < low) low = q;
      if (q > high) high = q;
    }
  }
  const apart = (high - low) / LEVELS;
  if (!(apart > 0 && apart < Infinity)) return;
  for (let j = 0; j < CELLS; j++) {
    for (let i = 0; i < CELLS; i++) {
      const [u, v] = [(i + 0.5) * cell - r, (j + 0.5) * cell - r];
      if (u * u + v * v > (r + cell) * (r + cell)) continue;
      traceCell(ctx, j * row + i, row, apart, x + i * cell - r, y + j * cell - r, cell);
    }
  }
}

function traceCell(ctx, at, row, apart, left, top, cell) {
  const a = heights[at] / apart;
  const b = heights[at + 1] / apart;
  const c = heights[at + row + 1] / apart;
  const d = heights[at + row] / apart;
  const last = Math.floor(Math.max(a, b, c, d));
  for (let k = Math.ceil(Math.min(a, b, c, d)); k <= last; k++) {
    let n = 0;
    if (a < k !== b < k) n = cut(n, left + (cell * (k - a)) / (b - a), top);
    if (b < k !== c < k) n = cut(n, left + cell, top + (cell * (k - b)) / (c - b));
    if (c < k !== d < k) n = cut(n, left + (cell * (k - d)) / (c - d), top + cell);
    if (d < k !== a < k) n = cut(n, left, top + (cell * (k - a)) / (d - a));
    for (let i = 0; i < n; i += 4) {
      ctx.moveTo(cuts[i], cuts[i + 1]);
      ctx.lineTo(cuts[i + 2], cuts[i + 3]);
    }
  }
}

function cut(n, x, y) {
  cuts[n] = x;
  cuts[n + 1] = y;
  return n + 2;
}
