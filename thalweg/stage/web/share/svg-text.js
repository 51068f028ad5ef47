/** Letters and colours in SVG, where nothing that is written can become anything but text. */

/** Fonts for readers that do not have the page's own; the last ones have Korean. */
const OTHERS = '"Source Sans 3", "Noto Sans", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif';
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A text as XML has it: what no XML may hold becomes a mark that something was there.
 * @param {string} text @returns {string} */
export function escapeXml(text) {
  const whole = String(text).replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
  return whole.replace(/[&<>"]/g, (c) => ESCAPES[c]);
}

/** @type {CanvasRenderingContext2D|null} what knows fonts and colours */
let probe = null;
const colours = new Map();

/** @returns {CanvasRenderingContext2D} a canvas that nobody sees, to measure on */
export function probing() {
  probe ??= document.createElement("canvas").getContext("2d");
  return probe;
}

/** A colour as every reader of SVG knows it: #rrggbb, and how opaque. What is none is black.
 * @param {string} text @returns {{hex: string, alpha: number}} */
export function colourOf(text) {
  let found = colours.get(text);
  if (!found) {
    const ctx = probing();
    ctx.fillStyle = "#000000";
    ctx.fillStyle = text;
    const [r, g, b, alpha = 1] = (String(ctx.fillStyle).match(/^rgba\((.*)\)$/)?.[1] ?? "").split(",").map(Number);
    const hex = [r, g, b].map((v) => (v || 0).toString(16).padStart(2, "0")).join("");
    found = g === undefined ? { hex: String(ctx.fillStyle), alpha: 1 } : { hex: `#${hex}`, alpha };
    if (colours.size > 200) colours.clear();
    colours.set(text, found);
  }
  return found;
}

/** How far below a text's own line, such as its middle, the foot of its letters lies.
 * @param {string} font @param {CanvasTextBaseline} baseline @returns {number} */
export function footBelow(font, baseline) {
  if (baseline === "alphabetic") return 0;
  const ctx = probing();
  const ascent = (line) => {
    ctx.textBaseline = line;
    return ctx.measureText("x").fontBoundingBoxAscent;
  };
  ctx.font = font;
  const below = ascent("alphabetic") - ascent(baseline);
  ctx.textBaseline = "alphabetic";
  return below;
}

/** A canvas' font as attributes. @param {string} font @returns {string} */
export function fontAttributes(font) {
  const [, look, size, family] = /^(.*?)([\d.]+)px\s+(.*)$/.exec(font) ?? ["", "", "10", "sans-serif"];
  const fonts = family.replace(/(, *)?sans-serif$/, "");
  const weight = /\b(bold|[1-9]00)\b/.exec(look)?.[1];
  const more = (weight ? ` font-weight="${weight}"` : "") + (/italic/.test(look) ? ' font-style="italic"' : "");
  return ` font-size="${size}" font-family="${escapeXml(fonts ? `${fonts}, ${OTHERS}` : OTHERS)}"${more}`;
}
