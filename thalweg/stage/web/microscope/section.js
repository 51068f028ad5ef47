/** The loss along a step, with its models around the step's start; and how far the step went. */

import { niceStep, ticksOf } from "../canvas/axis.js";
import { emptyStepDetail, fillStepDetail, inspectedRun } from "../model/step-detail.js";
import { drawDisc, drawRing, styleFor } from "../canvas/marks.js";
import { elementOf, setAttribute, setText } from "../controls/elements.js";
import { beginView, createCanvasPane, touchesStep } from "../canvas/canvas-pane.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View */

const FROM = -0.5;
const TO = 1.5;
const POINTS = 101;
/** How far outside the plot a line still goes, in pixels. */
const BEYOND = 40;

const heights = new Float64Array(POINTS);
const line = new Polyline();
const shareAt = (i) => FROM + ((TO - FROM) * i) / (POINTS - 1);

/** What is written below: the change of the loss, by each line of the plot and by both. */
const VALUES = [
  { name: "actual", word: "sectionActual" },
  { name: "second", word: "sectionSecond" },
  { name: "first", word: "sectionFirst" },
  { name: "ratio", word: "sectionRatio" },
];
/** Marks of the gauge, and the words for them. */
const MARKS = [
  { at: -1, word: "alphaNoStep" },
  { at: 0, word: "alphaFloor" },
  { at: 1, word: "alphaMirror" },
];

/** @param {HTMLElement} root @param {Model} model
 * @returns {View} */
export function createSection(root, model) {
  const lens = emptyStepDetail();
  const pane = createCanvasPane("lens-section-plot", draw);
  const values = VALUES.map(({ name }) => {
    const label = elementOf("span");
    const value = elementOf("dd", {}, "–");
    const sample = elementOf("i", { class: `lens-sample ${name}`, "aria-hidden": "true" });
    return { label, value, element: elementOf("div", {}, elementOf("dt", {}, sample, label), value) };
  });
  const list = elementOf("dl", { class: "lens-values" }, ...values.map(({ element }) => element));
  const gauge = createAlpha();
  const flat = elementOf("p", { class: "lens-hint", hidden: true });
  const title = beginView(root, "lens-section", pane.place, list, flat, gauge.element);

  function draw(stale) {
    if (!touchesStep(stale)) return;
    const { words, surface } = model.payload;
    const run = inspectedRun(model);
    if (run) fillStepDetail(model, run, model.step, lens);
    const missing = !run ? words.curveNoRuns : lens.to ? "" : words.sectionNoStep;
    if (pane.clear() && !missing) paint(pane, model, lens);
    const { change } = lens;
    setText(title, words.sectionTitle);
    setAttribute(root, "aria-label", words.sectionTitle);
    pane.note(missing);
    values.forEach(({ label, value }, i) => {
      setText(label, words[VALUES[i].word]);
      setText(value, missing ? "–" : number(change[VALUES[i].name]));
    });
    flat.hidden = !surface.notSmooth;
    setText(flat, surface.notSmooth ?? "");
    gauge.draw(words, missing ? NaN : lens.alpha, run?.info.colour ?? "");
    if (model.dragging || model.playing) return; // numbers that run are no use to those who listen
    const said = { change: number(change.actual), second: number(change.second) };
    setAttribute(pane.canvas, "aria-label", missing || fill(words.sectionAlt, said));
  }

  return {
    draw,
    destroy() {
      pane.destroy();
      root.replaceChildren();
    },
  };
}

