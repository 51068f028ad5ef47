/** How good each rule is at every rate: what a fair race found, as curves over lr. Numbers only. */

import { chartIn, chartType } from "./chart.js";
import { yOn } from "./map-axes.js";

/** @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("./types.js").FairRaceMap} FairRaceMap
 * @typedef {import("./types.js").RaceCurve} RaceCurve
 * @typedef {import("./types.js").RacePlot} RacePlot
 * @typedef {import("./types.js").Side} Side
 * @typedef {{x: Side, low: number, high: number, unit: number}} RaceRange of the chart; unit: below it
 *   losses of either sign are even, NaN where there are none */

/** Powers of ten below the start that have a place of their own. */
const DEEPEST = 16;
/** @param {number} power */
const tenTo = (power) => Number(`1e${power}`);

/** A curve for each run that is still there.
 * @param {FairRaceMap} map @param {LiveRun[]} runs of the model @returns {RaceCurve[]} */
export function raceCurvesOf(map, runs) {
  /** @param {number} h */
  const value = (h) => (map.log ? 10 ** h : h);
  return map.runs.flatMap((found) => {
    const run = runs.find(({ id }) => id === found.id);
    if (!run) return [];
    const loss = Float64Array.from(found.heights, value);
    const least = loss.reduce((a, b) => Math.min(a, b), Infinity);
    const level = found.level === null ? NaN : value(found.level);
    const near = !(least <= level);
    const limit = near ? 10 * least : level;
    const none = found.settled >= 0 || least === 0 ? 0 : NaN;
    return [{
      run, found, lr: found.lr, loss, near,
      good: Array.from(loss, (v) => map.log && v < Infinity && v <= limit),
      best: found.height === null ? none : value(found.height),
    }];
  });
}

/** The sides of the chart; where no minimum is known, losses of either sign go by ratios beyond a unit.
 * @param {FairRaceMap} map @param {RaceCurve[]} curves @param {number} start its loss
 * above the minimum @returns {RaceRange} */
export function raceRangeOf(map, curves, start) {
  const lrs = curves.flatMap(({ lr }) => (lr.length ? [lr[0], lr[lr.length - 1]] : []));
  const all = curves.flatMap(({ loss, best }) => [...loss, best]).filter((v) => v < Infinity);
  const [low, high] = lrs.length ? [Math.min(...lrs), Math.max(...lrs)] : [1e-4, 1];
  /** @type {Side} */
  const x = { low, high, spacing: "log", text: "α" };
  if (!map.log) {
    const unit = tenTo(Math.round(Math.log10(Math.abs(start) / 10 || 1)));
    const [lowest, most] = [Math.min(start, ...all), start].map((v) => Math.asinh(v / unit));
    const least = Math.max(lowest, most - DEEPEST * Math.LN10);
    return { x, unit, low: least, high: most + 0.05 * (most - least) + 0.1 };
  }
  const top = Math.ceil(Math.log10(start > 0 && start < Infinity ? start : Math.max(1e-8, ...all)) + 0.1);
  const least = Math.min(...all.filter((v) => v > 0));
  const bottom = Math.max(Math.floor(Math.log10(least < Infinity ? least : 1e-8)), top - DEEPEST);
  const levels = curves.map(({ found }) => Math.floor(found.level ?? Infinity));
  const lowest = all.includes(0) ? top - DEEPEST : Math.min(bottom, top - 1, ...levels);
  return { x, low: tenTo(lowest), high: tenTo(top), unit: NaN };
}

/** Where the chart lies: below the lowest values, a row for each run.
 * @param {{width: number, height: number}} pane @param {RaceRange} range @param {boolean} log
 * @param {number} rows @param {boolean} lecture @returns {RacePlot} */
export function layOutRace(pane, { x, low, high, unit }, log, rows, lecture) {
  const size = chartType(lecture);
  /** @type {Side} */
  const side = { low, high, spacing: log ? "log" : "linear", text: "" };
  const plot = chartIn(pane, x, side, lecture);
  const row = Math.min(size + 4, (0.35 * plot.height) / Math.max(rows, 1));
  const more = (rows * row + 10) / Math.max(plot.height - rows * row - 10, 40);
  side.low = log ? low * (low / high) ** more : low - (high - low) * more;
  /** @type {RacePlot["measure"]} */
  const measure = log ? (v) => v : (v) => Math.asinh(v / unit);
  return { ...plot, floor: low, row, size, unit, measure };
}

/** The y of a loss: what lies below the floor lies on it. @param {RacePlot} plot @param {number} loss */
export const heightOn = (plot, loss) => yOn(plot, Math.max(plot.measure(loss), plot.floor));

/** The numbers of a run at its k-th rate. @param {RaceCurve} curve @param {number} k
 * @returns {Record<string, number>} */
export function fieldsAt({ found, lr }, k) {
  const { names, others } = found;
  return { lr: lr[k], ...Object.fromEntries(names.map((name, j) => [name, others[k * names.length + j]])) };
}

/** Below which a run has settled, as the map's heights; null: there is none. @param {FairRaceMap} map */
export const levelOf = (map) => map.runs.find(({ level }) => level !== null)?.level ?? null;
