/**
 * A canvas' context that writes SVG: what the painters of the stage paint comes out as vectors.
 *
 * It knows the part of CanvasRenderingContext2D that they use, and one rule that a canvas has not:
 * the transform stays as it is between the first point of a path and its stroke, fill or clip.
 */

import { isFinitePair, svgArc, svgAttribute as attribute, svgNumber as short, svgPair as pair } from "./svg-shapes.js";
import { colourOf, escapeXml, fontAttributes, footBelow, probing } from "./svg-text.js";

const FRESH = {
  fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1, lineCap: "butt", lineJoin: "miter",
  lineDashOffset: 0, globalAlpha: 1, font: "10px sans-serif", textAlign: "start",
  textBaseline: "alphabetic", imageSmoothingEnabled: true, dash: [], matrix: [1, 0, 0, 1, 0, 0], clipId: "",
};
const ANCHORS = { center: "middle", right: "end", end: "end" };

export class SvgContext {
  fillStyle = FRESH.fillStyle;
  strokeStyle = FRESH.strokeStyle;
  lineWidth = FRESH.lineWidth;
  lineCap = FRESH.lineCap;
  lineJoin = FRESH.lineJoin;
  lineDashOffset = FRESH.lineDashOffset;
  globalAlpha = FRESH.globalAlpha;
  font = FRESH.font;
  textAlign = FRESH.textAlign;
  /** @type {CanvasTextBaseline} */
  textBaseline = "alphabetic";
  imageSmoothingEnabled = FRESH.imageSmoothingEnabled;
  dash = FRESH.dash;
  matrix = FRESH.matrix;
  clipId = FRESH.clipId;

  /** @param {HTMLCanvasElement} canvas whose fonts are used and whose labels keep their places
   * @param {string} prefix of the names in this document */
  constructor(canvas, prefix) {
    this.canvas = canvas;
    this.prefix = prefix;
    this.saved = [];
    this.parts = [];
    this.definitions = [];
    this.shape = "";
    this.from = this.to = [NaN, NaN];
    this.last = null;
    this.opened = "";
  }

  /** What was painted, as the content of an <svg> or a <g>. @returns {string} */
  text() {
    this.flush();
    if (this.opened) this.parts.push("</g>");
    this.opened = "";
    return (this.definitions.length ? `<defs>${this.definitions.join("")}</defs>` : "") + this.parts.join("");
  }

  save() {
    const state = {};
    for (const name in FRESH) state[name] = this[name];
    this.saved.push(state);
  }
  restore() {
    Object.assign(this, this.saved.pop());
  }
  setLineDash(dash) {
    this.dash = [...dash];
  }
  getLineDash() {
    return [...this.dash];
  }
  /** Every picture begins empty. */
  clearRect() {}

  transform(a, b, c, d, e, f) {
    const [A, B, C, D, E, F] = this.matrix;
    this.matrix = [A * a + C * b, B * a + D * b, A * c + C * d, B * c + D * d, A * e + C * f + E, B * e + D * f + F];
  }
  translate(x, y) {
    this.transform(1, 0, 0, 1, x, y);
  }
  scale(x, y) {
    this.transform(x, 0, 0, y, 0, 0);
  }
  rotate(angle) {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    this.transform(c, s, -s, c, 0, 0);
  }

  beginPath() {
    this.shape = "";
    this.from = this.to = [NaN, NaN];
  }
  moveTo(x, y) {
    if (!isFinitePair(x, y)) return;
    if (!this.shape) this.from = [x, y];
    this.shape += `M${pair(x, y)}`;
    this.to = [x, y];
  }
  lineTo(x, y) {
    if (!isFinitePair(x, y)) return;
    if (!this.shape) return this.moveTo(x, y);
    this.shape += `L${pair(x, y)}`;
    this.to = [x, y];
  }
  closePath() {
    if (this.shape) this.shape += "Z";
    this.to = [NaN, NaN]; // nothing goes on from a closed line
  }
  rect(x, y, width, height) {
    this.moveTo(x, y);
    this.shape += `h${short(width)}v${short(height)}h${short(-width)}Z`;
  }
  arc(x, y, r, begin, end, back = false) {
    this.ellipse(x, y, r, r, 0, begin, end, back);
  }
  ellipse(x, y, rx, ry, turn, begin, end, back = false) {
    if (!isFinitePair(x, y) || !isFinitePair(rx, ry)) return;
    const { first, last, shape } = svgArc(x, y, rx, ry, turn, begin, end, back);
    // Where the last point is this arc's first one, nothing leads to it.
    const there = Math.hypot(first[0] - this.to[0], first[1] - this.to[1]) < 1e-6;
    if (!there) this.lineTo(first[0], first[1]);
    this.shape += shape;
    this.to = last;
  }