/** The loss along the step, above that of its start. The models do not choose the range. */
function climb({ surface }, { from, to, f }) {
  let low = 0;
  let high = 0;
  for (let i = 0; i < POINTS; i++) {
    const s = shareAt(i);
    const v = surface.value(from[0] + s * (to[0] - from[0]), from[1] + s * (to[1] - from[1])) - f;
    heights[i] = v;
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const step = niceStep((high - low || 1) / 8);
  const room = 0.25 * step;
  const [bottom, top] = [Math.floor((low - room) / step), Math.ceil((high + room) / step)];
  return { kind: /** @type {const} */ ("linear"), low: bottom * step, high: top * step, unit: 1 };
}

function paint({ ctx, width, height }, model, lens) {
  const { ground, payload, lecture } = model;
  const style = styleFor(ctx, model);
  const size = lecture ? 20 : 12;
  const axis = climb(model, lens);
  const top = 8;
  const bottom = height - Math.round(1.6 * size) - 4;
  const right = width - size / 2;
  ctx.font = style.font.replace(/^\d+/, String(size));
  const ticks = ticksOf(axis, Math.max(2, Math.floor((bottom - top) / (2.4 * size))));
  const wide = Math.max(...ticks.map(({ value }) => ctx.measureText(number(value, 4)).width));
  const left = Math.ceil((wide + 10) / 8) * 8;
  const x = (s) => left + ((right - left) * (s - FROM)) / (TO - FROM);
  const y = (v) => {
    const at = bottom - ((bottom - top) * (v - axis.low)) / (axis.high - axis.low);
    return Math.max(top - BEYOND, Math.min(at, bottom + BEYOND));
  };

  const ruler = (...ends) => {
    const [x0, y0, x1, y1] = ends.map((at) => Math.round(at) + 0.5);
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
  };
  ctx.lineWidth = 1;
  ctx.strokeStyle = ground.contour;
  ctx.beginPath();
  ruler(left, y(0), right, y(0)); // below it the step went down
  ctx.stroke();
  ctx.strokeStyle = ground.faint;
  ctx.fillStyle = ground.ink;
  ctx.textBaseline = "middle";
  ctx.textAlign = "right";
  ctx.beginPath();
  ruler(left, top, left, bottom);
  ruler(left, bottom, right, bottom);
  for (const { value } of ticks) {
    ruler(left - 4, y(value), left, y(value));
    ctx.fillText(number(value, 4), left - 8, y(value) + 0.5);
  }
  ctx.textAlign = "center";
  for (const s of [0, 1]) {
    ruler(x(s), bottom, x(s), bottom + 4);
    const text = fill(payload.words.curveStep, { step: lens.step - 1 + s });
    ctx.fillText(text, x(s), bottom + 4 + 0.75 * size);
  }
  ctx.stroke();

  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top - 4, right - left, bottom - top + 4);
  ctx.clip();
  const { first, second } = lens.change;
  const bend = second - first; // NaN, and no line, where the surface is not smooth
  const { scale } = style;
  const stroke = (of, colour, thickness, dash) => {
    line.clear();
    let open = false;
    for (let i = 0; i < POINTS; i++) {
      const v = of(shareAt(i), i);
      const fine = Number.isFinite(v);
      if (fine) line[open ? "lineTo" : "moveTo"](x(shareAt(i)), y(v));
      open = fine;
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = thickness * scale;
    strokeLine(ctx, line, dash.map((part) => part * scale));
  };
  stroke((s) => s * first, ground.faint, 1.5, [1.5, 4]);
  stroke((_, i) => heights[i], ground.ink, 2, []);
  stroke((s) => s * (first + s * bend), ground.accent, 2, [7, 5]); // above: where right, it covers
  ctx.restore();
  drawRing(ctx, x(0), y(0), ground.ink, style);
  drawDisc(ctx, x(1), y(lens.change.actual), lens.run.info.colour, style);
}

/** A scale from no step at all over the floor of the section to its mirror side. */
function createAlpha() {
  const value = elementOf("output", { class: "lens-alpha-value" });
  const about = elementOf("span");
  const words = MARKS.map(() => elementOf("span"));
  const marker = elementOf("div", { class: "lens-alpha-marker", hidden: true }, elementOf("i"));
  const scale = elementOf("div", { class: "lens-alpha-scale", "aria-hidden": "true" }, marker);
  const under = elementOf("div", { class: "lens-alpha-words", "aria-hidden": "true" }, ...words);
  const head = elementOf("div", { class: "lens-alpha-head" }, about, value);
  return {
    element: elementOf("div", { class: "lens-alpha" }, head, scale, under),
    draw(texts, alpha, colour) {
      const beyond = Number(alpha.toPrecision(3)) > 1; // as it is written
      const at = Math.max(-1, Math.min(alpha, 1));
      marker.hidden = Number.isNaN(alpha);
      marker.classList.toggle("beyond", beyond);
      if (!marker.hidden) marker.style.transform = `translateX(${50 * (at + 1)}%)`;
      marker.style.color = colour;
      setText(about, texts.alpha);
      setText(value, number(alpha));
      words.forEach((word, i) => setText(word, texts[MARKS[i].word]));
    },
  };
}
