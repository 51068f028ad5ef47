/** The marks on paths and curves, each drawn in one way everywhere. Canvas only. */

/**
 * @typedef {Object} MarkStyle sizes and colours of a frame
 * @property {number} line width of a path @property {number} scale 2 in lecture mode, else 1
 * @property {number} head radius @property {number} dot diameter
 * @property {string} halo @property {string} paper @property {string} ink @property {string} veil
 * @property {string} alarm @property {string} font @property {{height: number, size: number}} label
 */

/** The font of a canvas, as its page has it. @type {WeakMap<HTMLCanvasElement, string>} */
const families = new WeakMap();

/** @param {HTMLCanvasElement} canvas @returns {string} */
export function familyOf(canvas) {
  let family = families.get(canvas);
  if (!family) {
    family = canvas.isConnected ? getComputedStyle(canvas).fontFamily : "sans-serif";
    if (canvas.isConnected) families.set(canvas, family);
  }
  return family;
}

/** @param {CanvasRenderingContext2D} ctx 
 * @param {Pick<import("../model/types.js").Model, "ground"|"lecture">} model @returns {MarkStyle} */
export function styleFor(ctx, model) {
  const { paper, ink, veil, alarm } = model.ground;
  const scale = model.lecture ? 2 : 1;
  const size = model.lecture ? 22 : 13;
  return {
    line: 2 * scale,
    scale,
    head: model.lecture ? 8 : 4.5,
    dot: model.lecture ? 6 : 3.5,
    halo: paper,
    paper,
    ink,
    veil,
    alarm,
    font: `${size}px ${familyOf(ctx.canvas)}`,
    label: { height: size + 7, size },
  };
}

/** Where a run is now. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y
 * @param {string} colour @param {Pick<MarkStyle, "head"|"paper"|"scale">} style */
export function drawDisc(ctx, x, y, colour, { head, paper, scale }) {
  ctx.beginPath();
  ctx.arc(x, y, head + 1.5 * scale, 0, 2 * Math.PI);
  ctx.fillStyle = paper;
  ctx.fill();
  ctx.beginPath();
  ctx.arc(x, y, head, 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.fill();
}

/** A step that is looked at. @param {CanvasRenderingContext2D} ctx @param {number} x
 * @param {number} y @param {string} colour @param {Pick<MarkStyle, "head"|"paper"|"scale">} style */
export function drawRing(ctx, x, y, colour, { head, paper, scale }) {
  ctx.beginPath();
  ctx.arc(x, y, head + 2 * scale, 0, 2 * Math.PI);
  ctx.lineWidth = 4.5 * scale;
  ctx.strokeStyle = paper;
  ctx.stroke();
  ctx.lineWidth = 2 * scale;
  ctx.strokeStyle = colour;
  ctx.stroke();
}

/** The end of a run that grows or is not finite. @param {CanvasRenderingContext2D} ctx
 * @param {number} x @param {number} y @param {Pick<MarkStyle, "paper"|"alarm"|"scale">} style */
export function drawCross(ctx, x, y, { paper, alarm, scale }) {
  const r = 5.5 * scale;
  ctx.beginPath();
  ctx.moveTo(x - r, y - r);
  ctx.lineTo(x + r, y + r);
  ctx.moveTo(x - r, y + r);
  ctx.lineTo(x + r, y - r);
  ctx.lineCap = "round";
  ctx.lineWidth = 5 * scale;
  ctx.strokeStyle = paper;
  ctx.stroke();
  ctx.lineWidth = 2.25 * scale;
  ctx.strokeStyle = alarm;
  ctx.stroke();
  ctx.lineCap = "butt";
}

/** An arrow to what lies outside. @param {CanvasRenderingContext2D} ctx @param {number} x
 * @param {number} y @param {number} angle @param {string} colour
 * @param {Pick<MarkStyle, "paper"|"head">} style */
export function drawArrow(ctx, x, y, angle, colour, { paper, head }) {
  const long = 1.6 * head;
  const wide = 1.2 * head;
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.beginPath();
  ctx.moveTo(long, 0);
  ctx.lineTo(-long * 0.7, wide);
  ctx.lineTo(-long * 0.7, -wide);
  ctx.closePath();
  ctx.lineWidth = 4;
  ctx.strokeStyle = paper;
  ctx.stroke();
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.restore();
}

const SWATCH = 20;
const PAD = 5;
/** Widths of texts by font and text. @type {Map<string, number>} */
const widths = new Map();

/** How wide a label is. @param {CanvasRenderingContext2D} ctx @param {string} text
 * @param {string} outcome @param {MarkStyle} style @returns {number} */
export function widthOf(ctx, text, outcome, { font, scale }) {
  return textWidth(ctx, text, font) + textWidth(ctx, outcome, font) + (SWATCH + 3 * PAD) * scale;
}

/** @param {CanvasRenderingContext2D} ctx @param {string} text @param {string} font */
function textWidth(ctx, text, font) {
  const key = `${font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 500) widths.clear();
    ctx.font = font;
    width = ctx.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** A run's label: its line, its name in ink, and what is wrong with it, on a veil.
 * @param {CanvasRenderingContext2D} ctx
 * @param {{left: number, top: number, width: number, height: number, text: string, outcome: string,
 *   colour: string|null, dash: number[]}} label @param {MarkStyle} style */
export function drawLabel(ctx, { left, top, width, height, text, outcome, colour, dash }, style) {
  const { scale } = style;
  const middle = top + height / 2;
  ctx.fillStyle = style.veil;
  ctx.fillRect(left, top, width, height);
  ctx.beginPath();
  ctx.moveTo(left + PAD * scale, middle);
  ctx.lineTo(left + (PAD + SWATCH) * scale, middle);
  ctx.lineWidth = style.line;
  ctx.strokeStyle = colour ?? style.ink;
  ctx.setLineDash(scale === 1 ? dash : dash.map((part) => part * scale));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = style.font;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = style.ink;
  const at = left + (2 * PAD + SWATCH) * scale;
  ctx.fillText(text, at, middle + 0.5);
  if (!outcome) return;
  ctx.fillStyle = style.alarm;
  ctx.fillText(outcome, at + textWidth(ctx, text, style.font), middle + 0.5);
}
