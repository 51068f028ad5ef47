/** What an adaptive rule keeps of each coordinate: its effective rates, and the sums behind them. */

import { annotate, strokeHaloed } from "../canvas/annotations.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").LiveRun} LiveRun */

/** The longer side of a box, in pixels. */
const SIDE = 90;
const SUMS_DASH = [4, 3];
const SOLID = [];
const pair = new Float64Array(2);

/** Where a step keeps squares of gradients by coordinate, or null. BFGS has another s, and a y.
 * @param {LiveRun} run @returns {[number, number]|null} first, count */
export function squaresOf({ info: { row } }) {
  return row["terms.v_hat"] ?? (row["terms.y"] ? null : (row["terms.s"] ?? null));
}

/** @param {import("./overlays.js").Frame} frame @param {import("../canvas/annotations.js").Annotation[]} notes */
export function paintRates(frame, notes) {
  const { ctx, lens, style, words, x, y } = frame;
  const { run, row } = lens;
  if (row < 0 || !squaresOf(run)) return;
  const { path, info } = run;
  const { scale } = style;
  const [first] = info.row.rate;
  const [a, b] = [path.rows[row + first], path.rows[row + first + 1]];
  const most = Math.max(Math.abs(a), Math.abs(b));
  if (most > 0 && most < Infinity) {
    const k = (SIDE * scale) / most;
    box(ctx, x, y, a * k, b * k);
    ctx.fillStyle = style.veil;
    ctx.fill();
    strokeHaloed(ctx, style.paper, style.ink, 1.5 * scale, scale);
    const text = fill(words.ratesBox ?? "", { x: number(a), y: number(b) });
    annotate(frame, notes, "rates", x + (a * k) / 2, y + (b * k) / 2, text);
  }
  const sums = info.row["terms.m"] ? null : info.row["terms.s"];
  if (sums) paintSums(frame, notes, sums[0]);
}

/** √s against the largest of the run: of a sum that only grows, one sees how far it has come. */
function paintSums(frame, notes, first) {
  const { ctx, lens, model, style, words, x, y } = frame;
  const { rows, width, count } = lens.run.path;
  let most = 0;
  for (let at = first, t = 1; t < count; t++, at += width) {
    if (rows[at] > most) most = rows[at];
    if (rows[at + 1] > most) most = rows[at + 1];
  }
  if (!(most > 0 && most < Infinity)) return;
  for (let k = 0; k < 2; k++) pair[k] = Math.sqrt(rows[lens.row + first + k]);
  const k = (SIDE * style.scale) / Math.sqrt(most);
  box(ctx, x, y, pair[0] * k, pair[1] * k);
  ctx.setLineDash(SUMS_DASH);
  ctx.lineWidth = 1.25 * style.scale;
  ctx.strokeStyle = model.ground.faint;
  ctx.stroke();
  ctx.setLineDash(SOLID);
  const text = fill(words.ratesSums ?? "", { x: number(pair[0]), y: number(pair[1]) });
  const sample = { from: 1, colour: model.ground.faint, dash: SUMS_DASH };
  annotate(frame, notes, "sums", x - (pair[0] * k) / 2, y - (pair[1] * k) / 2, text, sample);
}

function box(ctx, x, y, width, height) {
  ctx.beginPath();
  ctx.rect(x - width / 2, y - height / 2, width, height);
}
