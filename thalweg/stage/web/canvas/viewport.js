/** Windows and pixels: where the plot lies in the picture, and what zooming and panning make of it. */

import { shownRuns, standsAt } from "../model/shown-runs.js";

/** Points farther out than this are not shown by "fit". */
const FARTHEST = 1e6;
const MARGIN = 0.06;

/** @typedef {import("../model/types.js").Window} Window @typedef {import("../model/types.js").Model} Model */

/**
 * @typedef {Object} Mapping between the window and CSS pixels of the picture
 * @property {(v: number) => number} x @property {(v: number) => number} y
 * @property {(px: number) => number} xAt @property {(py: number) => number} yAt
 * @property {number} left @property {number} top @property {number} width @property {number} height
 */

/** The margins around the plot; fixed, so that nothing moves when the axes appear.
 * @param {number} width of the picture @param {boolean} lecture
 * @returns {{l: number, r: number, t: number, b: number}} */
export function marginsOf(width, lecture) {
  if (lecture) return { l: 80, r: 16, t: 14, b: 64 };
  return width < 480 ? { l: 50, r: 8, t: 8, b: 38 } : { l: 56, r: 8, t: 14, b: 42 };
}

/** @param {Window} window @param {{width: number, height: number}} size
 * @param {{l: number, r: number, t: number, b: number}} margins @returns {Mapping} */
export function mappingOf([[x0, x1], [y0, y1]], size, margins) {
  const { l: left, t: top } = margins;
  const width = Math.max(size.width - left - margins.r, 1);
  const height = Math.max(size.height - top - margins.b, 1);
  const kx = width / (x1 - x0);
  const ky = height / (y1 - y0);
  return {
    left,
    top,
    width,
    height,
    x: (v) => left + (v - x0) * kx,
    y: (v) => top + (y1 - v) * ky,
    xAt: (px) => x0 + (px - left) / kx,
    yAt: (py) => y1 - (py - top) / ky,
  };
}

/** Whether a pixel lies on the plot. @param {Mapping} m @param {number} px @param {number} py */
export function onPlot(m, px, py) {
  return px >= m.left && px <= m.left + m.width && py >= m.top && py <= m.top + m.height;
}

/** A number without the digits that are below `unit`.
 * @param {number} value @param {number} unit @returns {number} */
export function rounded(value, unit) {
  const digits = Math.floor(Math.log10(unit));
  if (!Number.isFinite(digits) || digits < -15 || digits > 15) return value;
  // Division keeps 0.1 short where multiplication by 10**-1 would not.
  return digits > 0
    ? Math.round(value / 10 ** digits) * 10 ** digits
    : Math.round(value * 10 ** -digits) / 10 ** -digits;
}

/** The window scaled about a point. @param {Window} window
 * @param {number} x @param {number} y @param {number} factor below 1: closer
 * @returns {Window} */
export function zoomed([[x0, x1], [y0, y1]], x, y, factor) {
  return [
    [x + (x0 - x) * factor, x + (x1 - x) * factor],
    [y + (y0 - y) * factor, y + (y1 - y) * factor],
  ];
}

/** The window moved by (dx, dy). @param {Window} window
 * @param {number} dx @param {number} dy @returns {Window} */
export function shifted([[x0, x1], [y0, y1]], dx, dy) {
  return [
    [x0 + dx, x1 + dx],
    [y0 + dy, y1 + dy],
  ];
}

/** A window as it may be shown: short numbers, neither smaller than numbers can tell nor boundless;
 * null where it is not one. @param {Window} window
 * @param {Window} domain the surface's own
 * @returns {Window|null} */
export function tidy(window, domain) {
  const x = tidySide(window[0], domain[0]);
  const y = tidySide(window[1], domain[1]);
  return x && y ? [x, y] : null;
}

/** @param {[number, number]} side @param {[number, number]} own the surface's
 * @returns {[number, number]|null} */
function tidySide([a, b], [low, high]) {
  const own = high - low;
  const span = b - a;
  const known = Math.max(own * 1e-9, Math.max(Math.abs(a), Math.abs(b)) * 1e-11);
  if (!(span > known && span < own * 1e9)) return null;
  return [rounded(a, span / 1e4), rounded(b, span / 1e4)];
}

/** Whether two windows are the same. @param {Window} one @param {Window} other */
export function sameWindow([[a, b], [c, d]], [[e, f], [g, h]]) {
  return a === e && b === f && c === g && d === h;
}

/** Whether a shown path leaves the window. @param {Model} model @returns {boolean} */
export function leavesWindow(model) {
  if (model.predicting) return false;
  const [[x0, x1], [y0, y1]] = model.window;
  for (const run of shownRuns(model)) {
    const { x } = run.path;
    for (let i = 2 * standsAt(run, model.step); i >= 0; i -= 2) {
      if (!(x[i] >= x0 && x[i] <= x1 && x[i + 1] >= y0 && x[i + 1] <= y1)) return true;
    }
  }
  return false;
}

/** The window that holds every shown point, the start and the minima.
 * @param {Model} model @returns {Window} */
export function fittingWindow(model) {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  /** @param {number} x @param {number} y */
  const include = (x, y) => {
    if (!(Math.abs(x) <= FARTHEST && Math.abs(y) <= FARTHEST)) return;
    low[0] = Math.min(low[0], x);
    low[1] = Math.min(low[1], y);
    high[0] = Math.max(high[0], x);
    high[1] = Math.max(high[1], y);
  };
  include(model.scene.start[0], model.scene.start[1]);
  for (const [x, y] of model.known.minima) include(x, y);
  for (const run of shownRuns(model)) {
    const { x } = run.path;
    for (let i = 2 * standsAt(run, model.step); i >= 0; i -= 2) include(x[i], x[i + 1]);
  }
  const own = model.payload.surface.domain;
  return tidy([fitted(low[0], high[0], own[0]), fitted(low[1], high[1], own[1])], own) ?? own;
}

/** A side around what lies from low to high. @param {number} low @param {number} high
 * @param {[number, number]} own the surface's @returns {[number, number]} */
function fitted(low, high, [a, b]) {
  if (!(low <= high)) return [a, b];
  // A path along an axis has no width of its own: some of the surface is shown beside it.
  const span = Math.max(high - low, (b - a) / 10);
  const middle = (low + high) / 2;
  const half = span * (0.5 + MARGIN);
  return [middle - half, middle + half];
}
