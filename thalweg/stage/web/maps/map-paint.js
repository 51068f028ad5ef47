/** Maps as pictures: cells in colours, hatched where runs grow, theory's border, marks. Canvas only. */

import { contextOf, fitCanvas } from "../canvas/fit.js";
import { xOn, yOn } from "./map-axes.js";

/** @typedef {import("../model/types.js").Ground} Ground
 * @typedef {import("../model/types.js").Window} Window
 * @typedef {import("./types.js").Plot} Plot @typedef {import("./types.js").Rect} Rect
 * @typedef {import("./types.js").Rgb} Rgb */

/** A colour as [r, g, b]. @param {string} hex "#rrggbb" @returns {Rgb} */
export const rgbOf = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** @param {Rgb} a @param {Rgb} b @param {number} share of b */
const mixed = (a, b, share) => a.map((v, c) => Math.round(v + (b[c] - v) * share));
const RAMP_LENGTH = 256;

/** From what is far above the minimum to what has arrived: pale, accent, ink.
 * @param {Ground} ground @returns {Rgb[]} */
export function rampOf({ ramp, accent, ink }) {
  const [far, near, there] = [ramp[1], accent, ink].map(rgbOf);
  return Array.from({ length: RAMP_LENGTH }, (_, k) => {
    const share = k / (RAMP_LENGTH - 1);
    return share < 0.6 ? mixed(far, near, share / 0.6) : mixed(near, there, ((share - 0.6) / 0.4) * 0.85);
  });
}

/** The colour at a share of a ramp. @param {Rgb[]} ramp @param {number} share 0 … 1 */
export const colourAt = (ramp, share) =>
  ramp[Math.round(Math.min(Math.max(share, 0), 1) * (ramp.length - 1))];

/** A canvas of one pixel a cell. @param {number} nx @param {number} ny
 * @param {(k: number) => Rgb|null} colourOf the cell k, rows from the low end of y; null: none
 * @param {HTMLCanvasElement} [canvas] written anew @returns {HTMLCanvasElement} */
export function imageOf(nx, ny, colourOf, canvas = document.createElement("canvas")) {
  canvas.width = nx;
  canvas.height = ny;
  const ctx = contextOf(canvas);
  const image = ctx.createImageData(nx, ny);
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const colour = colourOf(j * nx + i);
      if (!colour) continue;
      const at = 4 * ((ny - 1 - j) * nx + i);
      for (let c = 0; c < 3; c++) image.data[at + c] = colour[c];
      image.data[at + 3] = 255;
    }
  }
  ctx.putImageData(image, 0, 0);
  return canvas;
}

/** A layer: what stays the same from frame to frame, painted once onto a canvas of its own.
 * @returns {(pane: import("../canvas/canvas-pane.js").CanvasPane, key: string,
 *   paint: (ctx: CanvasRenderingContext2D) => void) => void} puts it on the pane; painted anew where
 *   the key or the size is another */
export function createLayer() {
  const ctx = contextOf(document.createElement("canvas"));
  let known = "";
  return (pane, key, paint) => {
    const { width, height } = pane;
    const now = JSON.stringify([key, width, height, devicePixelRatio, document.fonts.status]);
    if (now !== known) {
      known = now;
      fitCanvas(ctx, pane);
      ctx.clearRect(0, 0, width, height);
      paint(ctx);
    }
    pane.ctx.drawImage(ctx.canvas, 0, 0, width, height);
  };
}

/** Draw an image of cells that was made for a span into the plot as it is now.
 * @param {CanvasRenderingContext2D} ctx @param {Plot} plot
 * @param {CanvasImageSource} image @param {Window} span of the image */
export function drawCells(ctx, plot, image, [[x0, x1], [y0, y1]]) {
  const [left, right] = [xOn(plot, x0), xOn(plot, x1)];
  const [bottom, top] = [yOn(plot, y0), yOn(plot, y1)];
  ctx.save();
  clipTo(ctx, plot);
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(image, left, top, right - left, bottom - top);
  ctx.restore();
}

/** Draw nothing outside a rectangle until the next restore.
 * @param {CanvasRenderingContext2D} ctx @param {Rect} rect */
export function clipTo(ctx, { left, top, width, height }) {
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
}

/** Hatch over the cells of a mask, so that growing is not told by colour alone.
 * @param {CanvasRenderingContext2D} ctx @param {Plot} plot
 * @param {HTMLCanvasElement} mask @param {Window} span @param {string} colour
 * @param {number} scale */
