/**
 * Annotations: texts beside what an overlay draws. They are placed together with the labels of the runs.
 *
 * @typedef {import("./labels.js").Label & {text: string, outcome: string, colour: string|null,
 *   dash: number[], alpha: number}} Annotation a label without a line's sample where colour is null
 * @typedef {import("./marks.js").MarkStyle} MarkStyle
 */

import { drawLabel, familyOf, widthOf } from "./marks.js";
import { boxOf, isInside } from "./polyline.js";

const PAD = 5;
const NOTHING = {};
/** @type {number[]} */
const SOLID = [];
/** Widths of texts by font and text. @type {Map<string, number>} */
const textWidths = new Map();

/** Draw the annotations where they were placed. @param {CanvasRenderingContext2D} ctx
 * @param {Annotation[]} annotations @param {MarkStyle} style */
export function drawAnnotations(ctx, annotations, style) {
  if (!annotations.length) return;
  const own = annotationStyle(ctx, style);
  for (const one of annotations) {
    ctx.globalAlpha = one.alpha;
    if (one.colour) drawLabel(ctx, one, own);
    else drawPlain(ctx, one, own);
  }
  ctx.globalAlpha = 1;
}

/** Annotations are a little smaller than the names of the runs: those are looked for first.
 * @param {CanvasRenderingContext2D} ctx @param {MarkStyle} style @returns {MarkStyle} */
export function annotationStyle(ctx, style) {
  const size = style.label.size - style.scale;
  const font = `${size}px ${familyOf(ctx.canvas)}`;
  const label = { size, height: size + 6 * style.scale };
  return { ...style, line: 1.5 * style.scale, font, label };
}

/** An annotation at a point, if there is a text and the point is inside the plot.
 * @param {{ctx: CanvasRenderingContext2D, mapping: import("./polyline.js").Mapping, style: MarkStyle}} frame
 * @param {Annotation[]} annotations @param {string} id
 * @param {number} x @param {number} y
 * @param {string|null|undefined} text @param {{from?: number, colour?: string|null, dash?: number[],
 *   alpha?: number}} [more] from: positive where what is annotated lies to the right */
export function annotate({ ctx, mapping, style }, annotations, id, x, y, text, more = NOTHING) {
  if (!text || !isInside(boxOf(mapping, 0), x, y)) return;
  const { from = -1, colour = null, dash = SOLID, alpha = 1 } = more;
  const width = colour ? widthOf(ctx, text, "", style) : plainWidth(ctx, text, style);
  const { height } = style.label;
  annotations.push({
    id: `note.${id}`, x, y, width, height, from, left: 0, top: 0, text, outcome: "", colour, dash, alpha,
  });
}

/** @param {CanvasRenderingContext2D} ctx @param {string} text @param {MarkStyle} style */
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

/** @param {CanvasRenderingContext2D} ctx @param {Annotation} annotation @param {MarkStyle} style */
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
