/** Where a number lies on its slider, and which number a place on it means. */

/** @param {number} value @param {number} low @param {number} high */
export const between = (value, low, high) => Math.min(high, Math.max(low, value));

/** Where on its slider a number lies, 0 … 1. @param {import("../model/types.js").Knob} knob
 * @param {number} value @returns {number} */
export function positionOf({ low, high, spacing }, value) {
  const v = between(value, low, high);
  if (spacing === "log") return Math.log(v / low) / Math.log(high / low);
  if (spacing === "one") return Math.log((1 - v) / (1 - low)) / Math.log((1 - high) / (1 - low));
  const share = (v - low) / (high - low);
  return spacing === "cube" ? Math.cbrt(share) : share;
}

/** The number at a position. @param {import("../model/types.js").Knob} knob
 * @param {number} position @returns {number} */
export function valueOf({ low, high, spacing, whole }, position) {
  const p = between(position, 0, 1);
  if (p === 0) return low;
  if (p === 1) return high;
  let value = low + (high - low) * p;
  if (spacing === "log") value = low * (high / low) ** p;
  else if (spacing === "one") value = 1 - (1 - low) ** (1 - p) * (1 - high) ** p;
  else if (spacing === "cube") value = low + (high - low) * p ** 3;
  return between(whole ? Math.round(value) : value, low, high);
}

/** The number at a position with no more digits than the finger can choose, three where numbers
 * go by ratios. @param {import("../model/types.js").Knob} knob @param {number} position
 * @param {number} pixel of the slider, as a share of it @returns {number} */
export function shortValue(knob, position, pixel) {
  const value = valueOf(knob, position);
  if (position <= 0 || position >= 1 || knob.whole) return value;
  const beside = valueOf(knob, position > 0.5 ? position - pixel : position + pixel);
  const finest = Math.abs(beside - value);
  let power = Math.floor(Math.log10(finest));
  if (knob.spacing === "log") power = Math.min(power, Math.floor(Math.log10(value)) - 2);
  const unit = 10 ** power;
  const round = power < 0 ? Number(value.toFixed(-power)) : Math.round(value / unit) * unit;
  return between(round, knob.low, knob.high);
}

/** The number a fine step further. @param {import("../model/types.js").Knob} knob @param {number} value
 * @param {number} direction 1 or −1 @returns {number} */
export function fineValue({ low, high, spacing, whole }, value, direction) {
  let unit = (high - low) / 1000;
  if (spacing === "log") unit = value / 100;
  else if (spacing === "one") unit = (1 - value) / 10;
  else if (value !== 0) unit = Math.min(unit, Math.abs(value) / 10);
  const power = whole ? 0 : Math.floor(Math.log10(unit) + 1e-9);
  const next = (Math.round(value / 10 ** power) + direction) * 10 ** power;
  return between(Number(next.toFixed(Math.max(0, -power))), low, high);
}
