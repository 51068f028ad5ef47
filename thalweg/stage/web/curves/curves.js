/**
 * The curves under the picture: a quantity of every shown run over the steps, or the runs in numbers.
 *
 * Two canvases: the lower is painted when paths change, the upper when the step does.
 */

import { contextOf, fitCanvas, listenSteps } from "../canvas/fit.js";
import { frameOf, stepAtX } from "./frame.js";
import { axisFor, curveTitle, emptinessOf, paintCurves, paintNow } from "./plot.js";
import { styleFor } from "../canvas/marks.js";
import { reachIfLarge, requiredPart, setText } from "../controls/elements.js";
import { createReadout } from "./readout.js";
import { CURVE_NAMES, emptySeries, seriesOf } from "../model/series.js";
import { shownRuns } from "../model/shown-runs.js";
import { createTable } from "./table.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("../model/series.js").Series} Series */

/** So long after the last change the words for those who listen are renewed, in milliseconds. */
const REST = 500;

const BODY = `<div class="curves-bar">
<select data-testid="curve-select"></select>
<label><input type="checkbox" data-testid="curve-log"><span></span></label>
<label><input type="checkbox" data-testid="curve-table"><span></span></label>
<span class="curves-step"></span></div>
<div class="curves-plot"><canvas role="img"></canvas><canvas aria-hidden="true"></canvas>
<p class="curves-note" hidden></p></div>
<ul class="curves-values"></ul>
<div class="table" hidden></div>`;

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createCurves(root, model, actions) {
  root.classList.add("curves");
  root.dataset.testid = "curves";
  root.setAttribute("role", "group");
  root.innerHTML = BODY;
  /** @param {string} selector */
  const part = (selector) => requiredPart(root, selector);
  const [select] = root.querySelectorAll("select");
  const [log, asTable] = root.querySelectorAll("input");
  const [logLabel] = root.querySelectorAll("label");
  const [logText, tableText] = root.querySelectorAll("label > span");
  const plot = part(".curves-plot");
  const [lower, upper] = root.querySelectorAll("canvas");
  const note = part(".curves-note");
  const stepText = part(".curves-step");
  const tablePlace = part(".table");
  const table = createTable(tablePlace, model);
  const valuesPlace = part(".curves-values");
  const readout = createReadout(valuesPlace);
  const lowerCtx = contextOf(lower);
  const upperCtx = contextOf(upper);
  /** By the run's id. @type {Map<string, Series>} */
  const series = new Map();
  let size = { width: 0, height: 0 };
  let key = "";
  /** @type {LiveRun[]} */
  let runs = [];
  /** One for each run. @type {Series[]} */
  let curves = [];
  /** @type {import("../canvas/axis.js").Axis} */
  let axis = { kind: "linear", low: 0, high: 1, unit: 1 };
  /** @type {import("./frame.js").Frame|null} */
  let frame = null;
  let resting = 0;
  let changedAt = 0;

  const name = () => model.scene.view.curve;
  const title = () => curveTitle(name(), model);

  for (const curve of CURVE_NAMES) select.append(new Option("", curve));
  select.onchange = () => actions.setCurve(select.value);
  log.onchange = () => {
    model.logCurves = log.checked;
    draw(EVERYTHING);
  };
  asTable.onchange = () => draw(EVERYTHING);
  /** @param {number} x */
  const stepAt = (x) => (frame && note.hidden ? stepAtX(frame, x) : null);
  const unlisten = listenSteps(upper, stepAt, actions);

  const resized = new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    size = { width: Math.floor(width), height: Math.floor(height) };
    draw(new Set(["size"]));
  });
  resized.observe(plot);

  /** The words and controls. */
  function label() {
    const { words } = model.payload;
    root.setAttribute("aria-label", words.curves);
    if (!lower.ariaLabel) lower.setAttribute("aria-label", words.curves);
    select.setAttribute("aria-label", words.curveQuantity);
    for (const option of select.options) setText(option, curveTitle(option.value, model));
    setText(logText, words.curveLog);
    setText(tableText, words.curveTable);
    if (select.value !== name()) select.value = name();
    log.checked = model.logCurves;
  }

  /** Rebuild what there is a row for, if the runs have changed. */
  function fit() {
    const next = model.runs.map(({ info, scene }) => `${info.label}|${info.colour}|${scene.shown}`);
    const now = next.join("\n");
    runs = shownRuns(model);
    if (now === key) return;
    key = now;
    readout.rebuild(runs);
    table.rebuild();
  }

  /** The curve of a run, computed anew. @param {LiveRun} run */
  const curveOf = (run) => {
    let own = series.get(run.id);
    if (!own) series.set(run.id, (own = emptySeries()));
    return seriesOf(model, run, name(), own);
  };

  function compute() {
    for (const id of series.keys()) {
      if (!model.runs.some((run) => run.id === id)) series.delete(id);
    }
    curves = runs.map(curveOf);
    axis = axisFor(model, runs, curves);
  }

  /** @param {Series} curve @param {number} step */
  const valueAt = (curve, step) => {
    if (step >= curve.count) return "–";
    const { values, second } = curve;
    const one = number(values[step]);
    return second ? `${one}, ${number(second[step])}` : one;
  };

  /** @param {Stale} stale */
  function draw(stale) {
    const all = CHANGES.some((what) => stale.has(what));
    if (!all && !stale.has("step") && !stale.has("hover")) return;
    if (all) {
      label();
      fit();
    }
    const hidden = model.predicting;
    const inNumbers = asTable.checked && !hidden;
    if (all) {
      tablePlace.hidden = !inNumbers;
      plot.hidden = inNumbers;
      valuesPlace.hidden = asTable.checked || hidden;
      logLabel.hidden = inNumbers;
      compute();
    }
    const { words } = model.payload;
    const { hover } = model;
    setText(stepText, hover === null ? "" : fill(words.curveStep, { step: hover }));
    if (inNumbers) {
      table.write(title(), (run) => valueAt(series.get(run.id) ?? curveOf(run), model.step));
      return;
    }
    const missing = hidden ? words.curveHidden : emptinessOf(runs, curves, words);
    note.hidden = !missing;
    setText(note, missing);
    if (stale.has("size")) reachIfLarge(valuesPlace);
    if (size.width > 40 && size.height > 40) paint(all, missing !== "");
    readout.write((i) => valueAt(curves[i], model.hover ?? model.step));
    rest();
  }

  /** @param {boolean} all also what does not change with the step @param {boolean} empty no curves */
  function paint(all, empty) {
    if (all) {
      fitCanvas(lowerCtx, size);
      fitCanvas(upperCtx, size);
      frame = frameOf(lowerCtx, size.width, size.height, axis, model);
      if (empty) lowerCtx.clearRect(0, 0, size.width, size.height);
      else paintCurves(lowerCtx, frame, axis, runs, curves, model);
    }
    if (empty || !frame) upperCtx.clearRect(0, 0, size.width, size.height);
    else paintNow(upperCtx, frame, axis, runs, curves, model, styleFor(upperCtx, model));
  }

  /** Renew the words for those who listen once nothing has changed for a while. */
  function rest() {
    changedAt = performance.now();
    if (resting) return;
    readout.quiet(true);
    resting = setTimeout(rested, REST);
  }

  function rested() {
    const left = changedAt + REST - performance.now();
    if (left > 0 || model.dragging || model.playing) {
      resting = setTimeout(rested, Math.max(left, 100));
      return;
    }
    resting = 0;
    readout.quiet(false);
    lower.setAttribute("aria-label", described());
  }

  function described() {
    const { words } = model.payload;
    if (!note.hidden) return note.textContent ?? "";
    const { step, scene } = model;
    const values = runs.map((run, i) => `${run.info.label} ${valueAt(curves[i], step)}`).join("; ");
    return fill(words.curveAlt, { what: title(), steps: scene.steps, step, values });
  }

  return {
    draw,
    destroy() {
      clearTimeout(resting);
      resized.disconnect();
      unlisten();
      root.replaceChildren();
    },
  };
}

/** What makes the curves themselves stale. @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["scene", "labels", "view", "paths", "surface", "theme", "size", "mode"];
const EVERYTHING = new Set(CHANGES);
