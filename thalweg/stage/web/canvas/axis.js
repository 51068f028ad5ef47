/**
 * Axes as numbers: the range of a set of curves, and where its ticks lie.
 *
 * @typedef {Object} Axis
 * @property {"log"|"linear"|"symlog"} kind @property {number} low @property {number} high the ends,
 *   in the axis' own numbers: powers of ten where it is log
 * @property {number} unit of symlog: below it the axis is even
 * @typedef {{at: number, value: number, power: number|null}} Tick at: in the axis' own numbers;
 *   power: where it is ± 10 to that power
 */

/** @typedef {{low: number, least: number, high: number, first: number}} Extent of values: the lowest, the
 * lowest above 0, the highest, and the largest of the curves' first sizes */

/** The lowest power of ten that is shown: below it is what rounding leaves. */
const LOWEST = -20;
/** Powers of ten above the first values that are shown where every run grows. */
const ABOVE = 8;

/** A value on an axis, in the axis' own numbers. −∞ where a log axis has no place for it.
 * @param {Axis} axis @param {number} v @returns {number} */
export function onAxis(axis, v) {
  if (axis.kind === "linear") return v;
  if (axis.kind === "symlog") return Math.asinh(v / axis.unit);
  return v > 0 ? Math.log10(v) : v <= 0 ? -Infinity : NaN;
}

/** The range of curves: of those that are fine, so that a run that grows without end leaves it at
 * the top and does not squeeze the others flat; where none is fine, of what is not too far up.
 * @param {import("../model/series.js").Series[]} curves @param {boolean[]} fine @param {boolean} log
 * @param {boolean} signed whether values below zero belong on the axis @returns {Axis} */
export function rangeOf(curves, fine, log, signed) {
  const some = fine.some((own, i) => own && curves[i].count > 0);
  const extent = { low: Infinity, least: Infinity, high: -Infinity, first: 0 };
  curves.forEach((curve, i) => {
    if (some && !fine[i]) return;
    extend(extent, curve.values, curve.count);
    if (curve.second) extend(extent, curve.second, curve.count);
  });
  const crowded = fine.some((own) => !own);
  if (extent.high === -Infinity) return { kind: log ? "log" : "linear", low: 0, high: 1, unit: 1 };
  if (!some) extent.high = Math.min(extent.high, extent.first * 10 ** ABOVE || 1);
  if (log && signed) return symlogRange(extent);
  return log ? logRange(extent, crowded) : linearRange(extent, crowded);
}

/** Make an extent hold values, too. @param {Extent} extent @param {Float64Array} values
 * @param {number} count */
function extend(extent, values, count) {
  let first = NaN;
  for (let t = 0; t < count; t++) {
    const v = values[t];
    if (!(Math.abs(v) < Infinity)) continue;
    if (Number.isNaN(first) && v !== 0) first = Math.abs(v);
    if (v < extent.low) extent.low = v;
    if (v > 0 && v < extent.least) extent.least = v;
    if (v > extent.high) extent.high = v;
  }
  if (first > extent.first) extent.first = first;
}

/** Whole powers of ten: an axis that stays where it is while a knob is turned a little.
 * @param {Extent} extent @param {boolean} crowded @returns {Axis} */
function logRange({ least, high }, crowded) {
  if (!(high > 0)) return { kind: "log", low: -1, high: 1, unit: 1 };
  const top = Math.max(Math.ceil(Math.log10(high) - 0.05), LOWEST + 1);
  const bottom = Math.max(Math.floor(Math.log10(least) + 0.05), LOWEST);
  return widened("log", Math.min(bottom, top - 1), top, crowded);
}

/** @param {Extent} extent @param {boolean} crowded @returns {Axis} */
function linearRange({ low, high }, crowded) {
  const bottom = low >= 0 && low < 0.7 * high ? 0 : low;
  const step = niceStep((high - bottom || Math.abs(high) || 1) / 5);
  const top = Math.ceil(high / step - 1e-9) * step;
  const floor = Math.floor(bottom / step + 1e-9) * step;
  return widened("linear", floor, Math.max(top, floor + step), crowded);
}

/** A range with a little room at its ends, and more at the top where runs leave it.
 * @param {Axis["kind"]} kind @param {number} low @param {number} high @param {boolean} crowded
 * @returns {Axis} */
function widened(kind, low, high, crowded) {
  const size = high - low;
  return { kind, low: low - 0.04 * size, high: high + (crowded ? 0.1 : 0.04) * size, unit: 1 };
}

/** @param {Extent} extent @returns {Axis} */
function symlogRange({ low, high, first }) {
  const unit = 10 ** Math.round(Math.log10((first || 1) / 100));
  const [bottom, top] = [Math.asinh(low / unit), Math.asinh(high / unit)];
  const spare = 0.04 * (top - bottom) || 1;
  return { kind: "symlog", low: bottom - spare, high: top + spare, unit };
}

/** The step of 1, 2 or 5 times a power of ten that is at least `size`. @param {number} size */
export function niceStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  const times = size / power;
  return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

/** Few ticks, at numbers that are short to say. @param {Axis} axis @param {number} most
 * @returns {Tick[]} */
export function ticksOf(axis, most) {
  if (axis.kind === "log") return logTicks(axis, most);
  if (axis.kind === "symlog") return symlogTicks(axis, most);
  const ticks = [];
  const step = niceStep((axis.high - axis.low) / most);
  for (let i = Math.ceil(axis.low / step - 1e-9); i * step <= axis.high + 1e-9 * step; i++) {
    // 3 · 0.1 is 0.30000000000000004.
    const value = Number((i * step).toPrecision(12));
    ticks.push({ at: value, value, power: null });
  }
  return ticks;
}

/** @param {Axis} axis @param {number} most @returns {Tick[]} */
function logTicks({ low, high }, most) {
  const every = Math.max(1, Math.ceil((high - low) / most));
  const ticks = [];
  for (let d = Math.ceil(low / every) * every; d <= high; d += every) {
    ticks.push({ at: d, value: 10 ** d, power: d });
  }
  return ticks;
}

/** @param {Axis} axis @param {number} most @returns {Tick[]} */
function symlogTicks({ low, high, unit }, most) {
  const base = Math.round(Math.log10(unit));
  const reach = Math.max(Math.abs(low), Math.abs(high)) / Math.LN10;
  const every = Math.max(1, Math.ceil((2 * reach) / most));
  /** @type {Tick[]} */
  const ticks = [{ at: 0, value: 0, power: null }];
  for (let d = every; d <= reach + 1; d += every) {
    for (const sign of [-1, 1]) {
      const value = sign * 10 ** (base + d);
      ticks.push({ at: Math.asinh(value / unit), value, power: base + d });
    }
  }
  return ticks.filter(({ at }) => at >= low && at <= high);
}