  fill() {
    if (this.shape) this.put(`<path${this.filled()}`, this.shape);
  }
  fillRect(x, y, width, height) {
    if (!isFinitePair(x, y) || !(width > 0 && height > 0)) return;
    this.put(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"${this.filled()}`);
  }
  stroke() {
    if (!this.shape) return;
    const { hex, alpha } = colourOf(this.strokeStyle);
    const dash = this.dash.map(short).join(" ");
    const look = `<path fill="none" stroke="${hex}" stroke-width="${short(this.lineWidth)}"${ 
      attribute("stroke-opacity", short(alpha * this.globalAlpha), "1") 
      }${attribute("stroke-linecap", this.lineCap, "butt")  }${attribute("stroke-linejoin", this.lineJoin, "miter") 
      }${attribute("stroke-dasharray", dash, "")  }${this.placed()}`;
    // Long lines come in pieces (see stroke.js): here they are one again.
    const { last } = this;
    const goesOn = last?.look === look && last.clipId === this.clipId && last.to[0] === this.from[0] && last.to[1] === this.from[1];
    if (goesOn) last.shape += this.shape.replace(/^M[\d .e-]*/, "");
    else {
      this.flush();
      const offset = attribute("stroke-dashoffset", dash ? short(this.lineDashOffset) : "0", "0");
      this.last = { look, offset, shape: this.shape, clipId: this.clipId, to: this.to };
    }
    this.last.to = this.to;
  }
  clip() {
    const id = `${this.prefix}-${this.definitions.length}`;
    const outer = this.clipId ? ` clip-path="url(#${this.clipId})"` : "";
    this.definitions.push(`<clipPath id="${id}"${outer}><path d="${this.shape}"${this.placed()}/></clipPath>`);
    this.clipId = id;
  }

  /** @param {string} text @returns {TextMetrics} */
  measureText(text) {
    const ctx = probing();
    ctx.font = this.font;
    return ctx.measureText(text);
  }
  fillText(given, x, y) {
    // Readers of SVG differ in what they make of spaces at an end.
    const text = given.trim();
    if (this.textAlign === "left" || this.textAlign === "start") {
      x += this.measureText(given.slice(0, given.length - given.trimStart().length)).width;
    }
    const foot = y + footBelow(this.font, this.textBaseline);
    if (!isFinitePair(x, foot)) return;
    // Where these fonts are missing, letters of others take the same room.
    const room = ` textLength="${short(this.measureText(text).width)}" lengthAdjust="spacingAndGlyphs"`;
    this.put(`<text x="${short(x)}" y="${short(foot)}"${fontAttributes(this.font)}${text.length > 1 ? room : ""}${ 
      attribute("text-anchor", ANCHORS[this.textAlign] ?? "start", "start")  }${this.filled()}`, "", escapeXml(text));
  }
  /** @param {HTMLCanvasElement|HTMLImageElement} source a canvas, or an image of a data: address */
  drawImage(source, x, y, width, height) {
    const address = source instanceof HTMLCanvasElement ? source.toDataURL() : source.src;
    if (!/^data:image\/(png|jpeg);base64,[\w+/=]*$/.test(address)) throw new Error("not an image of its own");
    this.put(`<image x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"` +
      ` preserveAspectRatio="none" xlink:href="${address}"${this.placed()}`);
  }

  filled() {
    const { hex, alpha } = colourOf(this.fillStyle);
    return ` fill="${hex}"${attribute("fill-opacity", short(alpha * this.globalAlpha), "1")}${this.placed()}`;
  }
  placed() {
    const matrix = this.matrix.map((v) => Math.round(v * 1e6) / 1e6).join(" ");
    return attribute("transform", `matrix(${matrix})`, "matrix(1 0 0 1 0 0)");
  }
  put(head, shape = "", inside = "") {
    this.flush();
    this.write(this.clipId, `${head}${attribute("d", shape, "")}${inside ? `>${inside}</text>` : "/>"}`);
  }
  /** Write the stroke that might have gone on. */
  flush() {
    if (!this.last) return;
    const { look, offset, shape, clipId } = this.last;
    this.last = null;
    this.write(clipId, `${look}${offset} d="${shape}"/>`);
  }
  write(clipId, element) {
    if (clipId !== this.opened) {
      if (this.opened) this.parts.push("</g>");
      if (clipId) this.parts.push(`<g clip-path="url(#${clipId})">`);
      this.opened = clipId;
    }
    this.parts.push(`${element}\n`);
  }
}
