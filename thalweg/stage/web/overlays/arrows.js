/** The arrows of a step, drawn: true to scale where that can be seen, else labelled as scaled. */

import { annotate } from "../canvas/annotations.js";
import { fill, number } from "../model/format.js";
import { KINDS, recorded } from "./vectors.js";

/** Arrows are made longer below SHORT pixels, to LEGIBLE, and shorter beyond LONG of the plot. */
const SHORT = 32;
const LEGIBLE = 64;
const LONG = 0.4;
/** An arrow so many times longer than the step has a scale of its own: the step stays seen. */
const OFF_SCALE = 8;
/** Arrows that differ by less, in pixels, are one to the eye. */
const SAME = 2;
const DIM = 0.35;
const SOLID = [];

const arrows = KINDS.map((kind) => ({
  ...kind, at: new Float64Array(4), length: 0, off: false, x: 0, y: 0, tipX: 0, tipY: 0, alpha: 1,
  stroke: "", text: "",
}));
const drawn = [];

/** @param {import("./overlays.js").Frame} frame @param {import("../canvas/annotations.js").Annotation[]} notes */
export function paintArrows(frame, notes) {
  const { ctx, style, words, lens, model } = frame;
  gather(frame);
  if (!drawn.length) return;
  const near = factorFor(longest(false), LONG * frame.side, style.scale);
  const far = factorFor(longest(true), LONG * frame.side, style.scale);
  for (const arrow of drawn) place(arrow, frame, near, arrow.off ? far : near);
  for (const arrow of drawn) strokeShaft(ctx, arrow, style.paper, arrow.width + 2.5, SOLID, style);
  for (const arrow of drawn) strokeShaft(ctx, arrow, arrow.stroke, arrow.width, arrow.dash, style);
  for (let i = drawn.length - 1; i >= 0; i--) drawHead(ctx, drawn[i], style);
  if (lens.row >= 0) markQuery(frame, near);
  ctx.globalAlpha = 1;
  writeNotes(frame, notes, near, far);
  if (near === 1) return;
  const text = fill(words.arrowScaled ?? "", { factor: factorText(near) });
  annotate(frame, notes, "scale", frame.x, frame.y, text, { alpha: model.highlighted ? 0.7 : 1 });
}

/** The arrows that this step has, and which of them are off its scale. */
function gather(frame) {
  const { kx, ky, model, lens } = frame;
  drawn.length = 0;
  for (const arrow of arrows) {
    const { at } = arrow;
    if (!arrow.write(frame, at)) continue;
    arrow.length = Math.hypot(at[2] * kx, at[3] * ky);
    const finite = arrow.length < Infinity && Math.abs(at[0]) + Math.abs(at[1]) < Infinity;
    if (!finite || arrow.length === 0) continue;
    arrow.alpha = model.highlighted && model.highlighted !== arrow.name ? DIM : 1;
    arrow.stroke = arrow.colour(frame);
    drawn.push(arrow);
  }
  const step = lens.to && drawn[0]?.name === "update" ? drawn[0].length : Infinity;
  for (const arrow of drawn) arrow.off = arrow.length > OFF_SCALE * step;
}

function longest(off) {
  let most = 0;
  for (const arrow of drawn) if (arrow.off === off) most = Math.max(most, arrow.length);
  return most;
}

/** The power of 2, or far out of 10, by which arrows are drawn longer. */
function factorFor(length, limit, scale) {
  const fits = length >= SHORT * scale && length <= limit;
  if (fits || length === 0) return 1;
  const need = (length > limit ? limit : LEGIBLE * scale) / length;
  const base = Math.abs(Math.log2(need)) > 10 ? 10 : 2;
  const power = Math.log2(need) / Math.log2(base);
  const factor = base ** (need < 1 ? Math.floor(power) : Math.ceil(power));
  return need > 1 && length * factor > limit ? factor / base : factor;
}

const factorText = (factor) =>
  factor < 1 && factor > 1e-3 ? `1/${Math.round(1 / factor)}` : number(factor);

