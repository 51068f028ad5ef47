/** How long the steps are, in units of the rate, beside what theory says on a constant gradient. */

import { listenSteps } from "../canvas/fit.js";
import { frameOf, paintAxes, stepAtX, xOfStep } from "../curves/frame.js";
import { traceCurve } from "../curves/plot.js";
import { setAttribute, setText } from "../controls/elements.js";
import { beginView, createCanvasPane, touchesStep } from "../canvas/canvas-pane.js";
import { shownRuns } from "../model/shown-runs.js";
import { Polyline, strokeLine } from "../canvas/stroke.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions */

/** Longer steps leave the plot at the top. */
const LONGEST = 8;
const DOTS = [2, 5];

const line = new Polyline();
const one = new Float64Array(1);
const clock = new Float64Array(1);

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createStepSize(root, model, actions) {
  const pane = createCanvasPane("lens-stepsize-plot", draw);
  const title = beginView(root, "lens-stepsize", pane.place);
  let frame = null;
  const unlisten = listenSteps(pane.canvas, (x) => (frame ? stepAtX(frame, x) : null), actions);

  function draw(stale) {
    if (!touchesStep(stale)) return;
    const { words } = model.payload;
    const runs = shownRuns(model).filter((run) => run.lengthKernel);
    root.hidden = runs.length === 0;
    if (root.hidden) return;
    if (pane.clear() && !model.predicting) frame = paint(pane, model, runs);
    setText(title, words.stepSizeTitle);
    setAttribute(pane.canvas, "aria-label", words.stepSizeAlt);
    pane.note(model.predicting ? words.curveHidden : "");
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

/** The longer coordinate of every step over its rate; NaN at 0. @param {LiveRun} run */
function measured({ path: { x, rows, width, count }, info }) {
  const lengths = new Float64Array(count).fill(NaN);
  const [lr] = info.row.lr;
  for (let t = 1; t < count; t++) {
    const dx = Math.abs(x[2 * t] - x[2 * t - 2]);
    const dy = Math.abs(x[2 * t + 1] - x[2 * t - 1]);
    lengths[t] = Math.max(dx, dy) / rows[(t - 1) * width + lr];
  }
  return lengths;
}

/** What theory says of every step. @param {LiveRun} run */
function predicted({ path: { count }, lengthKernel, numbers }) {
  const lengths = new Float64Array(count).fill(NaN);
  for (let t = 1; t < count; t++) {
    clock[0] = t;
    lengthKernel.length(numbers, 0, clock, 0, one, 0);
    lengths[t] = one[0];
  }
  return lengths;
}

function paint({ ctx, width, height }, model, runs) {
  const { ground, lecture, payload, step } = model;
  const scale = lecture ? 2 : 1;
  const curves = runs.flatMap((run) => [
    { of: measured(run), colour: run.info.colour, thick: 2, dash: run.info.dash },
    { of: predicted(run), colour: ground.ink, thick: 1.5, dash: DOTS },
  ]);
  let high = 1.2;
  for (const { of } of curves) for (const v of of) if (v > high) high = v;
  const top = 1.05 * Math.min(high, LONGEST);
  const axis = { kind: /** @type {const} */ ("linear"), low: 0, high: top, unit: 1 };
  const frame = frameOf(ctx, width, height, axis, model);
  paintAxes(ctx, frame, axis, ground, payload.words);
  ctx.save();
  ctx.beginPath();
  ctx.rect(frame.left, frame.top - 3, frame.right - frame.left + 2, frame.bottom - frame.top + 3);
  ctx.clip();
  const at = Math.round(xOfStep(frame, step)) - 0.5;
  ctx.beginPath();
  ctx.moveTo(at, frame.top);
  ctx.lineTo(at, frame.bottom);
  ctx.lineWidth = scale;
  ctx.strokeStyle = ground.faint;
  ctx.stroke();
  for (const { of, colour, thick, dash } of curves) {
    line.clear();
    traceCurve(line, of, of.length, axis, frame);
    ctx.strokeStyle = colour;
    ctx.lineWidth = thick * scale;
    strokeLine(ctx, line, dash.map((part) => part * scale));
  }
  ctx.restore();
  return frame;
}
