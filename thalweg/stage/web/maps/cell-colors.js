/** The cells of a stability map in colours: by what is measured, what grows, theory's border. */

import { colourAt, contourPieces, imageOf, rampOf, rgbOf } from "./map-paint.js";
import { elementOf } from "../controls/elements.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Messages} Messages
 * @typedef {import("./types.js").StabilityMap} StabilityMap
 * @typedef {import("./types.js").Rgb} Rgb
 * @typedef {{low: number, high: number, of: (k: number) => number}} ColourScale its ends, and how dark
 *   the cell k is, 0 … 1 */

export const GROWING = 1;
export const NOT_FINITE = 2;
/** Powers of ten below the highest that still have a colour of their own. */
const DEEPEST = 16;
/** Slow ways would all look alike without a bend. */
const BEND = 0.75;
/** What is above this share of all heights is as pale as can be. */
const TOP = 0.98;

/** The colour scale of each thing that is measured.
 * @type {Record<string, (map: StabilityMap, steps: number) => ColourScale>} */
const SCALES = {
  loss({ heights, verdict }) {
    const fine = heights.filter((v, k) => !verdict[k] && v < Infinity).sort();
    let [low, high] = fine.length ? [fine[0], fine[Math.floor(TOP * (fine.length - 1))]] : [-1, 0];
    if (high === -Infinity) [low, high] = [-1, 0];
    low = Math.max(low, high - DEEPEST);
    if (high - low < 0.1) low = high - 0.1;
    return { low, high, of: (k) => (high - Math.max(heights[k], low)) / (high - low) };
  },
  settled({ settled }, steps) {
    /** @param {number} k */
    const of = (k) => (settled[k] < 0 ? 0 : 1 - (0.95 * settled[k]) / Math.max(steps, 1));
    return { low: 0, high: steps, of };
  },
  growth: () => ({ low: 0, high: 1, of: () => 0 }),
};

/** The ends of the scale in words; null: none is shown.
 * @type {Record<string, (scale: ColourScale, words: Messages) => [string, string]|null>} */
const SCALE_ENDS = {
  loss: ({ low, high }) => [`10${raised(high)}`, `10${raised(low)}`],
  settled: ({ low, high }, words) => [fill(words.mapSteps, { steps: number(high) }), number(low)],
  growth: () => null,
};

/** @param {number} power */
const raised = (power) =>
  [...String(Math.round(power))].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");

export class CellColors {
  constructor() {
    /** One pixel a cell. */
    this.cells = document.createElement("canvas");
    this.masks = [document.createElement("canvas"), document.createElement("canvas")];
    /** Theory's border, as pieces of a line: see `contourPieces`. @type {number[]} */
    this.border = [];
    /** @type {ColourScale|null} */
    this.scale = null;
    /** @type {Rgb[]} */
    this.ramp = [];
    this.painted = "";
  }

  /** Colour the cells of a map. @param {StabilityMap & {serial: number}} map @param {string} measure
   * @param {Model} model @returns {boolean} whether they are others than before */
  update(map, measure, { dark, scene, ground }) {
    const now = JSON.stringify([map.serial, dark, measure, scene.steps]);
    if (now === this.painted) return false;
    this.painted = now;
    const [nx, ny] = [map.x.length, map.y.length];
    const ramp = rampOf(ground);
    const scale = SCALES[measure](map, scene.steps);
    const [alarm, paper] = [rgbOf(ground.alarm), rgbOf(ground.paper)];
    const tints = [0.82, 0.6].map((share) => alarm.map((v, c) => v + (paper[c] - v) * share));
    imageOf(nx, ny, (k) => {
      if (map.verdict[k]) return tints[map.verdict[k] - 1];
      return colourAt(ramp, Math.max(scale.of(k), 0) ** BEND);
    }, this.cells);
    [GROWING, NOT_FINITE].forEach((kind, i) => {
      imageOf(nx, ny, (k) => (map.verdict[k] === kind ? [0, 0, 0] : null), this.masks[i]);
    });
    this.border = map.margins ? contourPieces(map.margins, nx, ny, 0) : [];
    this.scale = scale;
    this.ramp = ramp;
    return true;
  }

  /** What the colours mean. @param {StabilityMap} map @param {string} measure
   * @param {Messages} words @returns {Node[]} */
  legend(map, measure, words) {
    const parts = [];
    const ends = this.scale && SCALE_ENDS[measure](this.scale, words);
    if (ends) {
      /** @param {number} share */
      const css = (share) => `rgb(${colourAt(this.ramp, share ** BEND).map(Math.round).join(",")})`;
      const stops = [0, 0.25, 0.5, 0.75, 1].map(css);
      const style = `background:linear-gradient(90deg,${stops.join(",")})`;
      parts.push(elementOf("span", { class: "map-scale" },
        elementOf("span", {}, `${words[`measure.${measure}`]}  ${ends[0]}`),
        elementOf("i", { style, "data-colours": stops.join(";") }),
        elementOf("span", {}, ends[1])));
    }
    if (measure === "settled") parts.push(legendEntry("", words.mapNotSettled));
    if (map.verdict.includes(GROWING)) parts.push(legendEntry("growing", words.mapGrowing));
    if (map.verdict.includes(NOT_FINITE)) parts.push(legendEntry("not-finite", words.mapNotFinite));
    if (this.border.length) parts.push(legendEntry("border", words.mapBorder));
    return parts;
  }
}

/** A swatch of the legend with its word. @param {string} name of its class @param {string} word
 * @param {string} [colour] @returns {HTMLElement} */
export function legendEntry(name, word, colour = "") {
  const style = colour ? `background:${colour}` : null;
  return elementOf("span", { class: "map-key" },
    elementOf("i", { class: `map-swatch ${name}`, style }), word);
}
