/** What is not on the picture's canvases: the axes, which Plotly draws, and the start, an element. */

import { ticksOf } from "../canvas/axis.js";
import { onPlot } from "../canvas/viewport.js";
import { familyOf } from "../canvas/marks.js";
import { number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model */

const TICK = 4;
/** How far inside the plot's edge the arrow to a start outside of it lies (see start-handle.js). */
const INSET = 12;

/**
 * @typedef {Object} Axes as they are on the screen
 * @property {{at: number, text: string}[]} x @property {{at: number, text: string}[]} y
 * @property {number} size of the numbers @property {number} foot of the lower title
 * @property {number} side where the left title stands
 */

/** The axes that Plotly has drawn; where it has drawn none, much the same ones.
 * @param {HTMLElement} place where Plotly draws @param {Model} model
 * @param {{width: number, height: number}} size @returns {Axes} */
export function axesOn(place, model, { width, height }) {
  const layout = /** @type {any} */ (place)._fullLayout;
  const titleAt = (name, part) => Number(place.querySelector(`.${name}`)?.getAttribute(part) ?? NaN);
  const [x, y] = ["xaxis", "yaxis"].map((name, i) => {
    const [low, high] = model.window[i];
    const drawn = layout?.[name];
    const same = drawn && drawn.range[0] === low && drawn.range[1] === high;
    if (same && drawn._vals) return drawn._vals.map((tick) => ({ at: tick.x, text: tick.text }));
    const most = width < 480 ? 5 : 6;
    return ticksOf({ kind: "linear", low, high, unit: 1 }, most).map(({ value }) => ({ at: value, text: number(value, 6) }));
  });
  const size = model.lecture ? 20 : 13;
  return { x, y, size, foot: titleAt("xtitle", "y") || height - 0.2 * size, side: titleAt("ytitle", "x") || 2 * size };
}

/** Ticks, their numbers and the names of the axes; their lines are painted with the known points.
 * @param {CanvasRenderingContext2D} ctx @param {import("../canvas/viewport.js").Mapping} mapping
 * @param {Model} model @param {Axes} axes */
export function paintFurniture(ctx, mapping, model, axes) {
  const { ground, payload } = model;
  const { left, top, width, height } = mapping;
  const { size } = axes;
  const family = familyOf(ctx.canvas);
  const bottom = top + height;
  ctx.save();
  ctx.textBaseline = "alphabetic";
  for (const { at, text } of axes.x) {
    const x = mapping.x(at);
    if (x < left - 1 || x > left + width + 1) continue;
    ctx.fillStyle = ground.line;
    ctx.fillRect(Math.floor(x), bottom + 1, 1, TICK);
    ctx.fillStyle = ground.faint;
    writeTick(ctx, text, x, bottom + 1 + TICK + 1.2 * size, size, family, 0.5);
  }
  for (const { at, text } of axes.y) {
    const y = mapping.y(at);
    if (y < top - 1 || y > bottom + 1) continue;
    ctx.fillStyle = ground.line;
    ctx.fillRect(left - 1 - TICK, Math.round(y), TICK, 1);
    ctx.fillStyle = ground.faint;
    writeTick(ctx, text, left - 1 - TICK - 0.2 * size, y + 0.35 * size, size, family, 1);
  }
  ctx.font = `italic ${Math.round(1.2 * size)}px ${family}`;
  ctx.fillStyle = ground.ink;
  ctx.textAlign = "center";
  ctx.fillText(payload.words.axisX, left + width / 2, axes.foot);
  ctx.translate(axes.side, top + height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.fillText(payload.words.axisY, 0, 0);
  ctx.restore();
}

/** A tick's number as Plotly has it, "2×10<sup>6</sup>". @param {number} before the part of it left of x */
function writeTick(ctx, text, x, y, size, family, before) {
  const parts = text.split(/<sup>(.*?)<\/sup>/);
  const fonts = [`${size}px ${family}`, `${Math.round(0.7 * size)}px ${family}`];
  const widths = parts.map((part, i) => {
    ctx.font = fonts[i % 2];
    return ctx.measureText(part).width;
  });
  let at = x - before * widths.reduce((sum, width) => sum + width, 0);
  ctx.textAlign = "left";
  parts.forEach((part, i) => {
    ctx.font = fonts[i % 2];
    if (part) ctx.fillText(part, at, i % 2 ? y - 0.4 * size : y);
    at += widths[i];
  });
}

/** The start: a ring with a crosshair; outside of the plot an arrow to it.
 * @param {CanvasRenderingContext2D} ctx @param {import("../canvas/viewport.js").Mapping} mapping @param {Model} model */
export function paintStart(ctx, mapping, { scene, ground, lecture }) {
  const [px, py] = [mapping.x(scene.start[0]), mapping.y(scene.start[1])];
  if (!Number.isFinite(px + py)) return;
  const { left, top, width, height } = mapping;
  const size = lecture ? 1.6 : 1;
  const there = onPlot(mapping, px, py);
  const x = there ? px : Math.min(Math.max(px, left + INSET), left + width - INSET);
  const y = there ? py : Math.min(Math.max(py, top + INSET), top + height - INSET);
  ctx.save();
  ctx.translate(x, y);
  if (!there) ctx.rotate(Math.atan2(py - y, px - x));
  ctx.scale(size, size);
  ctx.beginPath();
  if (there) traceRing(ctx);
  else traceAway(ctx);
  ctx.lineCap = there ? "round" : "butt";
  ctx.lineWidth = there ? 5 : 3;
  ctx.strokeStyle = ground.paper;
  ctx.stroke();
  ctx.lineCap = "butt";
  ctx.lineWidth = 1.75;
  ctx.strokeStyle = ctx.fillStyle = ground.accent;
  if (there) ctx.stroke();
  else ctx.fill();
  ctx.restore();
}

function traceRing(ctx) {
  ctx.moveTo(8, 0);
  ctx.arc(0, 0, 8, 0, 2 * Math.PI);
  for (const [x, y] of [[1, 0], [0, 1], [-1, 0], [0, -1]]) {
    ctx.moveTo(4 * x, 4 * y);
    ctx.lineTo(12 * x, 12 * y);
  }
}

function traceAway(ctx) {
  ctx.moveTo(9, 0);
  ctx.lineTo(-5, 7);
  ctx.lineTo(-5, -7);
  ctx.closePath();
}