/** Pixels of an arrow; all are scaled about lens.from, so that sums of arrows still close. */
function place(arrow, { x, y, kx, ky, lens, mapping, style }, near, own) {
  const { at } = arrow;
  arrow.x = x + near * at[0] * kx;
  arrow.y = y + near * at[1] * ky;
  const dx = own * at[2] * kx;
  const dy = own * at[3] * ky;
  arrow.tipX = arrow.x + dx;
  arrow.tipY = arrow.y + dy;
  arrow.length = Math.hypot(dx, dy);
  if (!lens.to) return;
  // The disc of the run lies over the point: an arrow to it ends at its rim.
  const off = Math.hypot(mapping.x(lens.to[0]) - arrow.tipX, mapping.y(lens.to[1]) - arrow.tipY);
  const rim = style.head + 1.5 * style.scale;
  if (off > SAME || arrow.length < 2 * rim) return;
  arrow.tipX -= (dx / arrow.length) * rim;
  arrow.tipY -= (dy / arrow.length) * rim;
  arrow.length -= rim;
}

/** How long the head is: short arrows have smaller ones. */
const headOf = ({ length, width }, { scale }) =>
  Math.min((6.5 + width) * scale, Math.max(length * 0.6, 3));

function strokeShaft(ctx, arrow, colour, width, dash, style) {
  const { x, y, tipX, tipY, length } = arrow;
  const rest = Math.max(0, 1 - (0.8 * headOf(arrow, style)) / length);
  ctx.globalAlpha = arrow.alpha;
  ctx.setLineDash(style.scale === 1 ? dash : dash.map((part) => part * style.scale));
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + (tipX - x) * rest, y + (tipY - y) * rest);
  ctx.lineWidth = width * style.scale;
  ctx.strokeStyle = colour;
  ctx.stroke();
  ctx.setLineDash(SOLID);
}

function drawHead(ctx, arrow, style) {
  const { x, y, tipX, tipY, length } = arrow;
  ctx.globalAlpha = arrow.alpha;
  traceHead(ctx, tipX, tipY, (tipX - x) / length, (tipY - y) / length, headOf(arrow, style));
  ctx.lineWidth = 2 * style.scale;
  ctx.strokeStyle = style.paper;
  ctx.stroke();
  ctx.fillStyle = arrow.stroke;
  ctx.fill();
}

/** A head with its tip at a point, in a unit direction. */
export function traceHead(ctx, x, y, ux, uy, size) {
  const wide = 0.42 * size;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - size * ux - wide * uy, y - size * uy + wide * ux);
  ctx.lineTo(x - size * ux + wide * uy, y - size * uy - wide * ux);
  ctx.closePath();
}

/** The point where the gradient was taken, if it was not the step's own. */
function markQuery({ ctx, lens, x, y, kx, ky, style, model }, near) {
  const dx = recorded(lens, "query", 0) - lens.from[0];
  const dy = recorded(lens, "query", 1) - lens.from[1];
  if (!(dx * dx + dy * dy > 0)) return;
  ctx.globalAlpha = 1;
  ctx.beginPath();
  ctx.arc(x + near * dx * kx, y + near * dy * ky, 3 * style.scale, 0, 2 * Math.PI);
  ctx.fillStyle = style.paper;
  ctx.fill();
  ctx.lineWidth = 1.5 * style.scale;
  ctx.strokeStyle = model.ground.ink;
  ctx.stroke();
}

/** A note at each head; arrows that are one to the eye share it. */
function writeNotes(frame, notes, near, far) {
  const { words } = frame;
  for (let i = 0; i < drawn.length; i++) {
    const arrow = drawn[i];
    const own = words[arrow.word] ?? "";
    arrow.text = own && arrow.off && far !== near ? `${own} × ${factorText(far)}` : own;
    const same = drawn.findIndex((other) => isSame(other, arrow));
    if (same === i) continue;
    const first = drawn[same];
    first.text = [first.text, arrow.text].filter(Boolean).join(" = ");
    arrow.text = "";
  }
  for (let i = 0; i < drawn.length; i++) {
    const arrow = drawn[i];
    const { x, y, tipX, tipY, stroke: colour, dash, alpha, name } = arrow;
    // Where two arrows end in one point, the second has its words along the way.
    const taken = drawn.findIndex((other) => other.text && meets(other, arrow)) < i;
    const part = taken ? 0.5 : 1;
    const from = Math.sign(x - tipX) || -1;
    const [nx, ny] = [x + part * (tipX - x), y + part * (tipY - y)];
    annotate(frame, notes, name, nx, ny, arrow.text, { from, colour, dash, alpha });
  }
}

const meets = (a, b) => Math.hypot(a.tipX - b.tipX, a.tipY - b.tipY) < 16;
const isSame = (a, b) =>
  Math.hypot(a.tipX - b.tipX, a.tipY - b.tipY) < SAME && Math.hypot(a.x - b.x, a.y - b.y) < SAME;
