/** What a pointer over a map is told: the run of that cell, computed here, with its loss as a small line. */

import { contextOf, fitCanvas } from "../canvas/fit.js";
import { elementOf, setText } from "../controls/elements.js";
import { Path, compute, surfaceOf } from "../model/run.js";
import { runNumbers, surfaceNumbers } from "../model/scene.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Scene} Scene
 * @typedef {import("../model/types.js").Ground} Ground
 * @typedef {{path: Path, colour: string, dash: number[]}} LossLine of one run */

const [WIDTH, HEIGHT] = [208, 56];
/** Powers of ten below the highest that a small line shows. */
const DEEPEST = 20;

/** Runs of other numbers than the Scene's, without touching it. */
export class CellRunner {
  constructor() {
    /** @type {Map<string, Path>} by the run's id, written anew */
    this.paths = new Map();
  }

  /** Compute a run with other numbers. @param {Model} model @param {LiveRun} run @param {Scene} scene
   * like the model's, with other numbers @returns {Path|null} null where it does not end */
  path(model, run, scene) {
    const { info, kernel } = run;
    const { names, kernel: text } = model.payload.surface;
    const entry = scene.runs.find(({ id }) => id === run.id);
    if (!entry) return null;
    const own = new Float64Array(Math.max(names.length, 1));
    surfaceNumbers(scene, names, own);
    const surface = surfaceOf(model.modules[text], own);
    const numbers = new Float64Array(info.names.length);
    runNumbers(scene, entry, info.names, numbers);
    const runner = { rule: kernel, numbers, carry: info.carry, width: info.width };
    let path = this.paths.get(run.id);
    if (!path || path.steps !== scene.steps || path.width !== info.width) {
      path = new Path(scene.steps, info.width);
      this.paths.set(run.id, path);
    }
    try {
      compute(surface, runner, scene.start, scene.steps, model.z, model.growth, path);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
    return path;
  }
}

/** @param {HTMLElement} place that it floats in */
export function createHint(place) {
  const title = elementOf("p", { class: "map-hint-title" });
  const text = elementOf("p", { class: "map-hint-text" });
  const canvas = elementOf("canvas", { "aria-hidden": "true" });
  const element = elementOf("div", { class: "map-hint", hidden: true, "data-testid": "map-hint" },
    title, canvas, text);
  const ctx = contextOf(canvas);
  place.append(element);
  return {
    element,
    hide() {
      element.hidden = true;
    },
    /** @param {number} px @param {number} py @param {string} name @param {string} said
     * @param {LossLine[]} lines @param {number|null} floor f_min
     * @param {Ground} ground */
    show(px, py, name, said, lines, floor, ground) {
      element.hidden = false;
      setText(title, name);
      setText(text, said);
      canvas.style.width = `${WIDTH}px`;
      canvas.style.height = `${HEIGHT}px`;
      fitCanvas(ctx, { width: WIDTH, height: HEIGHT });
      ctx.clearRect(0, 0, WIDTH, HEIGHT);
      drawLines(ctx, lines, floor, ground);
      const { clientWidth, clientHeight } = place;
      const { offsetWidth, offsetHeight } = element;
      const left = px + 16 + offsetWidth > clientWidth ? px - 16 - offsetWidth : px + 16;
      const top = Math.min(Math.max(py - offsetHeight / 2, 0), clientHeight - offsetHeight);
      element.style.transform = `translate(${Math.max(left, 0)}px, ${Math.max(top, 0)}px)`;
    },
  };
}

/** Losses above the lowest, by powers of ten. @param {CanvasRenderingContext2D} ctx
 * @param {LossLine[]} lines @param {number|null} floor f_min @param {Ground} ground */
function drawLines(ctx, lines, floor, { faint }) {
  const base = floor ?? Math.min(...lines.map(({ path }) => least(path)));
  const logs = lines.map(({ path }) =>
    Float64Array.from(path.f.subarray(0, path.count), (v) => Math.log10(Math.max(v - base, 0))));
  let [low, high] = [Infinity, -Infinity];
  for (const log of logs) {
    for (const v of log) {
      if (v > high) high = v;
      if (v < low) low = v;
    }
  }
  if (!(high > -Infinity)) return;
  low = Math.max(low, high - DEEPEST);
  if (high - low < 1e-3) [low, high] = [low - 0.5, high + 0.5];
  const most = Math.max(...lines.map(({ path }) => path.steps), 1);
  /** @param {number} t */
  const x = (t) => 1 + ((WIDTH - 2) * t) / most;
  /** @param {number} v */
  const y = (v) => 3 + ((HEIGHT - 6) * (high - Math.max(v, low))) / (high - low);
  ctx.lineWidth = 1;
  ctx.strokeStyle = faint;
  ctx.globalAlpha = 0.5;
  ctx.beginPath();
  ctx.moveTo(0, HEIGHT - 0.5);
  ctx.lineTo(WIDTH, HEIGHT - 0.5);
  ctx.stroke();
  ctx.globalAlpha = 1;
  logs.forEach((log, i) => {
    ctx.beginPath();
    log.forEach((v, t) => ctx.lineTo(x(t), y(v)));
    ctx.lineWidth = 1.75;
    ctx.strokeStyle = lines[i].colour;
    ctx.setLineDash(lines[i].dash);
    ctx.stroke();
    ctx.setLineDash([]);
  });
}

/** The lowest loss of a path. @param {Path} path */
function least({ f, count }) {
  let low = Infinity;
  for (let t = 0; t < count; t++) if (f[t] < low) low = f[t];
  return low;
}
