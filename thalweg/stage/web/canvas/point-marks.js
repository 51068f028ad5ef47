/** The surface's known points on a canvas under the paths: minima ○, saddles ×, in thin quiet ink. */

import { onPlot } from "./viewport.js";

/** More points than this in a window are drawn smaller: they are a pattern then. */
const MANY = 30;

/** @typedef {import("../model/types.js").Point} Point
 * @typedef {(ctx: CanvasRenderingContext2D, x: number, y: number, r: number) => void} TraceMark */

/** @param {CanvasRenderingContext2D} ctx scaled to CSS pixels
 * @param {import("./viewport.js").Mapping} mapping
 * @param {Pick<import("../model/types.js").Model, "known"|"ground"|"lecture">} model */
export function paintKnown(ctx, mapping, { known, ground, lecture }) {
  const { left, top, width, height } = mapping;
  /** @param {Point[]} points */
  const inside = (points) => points.filter((p) => onPlot(mapping, mapping.x(p[0]), mapping.y(p[1])));
  const [minima, local, saddles] = [known.minima, known.localMinima, known.saddles].map(inside);
  const many = minima.length + local.length + saddles.length > MANY;
  const scale = (lecture ? 1.5 : 1) * (many ? 0.75 : 1);
  ctx.save();
  // The axes' lines are there before the axes.
  ctx.fillStyle = ground.line;
  ctx.fillRect(left - 1, top, 1, height + 1);
  ctx.fillRect(left - 1, top + height, width + 1, 1);
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.beginPath();
  trace(ctx, mapping, minima, 6 * scale, ring);
  trace(ctx, mapping, local, 4 * scale, ring);
  trace(ctx, mapping, saddles, 4 * scale, cross);
  // The ground first: a mark on a contour line stays readable.
  ctx.lineWidth = many ? 2 : 4 * scale;
  ctx.strokeStyle = ground.veil;
  ctx.stroke();
  ctx.lineWidth = many ? 1 : 1.5 * scale;
  ctx.strokeStyle = ground.faint;
  ctx.stroke();
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {import("./viewport.js").Mapping} mapping
 * @param {Point[]} points @param {number} r @param {TraceMark} mark */
function trace(ctx, { x, y }, points, r, mark) {
  for (const [px, py] of points) mark(ctx, x(px), y(py), r);
}

/** @type {TraceMark} */
function ring(ctx, x, y, r) {
  ctx.moveTo(x + r, y);
  ctx.arc(x, y, r, 0, 2 * Math.PI);
}

/** @type {TraceMark} */
function cross(ctx, x, y, r) {
  ctx.moveTo(x - r, y - r);
  ctx.lineTo(x + r, y + r);
  ctx.moveTo(x - r, y + r);
  ctx.lineTo(x + r, y - r);
}
