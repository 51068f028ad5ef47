/**
 * Notes: words beside what an overlay draws. They are placed together with the labels of the runs.
 *
 * @typedef {import("./labels.js").Label & {text: string, fate: string, colour: string|null,
 *   dash: number[], alpha: number}} Annotation a label without a line's sample where colour is null
 */

import { drawLabel, familyOf, widthOf } from "./marks.js";
import { boxOf, isInside } from "./polyline.js";

const PAD = 5;
const NOTHING = {};
const SOLID = [];
const textWidths = new Map();

/** Draw the notes where they were placed. @param {CanvasRenderingContext2D} ctx
 * @param {Annotation[]} notes @param {import("./marks.js").MarkStyle} style */
export function drawAnnotations(ctx, notes, style) {
  if (!notes.length) return;
  const own = annotationStyle(ctx, style);
  for (const note of notes) {
    ctx.globalAlpha = note.alpha;
    if (note.colour) drawLabel(ctx, note, own);
    else drawPlain(ctx, note, own);
  }
  ctx.globalAlpha = 1;
}

/** Notes are a little smaller than the names of the runs: those are looked for first.
 * @param {CanvasRenderingContext2D} ctx @param {import("./marks.js").MarkStyle} style */
export function annotationStyle(ctx, style) {
  const size = style.label.size - style.scale;
  const font = `${size}px ${familyOf(ctx.canvas)}`;
  const label = { size, height: size + 6 * style.scale };
  return { ...style, line: 1.5 * style.scale, font, label };
}

/** A note at a point, if there is anything to say and the point is seen.
 * @param {import("../overlays/overlays.js").Frame} frame @param {Annotation[]} notes @param {string} id
 * @param {number} x @param {number} y
 * @param {string|undefined} text @param {{from?: number, colour?: string|null, dash?: number[],
 *   alpha?: number}} [more] from: positive where what is noted lies to the right */
export function annotate({ ctx, mapping, style }, notes, id, x, y, text, more = NOTHING) {
  if (!text || !isInside(boxOf(mapping, 0), x, y)) return;
  const { from = -1, colour = null, dash = SOLID, alpha = 1 } = more;
  const width = colour ? widthOf(ctx, text, "", style) : plainWidth(ctx, text, style);
  const { height } = style.label;
  notes.push({
    id: `note.${id}`, x, y, width, height, from, left: 0, top: 0, text, fate: "", colour, dash, alpha,
  });
}

function plainWidth(ctx, text, { font, scale }) {
  const key = `${font}|${text}`;
  let width = textWidths.get(key);
  if (width === undefined) {
    if (textWidths.size > 500) textWidths.clear();
    ctx.font = font;
    width = ctx.measureText(text).width;
    textWidths.set(key, width);
  }
  return width + 2 * PAD * scale;
}

function drawPlain(ctx, { left, top, width, height, text }, { veil, ink, font, scale }) {
  ctx.fillStyle = veil;
  ctx.fillRect(left, top, width, height);
  ctx.font = font;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = ink;
  ctx.fillText(text, left + PAD * scale, top + height / 2 + 0.5);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} r */
export function traceDiamond(ctx, x, y, r) {
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.closePath();
}

/** Stroke the path with a halo of the ground. @param {CanvasRenderingContext2D} ctx
 * @param {string} paper @param {string} colour @param {number} width @param {number} scale */
export function strokeHaloed(ctx, paper, colour, width, scale) {
  ctx.lineWidth = width + 2.5 * scale;
  ctx.strokeStyle = paper;
  ctx.stroke();
  ctx.lineWidth = width;
  ctx.strokeStyle = colour;
  ctx.stroke();
}