export function drawHatch(ctx, plot, mask, span, colour, scale) {
  const ratio = devicePixelRatio || 1;
  const sheet = document.createElement("canvas");
  sheet.width = Math.ceil((plot.left + plot.width) * ratio);
  sheet.height = Math.ceil((plot.top + plot.height) * ratio);
  const own = contextOf(sheet);
  own.scale(ratio, ratio);
  drawCells(own, plot, mask, span);
  own.globalCompositeOperation = "source-in";
  own.drawImage(hatchOf(plot, sheet, ratio, colour, scale), 0, 0, sheet.width / ratio, sheet.height / ratio);
  ctx.drawImage(sheet, 0, 0, sheet.width / ratio, sheet.height / ratio);
}

/** Slanted lines over a plot. @param {Rect} plot @param {HTMLCanvasElement} sheet of the same size
 * @param {number} ratio of the screen's pixels @param {string} colour @param {number} scale */
function hatchOf({ left, top, width, height }, { width: w, height: h }, ratio, colour, scale) {
  const lines = document.createElement("canvas");
  lines.width = w;
  lines.height = h;
  const ctx = contextOf(lines);
  ctx.scale(ratio, ratio);
  ctx.strokeStyle = colour;
  ctx.lineWidth = scale;
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += 7 * scale) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  return lines;
}

/** The line where a field of cells crosses a level, as pieces (x0, y0, x1, y1) in shares of the sides.
 * @param {ArrayLike<number>} field @param {number} nx @param {number} ny @param {number} level
 * @returns {number[]} */
export function contourPieces(field, nx, ny, level) {
  /** @type {number[]} */
  const pieces = [];
  /** @param {number} a @param {number} b */
  const across = (a, b) => (level - a) / (b - a);
  for (let j = 0; j + 1 < ny; j++) {
    for (let i = 0; i + 1 < nx; i++) {
      const k = j * nx + i;
      const corners = [field[k], field[k + 1], field[k + nx + 1], field[k + nx]];
      const above = corners.map((v) => v > level);
      if (above.every((v) => v === above[0])) continue;
      const ends = [];
      /** @type {[number, number, (s: number) => [number, number]][]} */
      const sides = [
        [0, 1, (s) => [i + s, j]], [1, 2, (s) => [i + 1, j + s]],
        [3, 2, (s) => [i + s, j + 1]], [0, 3, (s) => [i, j + s]],
      ];
      for (const [a, b, place] of sides) {
        if (above[a] === above[b]) continue;
        const s = across(corners[a], corners[b]);
        const [x, y] = place(Number.isFinite(s) ? s : 0.5);
        ends.push((x + 0.5) / nx, (y + 0.5) / ny);
      }
      for (let e = 0; e + 3 < ends.length; e += 4) pieces.push(...ends.slice(e, e + 4));
    }
  }
  return pieces;
}

/** A ring with lines to the sides, at the setting of the live run. @param {CanvasRenderingContext2D} ctx
 * @param {Plot} plot @param {number} x @param {number} y values
 * @param {Ground} ground @param {string} colour of the ring @param {number} scale */
export function drawCrosshair(ctx, plot, x, y, { paper, ink }, colour, scale) {
  const [px, py] = [xOn(plot, x), yOn(plot, y)];
  const { left, top, width, height } = plot;
  ctx.save();
  clipTo(ctx, plot);
  const [a, b] = [Math.round(px) + 0.5, Math.round(py) + 0.5];
  /** @type {[string, number][]} */
  const lines = [[paper, 3], [ink, 1]];
  for (const [stroke, thick] of lines) {
    ctx.beginPath();
    ctx.moveTo(a, top);
    ctx.lineTo(a, py - 9 * scale);
    ctx.moveTo(a, py + 9 * scale);
    ctx.lineTo(a, top + height);
    ctx.moveTo(left, b);
    ctx.lineTo(px - 9 * scale, b);
    ctx.moveTo(px + 9 * scale, b);
    ctx.lineTo(left + width, b);
    ctx.globalAlpha = stroke === paper ? 0.55 : 0.8;
    ctx.lineWidth = thick;
    ctx.strokeStyle = stroke;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  /** @type {[string, number][]} */
  const rings = [[paper, 5.5], [ink, 3.5], [colour, 2]];
  for (const [stroke, thick] of rings) {
    ctx.beginPath();
    ctx.arc(px, py, 7 * scale, 0, 2 * Math.PI);
    ctx.lineWidth = thick * scale;
    ctx.strokeStyle = stroke;
    ctx.stroke();
  }
  ctx.restore();
}
