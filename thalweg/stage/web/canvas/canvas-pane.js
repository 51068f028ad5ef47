/** A canvas that fills its place, with a sentence in its stead where there is nothing to draw. */

import { contextOf, fitCanvas } from "./fit.js";
import { elementOf, setText } from "../controls/elements.js";

/** @typedef {import("../model/types.js").Stale} Stale */

/** What changes a run's steps, or how they are drawn. @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["scene", "labels", "view", "paths", "surface", "numbers", "theme", "size"];

/** Whether what is drawn of all steps is stale. @param {Stale} stale @returns {boolean} */
export const touchesPath = (stale) => CHANGES.some((part) => stale.has(part));

/** Whether what is drawn of one step is stale. @param {Stale} stale @returns {boolean} */
export const touchesStep = (stale) => stale.has("step") || touchesPath(stale);

/** @typedef {Object} CanvasPane
 * @property {HTMLElement} place @property {HTMLCanvasElement} canvas
 * @property {CanvasRenderingContext2D} ctx @property {number} width @property {number} height
 * @property {() => boolean} clear to its size now; whether there is room to draw
 * @property {(text: string) => void} note instead of the picture; "" shows it
 * @property {() => void} destroy */

/** @param {string} name of the place's class @param {(stale: Stale) => void} redraw called
 * when its size has changed @returns {CanvasPane} */
export function createCanvasPane(name, redraw) {
  const canvas = elementOf("canvas", { role: "img" });
  const sentence = elementOf("p", { class: "lens-note", hidden: true });
  const place = elementOf("div", { class: `lens-pane ${name}` }, canvas, sentence);
  const ctx = contextOf(canvas);
  const resized = new ResizeObserver(([entry]) => {
    pane.width = Math.floor(entry.contentRect.width);
    pane.height = Math.floor(entry.contentRect.height);
    redraw(new Set(["size"]));
  });
  resized.observe(place);
  /** @type {CanvasPane} */
  const pane = {
    place,
    canvas,
    ctx,
    width: 0,
    height: 0,
    clear() {
      if (pane.width < 40 || pane.height < 40) return false;
      fitCanvas(ctx, pane);
      ctx.clearRect(0, 0, pane.width, pane.height);
      return true;
    },
    note(text) {
      canvas.style.visibility = text ? "hidden" : "";
      sentence.hidden = !text;
      setText(sentence, text);
    },
    destroy: () => resized.disconnect(),
  };
  return pane;
}

/** The head of a view: its name, and where its parts come. @param {HTMLElement} root
 * @param {string} name its class and test id @param {...Node} parts @returns {HTMLElement} the name */
export function beginView(root, name, ...parts) {
  root.classList.add("lens-view", name);
  root.dataset.testid = name;
  root.setAttribute("role", "group");
  const title = elementOf("h2", { class: "lens-title" });
  root.replaceChildren(title, ...parts);
  return title;
}
