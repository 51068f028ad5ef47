/** The sharpness gauge: lr·λmax against the limit of what is stable, now and over all steps. */

import { listenSteps } from "../canvas/fit.js";
import { frameOf, paintAxes, stepAtX, xOfStep, yOfValue } from "../curves/frame.js";
import { traceCurve } from "../curves/plot.js";
import { emptyStepDetail, fillStepDetail, inspectedRun } from "../model/step-detail.js";
import { elementOf, setAttribute, setText } from "../controls/elements.js";
import { beginView, createCanvasPane, touchesStep, touchesPath } from "../canvas/canvas-pane.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions */

/** More points than this are not computed in a frame. */
const MOST = 600;
/** The bar is this many limits long, the curve's axis at most. */
const LONG = 1.5;
const HIGH = 3;

const line = new Polyline();
const hessian = new Float64Array(4);
const scaled = new Float64Array(2);
const one = new Float64Array(1);
let terms = new Float64Array(16);

/** @typedef {{values: Float64Array, limits: Float64Array, count: number, every: number}} Sharpness
 *   at steps 0, every, 2·every …; NaN at 0, where no step has been made */

/** @returns {Sharpness} */
export const emptySharpness = () => ({
  values: new Float64Array(MOST + 2),
  limits: new Float64Array(MOST + 2),
  count: 0,
  every: 1,
});

/** lr·λmax of every step of a run that theory knows, and its limit: see `fillStepDetail` of step-detail.js.
 * @param {Model} model @param {LiveRun} run @param {Sharpness} into @returns {Sharpness} */
export function sharpnessCurve({ surface, scene }, run, into) {
  const { path, info, numbers, theoryKernel } = run;
  const parts = Object.keys(info.row).filter((name) => name.startsWith("terms.")).sort();
  const places = parts.flatMap((name) => {
    const [first, size] = info.row[name];
    return Array.from({ length: size }, (_, k) => first + k);
  });
  if (terms.length < places.length) terms = new Float64Array(2 * places.length);
  const lr = info.names.indexOf("lr");
  const own = numbers[lr];
  const every = Math.max(1, Math.ceil(scene.steps / MOST));
  into.every = every;
  into.count = Math.floor(Math.max(path.count - 1, 0) / every) + 1;
  into.values[0] = into.limits[0] = NaN;
  for (let j = 1; j < into.count; j++) {
    const t = j * every - 1;
    const row = t * path.width;
    for (let k = 0; k < places.length; k++) terms[k] = path.rows[row + places[k]];
    surface.hess(path.x[2 * t], path.x[2 * t + 1], hessian);
    numbers[lr] = path.rows[row + info.row.lr[0]]; // as the schedule had it in this step
    theoryKernel.sharpness(numbers, 0, terms, 0, hessian, 0, scaled, 0);
    theoryKernel.limit(numbers, 0, one, 0);
    into.values[j] = scaled[1];
    into.limits[j] = one[0];
  }
  numbers[lr] = own;
  return into;
}

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createGauge(root, model, actions) {
  const lens = emptyStepDetail();
  const sharpness = emptySharpness();
  const pane = createCanvasPane("lens-gauge-plot", draw);
  const now = elementOf("i", { class: "lens-gauge-now", "aria-hidden": "true", hidden: true });
  const dot = elementOf("i", { class: "lens-gauge-dot", "aria-hidden": "true", hidden: true });
  pane.place.append(now, dot);
  const text = elementOf("span");
  const beyond = elementOf("strong", { class: "lens-beyond", hidden: true });
  const within = elementOf("i", { class: "lens-bar-fill" });
  const over = elementOf("i", { class: "lens-bar-over" });
  const tick = elementOf("i", { class: "lens-bar-limit" });
  const bar = elementOf("div", { class: "lens-bar", "aria-hidden": "true" }, within, over, tick);
  const said = elementOf("p", { class: "lens-gauge-text" }, text, beyond);
  const none = elementOf("p", { class: "lens-hint", hidden: true });
  const title = beginView(root, "lens-gauge", said, bar, pane.place, none);
  let [frame, axis, seen] = [null, null, null];
  const stepAt = (x) => (frame && seen ? stepAtX(frame, x) : null);
  const unlisten = listenSteps(pane.canvas, stepAt, actions);

  function draw(stale) {
    if (!touchesStep(stale)) return;
    const { words, surface } = model.payload;
    const run = inspectedRun(model);
    const theory = run?.theoryKernel ? "" : words.gaugeNoTheory;
    const missing = run ? surface.notSmooth || theory : words.curveNoRuns;
    if (!missing) fillStepDetail(model, run, model.step, lens);
    const hidden = missing || model.predicting;
    if (touchesPath(stale) || seen !== (hidden ? null : run)) paintAll(hidden ? null : run, stale);
    write(missing, hidden, run, words);
  }

  function paintAll(run, stale) {
    const known = seen === run && !stale.has("paths") && !stale.has("scene");
    seen = run;
    frame = null;
    if (run && !known) sharpnessCurve(model, run, sharpness);
    if (!pane.clear() || !run) return;
    axis = rangeOf(sharpness);
    frame = frameOf(pane.ctx, pane.width, pane.height, axis, model);
    paint(pane.ctx, frame, axis, sharpness, run, model);
  }

  function write(missing, hidden, run, words) {
    const [value, limit] = missing ? [NaN, NaN] : [lens.scaled[1], lens.limit];
    const share = Math.max(0, Math.min(value / (LONG * limit), 1)) || 0;
    setText(title, words.gaugeTitle);
    setAttribute(root, "aria-label", words.gaugeTitle);
    pane.note(hidden ? words.curveHidden : "");
    said.hidden = bar.hidden = pane.place.hidden = missing !== "";
    none.hidden = missing === "";
    setText(none, missing);
    const shown = frame && !hidden && !Number.isNaN(value);
    now.hidden = dot.hidden = !shown;
    if (shown) place(value, run);
    within.style.background = run?.info.colour ?? "";
    within.style.transform = `scaleX(${Math.min(share * LONG, 1)})`;
    over.style.transform = `scaleX(${Math.max(0, share * LONG - 1) / (LONG - 1)})`;
    const level = { value: number(value), limit: number(limit) };
    const sentence = Number.isNaN(value)
      ? words.sectionNoStep
      : fill(words.gaugeNow, level) + (run?.info.adaptive ? words.gaugeScaled : "");
    setText(text, sentence);
    beyond.hidden = !(value > limit);
    setText(beyond, words.gaugeBeyond);
    if (model.dragging || model.playing) return; // numbers that run are no use to those who listen
    setAttribute(pane.canvas, "aria-label", fill(words.gaugeAlt, level));
  }

  /** The step that is shown, as elements: while it plays, the curve need not be painted again. */
  function place(value, run) {
    const x = xOfStep(frame, lens.step);
    const y = Math.max(frame.top, Math.min(yOfValue(frame, axis, value), frame.bottom));
    now.style.transform = `translateX(${Math.round(x) - 1}px)`;
    now.style.top = `${frame.top - 4}px`;
    now.style.height = `${frame.bottom - frame.top + 4}px`;
    dot.style.transform = `translate(${x}px, ${y}px)`;
    dot.style.background = run.info.colour;
  }

  return {
    draw,
    destroy() {
      unlisten();
      pane.destroy();
      root.replaceChildren();
    },
  };
}

