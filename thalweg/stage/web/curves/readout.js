/** The values of the curves at a step: a swatch of each run's line, its name, its number. */

import { setText } from "../controls/elements.js";

/** @typedef {import("../model/types.js").LiveRun} LiveRun */

/** @param {HTMLElement} root a list
 * @returns {{rebuild: (runs: LiveRun[]) => void, quiet: (on: boolean) => void,
 *   write: (value: (i: number) => string) => void}} */
export function createReadout(root) {
  /** @type {HTMLElement[]} */
  let values = [];

  /** An entry for each run. @param {LiveRun[]} runs */
  function rebuild(runs) {
    values = [];
    const entries = runs.map(({ info }) => {
      const entry = document.createElement("li");
      const name = document.createElement("span");
      const value = document.createElement("span");
      name.className = "curves-name";
      name.textContent = name.title = info.label;
      value.className = "curves-value";
      entry.append(swatchOf(info), name, value);
      values.push(value);
      return entry;
    });
    root.replaceChildren(...entries);
  }

  /** Write the numbers. @param {(i: number) => string} value of the run that is i-th in the list */
  function write(value) {
    for (let i = 0; i < values.length; i++) {
      const text = value(i);
      setText(values[i], text);
    }
  }

  /** While numbers run, those who listen are left in peace. @param {boolean} on */
  function quiet(on) {
    if (on) root.setAttribute("aria-hidden", "true");
    else root.removeAttribute("aria-hidden");
  }

  return { rebuild, write, quiet };
}

const SVG = "http://www.w3.org/2000/svg";

/** A run's line: its colour and dash. @param {{colour: string, dash: number[]}} info
 * @returns {SVGElement} */
function swatchOf({ colour, dash }) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("width", "22");
  svg.setAttribute("height", "4");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", "M0 2H22");
  line.setAttribute("stroke", colour);
  line.setAttribute("stroke-width", "2");
  line.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(line);
  return svg;
}
