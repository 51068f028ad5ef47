/** The contour lines without Plotly: on a canvas, for what changes in every frame, and until it comes. */

import { contextOf } from "./fit.js";

/** Pixels that bands are computed on before they are drawn larger; lines hide their edges. */
const WIDTH = 320;
const HEIGHT = 240;

/** Where bands are drawn. @typedef {{ctx: CanvasRenderingContext2D, image: ImageData,
 *   words: Uint32Array}} Buffer */
/** @type {Buffer|null} */
let buffer = null;

/** @returns {Buffer} */
function makeBuffer() {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const ctx = contextOf(canvas);
  const image = ctx.createImageData(WIDTH, HEIGHT);
  return { ctx, image, words: new Uint32Array(image.data.buffer) };
}

/** Draw a field as Plotly draws it: bands of the ramp, and a line at every level.
 * @param {CanvasRenderingContext2D} ctx scaled to CSS pixels
 * @param {Pick<import("./viewport.js").Mapping, "left"|"top"|"width"|"height">} mapping of the window
 *   that the field was sampled on
 * @param {import("./field.js").Field} field @param {import("../model/types.js").Ground} ground */
export function paintField(ctx, { left, top, width, height }, field, ground) {
  buffer ??= makeBuffer();
  fillBands(buffer.words, field, coloursOf(ground, field.heights.count));
  buffer.ctx.putImageData(buffer.image, 0, 0);
  ctx.save();
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(buffer.ctx.canvas, left, top, width, height);
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.beginPath();
  const cell = { w: width / (field.n - 1), h: height / (field.n - 1) };
  traceLevels(ctx, field, left, top + height, cell);
  ctx.lineWidth = 0.7;
  ctx.strokeStyle = ground.contour;
  ctx.stroke();
  ctx.restore();
}

/** A colour for each band, from the lowest to the highest, as words of an image.
 * @param {import("../model/types.js").Ground} ground @param {number} count of levels */
function coloursOf({ ramp }, count) {
  const [low, high] = ramp.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  const bytes = new Uint8ClampedArray(4 * (count + 1));
  for (let k = 0; k <= count; k++) {
    for (let c = 0; c < 3; c++) bytes[4 * k + c] = low[c] + ((high[c] - low[c]) * k) / count;
    bytes[4 * k + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

/** @param {Uint32Array} words of an image, top row first @param {import("./field.js").Field} field
 * @param {Uint32Array} colours */
function fillBands(words, { n, drawn }, colours) {
  for (let row = 0, k = 0; row < HEIGHT; row++) {
    const v = ((HEIGHT - 0.5 - row) / HEIGHT) * (n - 1);
    const j = Math.min(Math.floor(v), n - 2);
    const t = v - j;
    for (let column = 0; column < WIDTH; column++, k++) {
      const u = ((column + 0.5) / WIDTH) * (n - 1);
      const i = u | 0;
      const s = u - i;
      const a = j * n + i;
      const below = drawn[a] + (drawn[a + 1] - drawn[a]) * s;
      const above = drawn[a + n] + (drawn[a + n + 1] - drawn[a + n]) * s;
      const band = Math.floor(below + (above - below) * t) + 1;
      // Where the surface has no value nothing is drawn.
      words[k] = band >= 0 ? colours[Math.min(band, colours.length - 1)] : 0;
    }
  }
}

/** The lines of all levels, cell by cell. @param {CanvasRenderingContext2D} ctx
 * @param {import("./field.js").Field} field @param {number} left @param {number} bottom
 * @param {{w: number, h: number}} cell */
function traceLevels(ctx, { n, drawn, heights }, left, bottom, { w, h }) {
  const last = heights.count - 1;
  for (let j = 0; j < n - 1; j++) {
    for (let i = 0; i < n - 1; i++) {
      const k = j * n + i;
      const a = drawn[k];
      const b = drawn[k + 1];
      const c = drawn[k + n + 1];
      const d = drawn[k + n];
      const from = Math.max(Math.floor(Math.min(a, b, c, d)) + 1, 0);
      const to = Math.min(Math.floor(Math.max(a, b, c, d)), last);
      for (let level = from; level <= to; level++) {
        traceCell(ctx, left + i * w, bottom - j * h, w, h, a - level, b - level, c - level, d - level);
      }
    }
  }
}

/** One level in one cell, whose corners a, b, c, d (from the lower left, round) are that far above it.
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} w
 * @param {number} h @param {number} a @param {number} b @param {number} c @param {number} d */
function traceCell(ctx, x, y, w, h, a, b, c, d) {
  let down = false;
  /** @param {number} px @param {number} py */
  const meet = (px, py) => {
    if (down) ctx.lineTo(px, py);
    else ctx.moveTo(px, py);
    down = !down; // four meetings: two lines
  };
  if (a < 0 !== b < 0) meet(x + (w * a) / (a - b), y);
  if (b < 0 !== c < 0) meet(x + w, y - (h * b) / (b - c));
  if (c < 0 !== d < 0) meet(x + (w * d) / (d - c), y - h);
  if (d < 0 !== a < 0) meet(x, y - (h * a) / (a - d));
}
