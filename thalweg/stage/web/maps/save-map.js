/** A map as a picture to take away: what is on the screen, with its sentence below. */

import { contextOf } from "../canvas/fit.js";
import { familyOf } from "../canvas/marks.js";
import { keep } from "../share/download.js";

/** @typedef {import("../model/types.js").Model} Model @typedef {import("../model/types.js").Ground} Ground */

const [MARGIN, LINE, SIZE] = [16, 20, 14];
const SWATCHES = ".map-scale i, .map-swatch, .map-line, .map-share, .map-mark, .map-sample path";
/** What is there to be touched, or not seen. */
const NO_WORDS = "button, select, label, .knob, .map-hint, .unseen, [hidden], math";

/** @param {HTMLElement} body of the map @param {Model} model */
export function saveMap(body, model) {
  const { ground, mapSentence, payload } = model;
  const ratio = devicePixelRatio || 1;
  const box = body.getBoundingClientRect();
  const sheet = document.createElement("canvas");
  const ctx = contextOf(sheet);
  const first = body.querySelector("canvas");
  const font = `${SIZE}px ${first ? familyOf(first) : "sans-serif"}`;
  ctx.font = font;
  const lines = linesOf(ctx, `${payload.surface.title}. ${mapSentence}`, box.width);
  sheet.width = Math.round((box.width + 2 * MARGIN) * ratio);
  sheet.height = Math.round((box.height + (lines.length + 1) * LINE + 2 * MARGIN) * ratio);
  ctx.scale(ratio, ratio);
  ctx.fillStyle = ground.paper;
  ctx.fillRect(0, 0, sheet.width, sheet.height);
  ctx.translate(MARGIN, MARGIN);
  for (const canvas of body.querySelectorAll("canvas")) {
    const at = canvas.getBoundingClientRect();
    if (!at.width || canvas.closest("[hidden]")) continue;
    ctx.drawImage(canvas, at.left - box.left, at.top - box.top, at.width, at.height);
  }
  ctx.textBaseline = "middle";
  for (const swatch of body.querySelectorAll(SWATCHES)) {
    if (swatch instanceof HTMLElement || swatch instanceof SVGElement) paintSwatch(ctx, swatch, box, ground);
  }
  writeAll(ctx, body, box);
  ctx.font = font;
  ctx.fillStyle = ground.ink;
  lines.forEach((line, i) => ctx.fillText(line, 0, box.height + (i + 1) * LINE));
  sheet.toBlob((blob) => {
    if (!blob) return;
    const href = URL.createObjectURL(blob);
    keep(href, `thalweg-${payload.surface.slug}-map.png`);
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  });
}

/** A patch of colour: its own, the scale's from left to right, or that of what grows.
 * @param {CanvasRenderingContext2D} ctx @param {HTMLElement|SVGElement} swatch
 * @param {DOMRect} box of the map @param {Ground} ground */
function paintSwatch(ctx, swatch, box, { alarm }) {
  const at = swatch.getBoundingClientRect();
  const [left, top] = [at.left - box.left, at.top - box.top];
  const style = getComputedStyle(swatch);
  const plain = swatch instanceof SVGElement ? style.stroke : style.backgroundColor;
  const colours = swatch.dataset.colours?.split(";") ?? [plain];
  const gradient = ctx.createLinearGradient(left, 0, left + at.width, 0);
  colours.forEach((colour, i) => gradient.addColorStop(i / Math.max(colours.length - 1, 1), colour));
  const hatched = swatch.matches(".growing, .not-finite");
  ctx.globalAlpha = !hatched ? 1 : swatch.matches(".not-finite") ? 0.5 : 0.2;
  ctx.fillStyle = hatched ? alarm : gradient;
  ctx.strokeStyle = style.borderTopColor;
  const border = Number.parseFloat(style.borderTopWidth);
  ctx.lineWidth = border || 1;
  ctx.beginPath();
  if (style.borderRadius === "50%") {
    ctx.ellipse(left + at.width / 2, top + at.height / 2, at.width / 2, at.height / 2, 0, 0, 2 * Math.PI);
  } else ctx.rect(left, top, at.width, Math.max(at.height, 2));
  ctx.fill();
  if (border) ctx.stroke();
  ctx.globalAlpha = 1;
}

/** Every word of the map's legends, tables and sentences, where it stands.
 * @param {CanvasRenderingContext2D} ctx @param {HTMLElement} body @param {DOMRect} box of it */
function writeAll(ctx, body, box) {
  const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const { currentNode: node } = texts;
    const parent = node.parentElement;
    if (!(node instanceof Text) || !parent || parent.closest(NO_WORDS)) continue;
    const style = getComputedStyle(parent);
    ctx.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    ctx.fillStyle = style.color;
    for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const at = range.getBoundingClientRect();
      if (at.width) ctx.fillText(word, at.left - box.left, at.top + at.height / 2 - box.top);
    }
  }
}

/** A text in lines that are no longer than a width. @param {CanvasRenderingContext2D} ctx
 * @param {string} text @param {number} width */
function linesOf(ctx, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    const longer = `${last} ${word}`.trim();
    if (ctx.measureText(longer).width > width && last) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