/** From the least to the largest, the limit in sight; a few large values do not squeeze the rest. */
function rangeOf({ values, limits, count }) {
  let [low, high, limit] = [0, 0, 0];
  for (let j = 1; j < count; j++) {
    if (values[j] > high) high = values[j];
    if (values[j] < low) low = values[j];
    if (limits[j] > limit) limit = limits[j];
  }
  const unit = limit || 1;
  const top = Math.max(1.2 * unit, Math.min(1.05 * high, HIGH * unit));
  const bottom = Math.max(1.05 * low, -HIGH * unit);
  return { kind: /** @type {const} */ ("linear"), low: bottom, high: top, unit: 1 };
}

function paint(ctx, frame, axis, { values, limits, count, every }, run, model) {
  const { left, top, right, bottom } = frame;
  const { ground, lecture, payload } = model;
  const scale = lecture ? 2 : 1;
  paintAxes(ctx, frame, axis, ground, payload.words);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top - 3, right - left + 2, bottom - top + 3);
  ctx.clip();
  const inSamples = { ...frame, steps: frame.steps / every };
  const dash = run.info.dash.map((part) => part * scale);
  const lines = [[values, run.info.colour, 2, dash], [limits, ground.alarm, 1, []]];
  for (const [of, colour, thickness, dashed] of lines) {
    line.clear();
    traceCurve(line, of, count, axis, inSamples);
    ctx.strokeStyle = colour;
    ctx.lineWidth = thickness * scale;
    strokeLine(ctx, line, dashed);
  }
  ctx.restore();
  const y = yOfValue(frame, axis, limits[count - 1]);
  const above = y > top + 1.2 * frame.size;
  ctx.textAlign = "right";
  ctx.textBaseline = above ? "bottom" : "top";
  ctx.fillStyle = ground.faint;
  if (y < bottom) ctx.fillText(payload.words.gaugeLimit, right, above ? y - 2 : y + 4);
}
