/**
 * Pictures to take away, of what is seen: painted once more by what paints the screen, on a larger
 * canvas or on one that writes SVG.
 *
 * @typedef {Object} Wanted
 * @property {"png"|"svg"} kind @property {number} scale points for each pixel of a PNG, 1 to 4
 * @property {"surface"|"curves"|"both"} what @property {"seen"|"light"|"dark"|"print"} style
 * @property {boolean} title @property {boolean} legend @property {boolean} settings
 */

import { describedPicture, groundIn } from "./backdrop.js";
import { curvesPiece, headPiece, legendPiece, spacePiece, surfacePiece } from "./snapshot-parts.js";
import { marginsOf } from "../canvas/viewport.js";
import { SvgContext } from "./svg-context.js";
import { escapeXml } from "./svg-text.js";

/** @typedef {import("../model/types.js").Model} Model */

/** @type {Wanted} */
const USUAL = { kind: "png", scale: 2, what: "surface", style: "seen", title: true, legend: true, settings: true };
const CHOICES = { kind: ["png", "svg"], what: ["surface", "curves", "both"], style: ["seen", "light", "dark", "print"] };

/** From this width on the curves stand beside the surface, else under it. */
const WIDE = 560;
/** Curves that are hidden, or shown as a table, have this size. */
const LEAST = { width: 480, height: 270 };
const GAP = 16;

/** @param {Model} model @param {{picture: HTMLElement, curves: HTMLElement}} views their elements
 * @param {Partial<Wanted>} options @returns {Promise<Blob>} rejected with a sentence */
export async function snapshot(model, views, options) {
  const wanted = { ...USUAL, ...options };
  for (const [name, known] of Object.entries(CHOICES)) {
    if (!known.includes(wanted[name])) throw new RangeError(`${name}: ${known.join(", ")}`);
  }
  if (!(wanted.scale >= 1 && wanted.scale <= 4)) throw new RangeError("scale: 1 – 4");
  // What a pointer happens to lie on is not part of the picture.
  const seen = { ...model, ground: groundIn(model, wanted.style), hover: null, highlighted: null, lagging: false };
  const canvas = /** @type {HTMLCanvasElement} */ (views.picture.querySelector(".picture-paths"));
  const sheet = await arranged(seen, views, canvas, wanted);
  const make = wanted.kind === "svg" ? svgOf : pngOf;
  return make(sheet, seen, canvas, wanted.scale);
}

/** A context that paints with the fonts of the screen's canvas, beside what is there already. */
function contextLike(canvas, width = 1, height = 1) {
  const own = document.createElement("canvas");
  Object.assign(own, { width, height });
  const ctx = own.getContext("2d");
  Object.defineProperty(ctx, "canvas", { value: canvas });
  ctx.clearRect = () => {};
  return { own, ctx };
}

/** The pieces and their places. @returns {Promise<{width: number, height: number,
 *   placed: {piece: import("./snapshot-parts.js").Piece, left: number, top: number}[]}>} */
async function arranged(seen, { picture, curves }, canvas, wanted) {
  const { ctx } = contextLike(canvas);
  const { what, style } = wanted;
  const size = { width: picture.clientWidth || 800, height: picture.clientHeight || 600 };
  const plot = curves.querySelector(".curves-plot");
  const wide = Math.max(plot?.clientWidth ?? 0, Math.min(LEAST.width, size.width));
  const high = Math.max(plot?.clientHeight ?? 0, LEAST.height);
  const { l: left, t, b } = marginsOf(size.width, seen.lecture);
  let surface = null;
  if (what !== "curves") {
    const space = picture.classList.contains("in-space") && picture.querySelector(".picture-space");
    surface = space
      ? await spacePiece(seen, /** @type {any} */ (space), size, wanted.scale)
      : surfacePiece(seen, picture.querySelector(".picture-plot"), size, style !== "print");
  }
  const beside = what === "both" && size.width >= WIDE;
  const width = what === "curves" ? wide : beside ? size.width + GAP + wide + GAP : size.width;
  const head = headPiece(ctx, seen, wanted, surface ? left : 8, width);
  const placed = [{ piece: head, left: 0, top: 0 }];
  let y = head.height + (surface || !head.height ? 0 : GAP / 2);
  const put = (piece, at = 0) => {
    placed.push({ piece, left: at, top: y });
    y += piece.height;
  };
  const addLegend = (at, room, inset) => {
    if (wanted.legend) put(legendPiece(ctx, seen, inset, room), at);
  };
  if (beside) {
    const at = size.width + GAP;
    placed.push({ piece: surface, left: 0, top: y });
    const low = y + size.height;
    y += t;
    addLegend(at, wide, 0);
    // Both plots end at the same height: below a curve are its numbers, in less room.
    const under = b - Math.round(1.6 * (seen.lecture ? 20 : 12)) - 4;
    put(curvesPiece(seen, { width: wide, height: low - y - under }), at);
    return { width, height: low, placed };
  }
  if (surface) {
    put(surface);
    if (wanted.legend) y += GAP / 4; // the axis' name reaches down to the edge
    addLegend(0, width, left);
  }
  if (what !== "surface") put(curvesPiece(seen, { width, height: high }));
  if (!surface) addLegend(0, width, 8);
  return { width, height: Math.ceil(y), placed };
}

async function pngOf({ width, height, placed }, seen, canvas, scale) {
  const { own, ctx } = contextLike(canvas, Math.round(width * scale), Math.round(height * scale));
  ctx.fillStyle = seen.ground.paper;
  ctx.fillRect(0, 0, own.width, own.height);
  for (const { piece, left, top } of placed) {
    ctx.save();
    ctx.setTransform(scale, 0, 0, scale, left * scale, top * scale);
    piece.paint(ctx);
    ctx.restore();
  }
  const blob = await new Promise((done) => own.toBlob(done, "image/png"));
  if (!blob) throw new Error(seen.payload.words.pictureFailed ?? "The picture could not be made.");
  return blob;
}

/** Names in a document must not meet those of another picture in the same page. */
let made = 0;

async function svgOf({ width, height, placed }, seen, canvas) {
  const prefix = `t${Date.now().toString(36)}${made++}`;
  const groups = placed.map(({ piece, left, top }) => {
    const ctx = new SvgContext(canvas, `${prefix}-${piece.name}`);
    piece.paint(/** @type {any} */ (ctx));
    return `<g data-piece="${piece.name}" transform="translate(${left} ${top})">\n${ctx.text()}</g>\n`;
  });
  const { title } = seen.payload.surface;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}"` +
    ` viewBox="0 0 ${width} ${height}" xml:space="preserve" role="img">\n<title>${escapeXml(title)}</title>` +
    `<desc>${escapeXml(describedPicture(seen))}</desc>\n<rect width="${width}" height="${height}" fill="${seen.ground.paper}"/>\n`;
  return new Blob([head, ...groups, "</svg>\n"], { type: "image/svg+xml" });
}
