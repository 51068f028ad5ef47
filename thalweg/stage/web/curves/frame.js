/**
 * The curves' frame: where the plot lies, where a step and a value lie in it, and its axes.
 *
 * @typedef {{left: number, top: number, right: number, bottom: number, width: number,
 *   height: number, size: number, font: string, steps: number}} Frame of the plot, in CSS pixels
 */

import { onAxis, ticksOf } from "../canvas/axis.js";
import { familyOf } from "../canvas/marks.js";
import { number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Ground} Ground
 * @typedef {import("../model/types.js").Messages} Messages
 * @typedef {import("../canvas/axis.js").Axis} Axis @typedef {import("../canvas/axis.js").Tick} Tick */

const TICK = 4;
/** How far outside the frame a line is still drawn. */
const BEYOND = 40;

/** Where the plot lies: as much room at the left as the ticks' numbers need, in whole eights.
 * @param {CanvasRenderingContext2D} ctx @param {number} width @param {number} height
 * @param {Axis} axis @param {Model} model @returns {Frame} */
export function frameOf(ctx, width, height, axis, model) {
  const size = model.lecture ? 20 : 12;
  const font = `${size}px ${familyOf(ctx.canvas)}`;
  const bottom = height - Math.round(1.6 * size) - TICK;
  const steps = Math.max(model.scene.steps, 1);
  const frame = { left: 0, top: 8, right: width - size, bottom, width, height, size, font, steps };
  ctx.font = font;
  let widest = 0;
  for (const tick of ticksOf(axis, mostTicks(frame))) {
    widest = Math.max(widest, tickText(ctx, tick, 0, 0, frame, false));
  }
  frame.left = Math.ceil((widest + TICK + 6) / 8) * 8;
  return frame;
}

/** How many ticks have room along y. @param {Frame} frame */
const mostTicks = ({ bottom, top, size }) =>
  Math.max(2, Math.min(6, Math.floor((bottom - top) / (2.4 * size))));

/** The x of a step. @param {Frame} frame @param {number} step @returns {number} */
export function xOfStep({ left, right, steps }, step) {
  return left + ((right - left) * step) / steps;
}

/** The step at an x. @param {Frame} frame @param {number} x @returns {number} */
export function stepAtX({ left, right, steps }, x) {
  const step = Math.round(((x - left) / (right - left)) * steps);
  return Math.max(0, Math.min(step, steps));
}

/** The y of a value; far ones a little outside the frame, NaN for none.
 * @param {Frame} frame @param {Axis} axis @param {number} v @returns {number} */
export function yOfValue({ top, bottom }, axis, v) {
  const at = (onAxis(axis, v) - axis.low) / (axis.high - axis.low);
  const y = bottom - at * (bottom - top);
  return y < top - BEYOND ? top - BEYOND : y > bottom + BEYOND ? bottom + BEYOND : y;
}

/** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Axis} axis
 * @param {Ground} ground @param {Messages} words */
export function paintAxes(ctx, frame, axis, ground, words) {
  const { left, top, right, bottom, size, font } = frame;
  ctx.strokeStyle = ground.faint;
  ctx.fillStyle = ground.ink;
  ctx.lineWidth = 1;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(left - 0.5, top);
  ctx.lineTo(left - 0.5, bottom + 0.5);
  ctx.lineTo(right, bottom + 0.5);
  ctx.font = font;
  ctx.textBaseline = "middle";
  for (const tick of ticksOf(axis, mostTicks(frame))) {
    const y = Math.round(yOfValue(frame, axis, tick.value)) + 0.5;
    ctx.moveTo(left - 0.5 - TICK, y);
    ctx.lineTo(left - 0.5, y);
    tickText(ctx, tick, left - TICK - 4, y, frame, true);
  }
  const base = bottom + TICK + Math.round(0.75 * size);
  const most = Math.max(1, Math.min(6, Math.floor((right - left) / (4 * size))));
  ctx.textAlign = "center";
  const ticks = ticksOf({ kind: "linear", low: 0, high: frame.steps, unit: 1 }, most);
  const whole = ticks.map(({ value }) => value).filter(Number.isInteger);
  for (const value of whole) {
    const x = Math.round(xOfStep(frame, value)) - 0.5;
    ctx.moveTo(x, bottom + 0.5);
    ctx.lineTo(x, bottom + 0.5 + TICK);
    ctx.fillText(String(value), x, base);
  }
  // Between the last two numbers nothing else is in the way.
  const [before, last] = whole.slice(-2);
  ctx.fillStyle = ground.faint;
  if (last) ctx.fillText(words.stepAxis, xOfStep(frame, (before + last) / 2), base);
  ctx.stroke();
}

/** A tick's number, ending at x: powers of ten raised. @param {CanvasRenderingContext2D} ctx
 * @param {Tick} tick @param {number} x @param {number} y @param {Frame} frame
 * @param {boolean} write whether to, or only to measure @returns {number} its width */
function tickText(ctx, { value, power }, x, y, { font, size }, write) {
  if (power === null) {
    const text = number(value, 4);
    ctx.textAlign = "right";
    if (write) ctx.fillText(text, x, y);
    return ctx.measureText(text).width;
  }
  const raised = String(power).replace("-", "−");
  const base = value < 0 ? "−10" : "10";
  ctx.font = font.replace(`${size}px`, `${Math.round(0.78 * size)}px`);
  const small = ctx.measureText(raised).width;
  ctx.textAlign = "right";
  if (write) ctx.fillText(raised, x, y - 0.38 * size);
  ctx.font = font;
  if (write) ctx.fillText(base, x - small - 1, y);
  return ctx.measureText(base).width + small + 1;
}
