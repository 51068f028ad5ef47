/** Drawn signs: those of the buttons of time, and a sample of a run's line. */

import { setAttribute } from "./elements.js";

const SVG_SPACE = "http://www.w3.org/2000/svg";

const SHAPES = {
  play: "M4 2 14 8 4 14Z",
  pause: "M3 2H6.5V14H3ZM9.5 2H13V14H9.5Z",
  back: "M12 2V14L4 8Z",
  forward: "M4 2V14L12 8Z",
  first: "M13 2V14L6 8ZM3 2H5V14H3Z",
  last: "M3 2V14L10 8ZM11 2H13V14H11Z",
};

/** @typedef {keyof typeof SHAPES} Shape */

/** A shape for a button; the button has the words. @param {Shape} name */
export function shapeOf(name) {
  const svg = document.createElementNS(SVG_SPACE, "svg");
  const fixed = { class: "shape", viewBox: "0 0 16 16", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(fixed)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG_SPACE, "path");
  svg.append(path);
  path.setAttribute("d", SHAPES[name]);
  /** @param {Shape} other */
  const show = (other) => setAttribute(path, "d", SHAPES[other]);
  return { element: svg, show };
}

/** A sample of a run's line: its colour and its dash. */
export function createSample() {
  const svg = document.createElementNS(SVG_SPACE, "svg");
  const line = document.createElementNS(SVG_SPACE, "line");
  const fixed = { class: "sample", viewBox: "0 0 28 12", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(fixed)) svg.setAttribute(key, value);
  for (const [key, value] of Object.entries({ x1: 0, x2: 28, y1: 6, y2: 6 })) {
    line.setAttribute(key, String(value));
  }
  svg.append(line);
  /** @param {string} colour @param {number[]} dash */
  const draw = (colour, dash) => {
    setAttribute(line, "stroke", colour);
    setAttribute(line, "stroke-dasharray", dash.length ? dash.join(" ") : "none");
  };
  return { element: svg, draw };
}
