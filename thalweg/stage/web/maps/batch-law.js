/** How far noise keeps a run from rest, by the size of the batch: measured along both directions of
 * the minimum, and as theory has it. */

import { SHALLOW, STEEP, factorOf, heightsOf, nearestSize, ratioSide } from "./batch-numbers.js";
import { chartIn, chartType, notchesOn, paintChart } from "./chart.js";
import { clipTo } from "./map-paint.js";
import { xOn, yOn } from "./map-axes.js";
import { createKnob } from "../controls/knobs.js";
import { elementOf, setAttribute, setText } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("./types.js").BatchLaw} BatchLaw @typedef {import("./types.js").Plot} Plot */

const MOST_BATCH = 1024;
const NOTCHES = [1, 4, 16, 64, 256, 1024].map((value) => ({ value, text: String(value) }));
/** By direction: SHALLOW, STEEP. */
const DASHES = [[6, 4], []];
/** @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["map", "size", "theme", "scene", "mode"];

/** @param {Model} model @param {Actions} actions */
export function createBatchLaw(model, actions) {
  const { words } = model.payload;
  const knob = createKnob({
    name: "batch", symbol: "<math><mi>B</mi></math>", text: words.batch, about: words.batchLong,
    low: 1, high: MOST_BATCH, home: 1, spacing: "log", whole: true, unit: "",
  }, {
    owner: "noise", words, get: () => model.scene.noise.batch,
    set: (value, phase) => actions.setNumber("noise", "batch", value, phase),
  });
  const title = elementOf("h2", { class: "map-part-title" }, words.mapCloudLaw);
  const pane = createCanvasPane("map-law-pane", () => draw(new Set(["size"])));
  pane.canvas.dataset.testid = "map-law";
  const legend = elementOf("div", { class: "map-legend" });
  const sentence = elementOf("p", { class: "map-says", "data-testid": "map-law-says" });
  const element = elementOf("div", { class: "map-part" },
    title, elementOf("div", { class: "map-knob" }, knob.element), pane.place, legend);
  /** @type {BatchLaw|null} */
  let law = null;
  /** That the map is of. @type {LiveRun|null} */
  let run = null;

  /** @param {Stale} stale */
  function draw(stale) {
    knob.draw();
    if (!run) return;
    const whole = CHANGES.some((part) => stale.has(part));
    if (stale.has("map") || stale.has("theme")) writeLegend(run);
    if (whole || stale.has("numbers")) {
      if (pane.clear() && law) paint(law, run);
      writeSentence(run);
    }
  }

  /** @param {BatchLaw} law @param {LiveRun} run */
  function paint(law, run) {
    const { ctx } = pane;
    const scale = model.lecture ? 2 : 1;
    const plot = chartIn(pane, ratioSide(0.8, 1400), heightsOf(law), model.lecture);
    const most = Math.max(2, Math.floor(plot.height / (2.2 * chartType(model.lecture))));
    paintChart(ctx, plot, model, NOTCHES, notchesOn(plot.y, most, true), "B");
    ctx.save();
    clipTo(ctx, { ...plot, left: plot.left, top: plot.top - 6, height: plot.height + 6 });
    paintNow(ctx, plot, scale);
    paintTheory(ctx, plot, law, scale);
    for (const along of [SHALLOW, STEEP]) paintMeasured(ctx, plot, law, along, run.info.colour, scale);
    ctx.restore();
    paintNames(ctx, plot, law, scale);
  }

  /** The batch of now. @param {CanvasRenderingContext2D} ctx @param {Plot} plot @param {number} scale */
  function paintNow(ctx, plot, scale) {
    const x = Math.round(xOn(plot, model.scene.noise.batch)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, plot.top);
    ctx.lineTo(x, plot.top + plot.height);
    ctx.strokeStyle = model.ground.accent;
    ctx.lineWidth = scale;
    ctx.stroke();
  }

  /** What theory has; where it has nothing, what 1/B would be from the first point on.
   * @param {CanvasRenderingContext2D} ctx @param {Plot} plot @param {BatchLaw} law @param {number} scale */
  function paintTheory(ctx, plot, { sizes, variance, theory }, scale) {
    const { ground } = model;
    for (const along of [SHALLOW, STEEP]) {
      const first = variance[0][along] ?? NaN;
      ctx.beginPath();
      sizes.forEach((size, i) => {
        const v = theory ? theory[i][along] : (first * sizes[0]) / size;
        ctx.lineTo(xOn(plot, size), yOn(plot, v));
      });
      ctx.lineWidth = (theory ? 1.5 : 1) * scale;
      ctx.strokeStyle = theory ? ground.ink : ground.faint;
      ctx.setLineDash((theory ? DASHES[along] : [1.5, 4]).map((part) => part * scale));
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }

  /** What was measured, with its standard errors. @param {CanvasRenderingContext2D} ctx @param {Plot} plot
   * @param {BatchLaw} law @param {number} along which direction @param {string} colour
   * @param {number} scale */
  function paintMeasured(ctx, plot, { sizes, variance, error }, along, colour, scale) {
    const { paper } = model.ground;
    const r = 2 + 1.5 * scale;
    sizes.forEach((size, i) => {
      const [v, e] = [variance[i][along] ?? NaN, error[i][along] ?? 0];
      if (!(v > 0)) return;
      const [x, y] = [xOn(plot, size), yOn(plot, v)];
      ctx.strokeStyle = colour;
      ctx.lineWidth = 1.5 * scale;
      ctx.beginPath();
      for (const end of [v + e, Math.max(v - e, v / 1e3)]) {
        ctx.moveTo(x - r, yOn(plot, end));
        ctx.lineTo(x + r, yOn(plot, end));
      }
      ctx.moveTo(x, yOn(plot, v + e));
      ctx.lineTo(x, yOn(plot, Math.max(v - e, v / 1e3)));
      ctx.stroke();
      ctx.beginPath();
      if (along === STEEP) ctx.arc(x, y, r, 0, 2 * Math.PI);
      else ctx.rect(x - r, y - r, 2 * r, 2 * r);
      ctx.fillStyle = along === STEEP ? colour : paper;
      ctx.fill();
      ctx.stroke();
    });
  }

  /** Each direction's curvature behind its last point.
   * @param {CanvasRenderingContext2D} ctx @param {Plot} plot @param {BatchLaw} law @param {number} scale */
  function paintNames(ctx, plot, { sizes, variance, curvatures }, scale) {
    const size = chartType(model.lecture);
    const last = sizes.length - 1;
    const end = plot.left + plot.width;
    const x = xOn(plot, sizes[last]) + 9 * scale;
    const names = [SHALLOW, STEEP].map((along) => ({
      text: `${along === STEEP ? "L" : "μ"} ${number(curvatures[along])}`,
      y: yOn(plot, variance[last][along] ?? NaN), along,
    })).filter(({ y }) => Number.isFinite(y)).sort((a, b) => a.y - b.y);
    if (names.length === 2 && names[1].y - names[0].y < 1.2 * size) {
      const middle = (names[0].y + names[1].y) / 2;
      [names[0].y, names[1].y] = [middle - 0.6 * size, middle + 0.6 * size];
    }
    ctx.fillStyle = model.ground.ink;
    ctx.textBaseline = "middle";
    for (const { text, y } of names) {
      const wide = ctx.measureText(text).width;
      ctx.textAlign = "left";
      const over = x + wide > end + size;
      const lowest = plot.top + plot.height - 0.6 * size;
      ctx.fillText(text, over ? end + size - wide : x, Math.min(over ? y - size : y, lowest));
    }
  }

  /** @param {LiveRun} run */
  function writeLegend(run) {
    /** @param {string} name @param {string} word */
    const key = (name, word) => elementOf("span", { class: "map-key" },
      elementOf("i", { class: `map-mark ${name}`, style: `--own:${run.info.colour}` }), word);
    legend.replaceChildren(...(law ? [
      key("steep", words.mapCloudSteep), key("shallow", words.mapCloudShallow),
      law.theory ? key("theory", words.mapCloudTheory) : key("guide", words.mapCloudGuide),
    ] : []));
    pane.note(law ? "" : whyNoLaw());
  }

  function whyNoLaw() {
    const { surface } = model.payload;
    if (surface.notSmooth) return words.mapCloudNoLawSmooth;
    return model.known.minima.length ? words.mapCloudNoLawFlat : words.mapCloudNoLawMinimum;
  }

  /** @param {LiveRun} run */
  function whyNoTheory(run) {
    const { noise } = model.scene;
    const { schedule, clip } = run.scene;
    if (noise.kind !== "gaussian") return words.mapCloudNoTheoryTails;
    if (schedule.kind !== "constant") return words.mapCloudNoTheorySchedule;
    if (clip !== null) return words.mapCloudNoTheoryClip;
    const known = run.info.theory !== null && !run.info.adaptive;
    return known ? words.mapCloudNoTheoryStable : words.mapCloudNoTheoryRule;
  }

  /** @param {LiveRun} run */
  function writeSentence(run) {
    const text = law ? sentenceOf(law, run) : "";
    setText(sentence, text);
    setAttribute(pane.canvas, "aria-label", text ? `${words.mapCloudLaw}. ${text}` : words.mapCloudLaw);
  }

  /** @param {BatchLaw} law @param {LiveRun} run */
  function sentenceOf(law, run) {
    const i = nearestSize(law.sizes, model.scene.noise.batch);
    const template = law.theory ? words.mapCloudMeasured : words.mapCloudMeasuredAlone;
    const parts = [STEEP, SHALLOW].map((along) => fill(template, {
      what: along === STEEP ? words.mapCloudSteep : words.mapCloudShallow,
      variance: number(law.variance[i][along] ?? NaN), error: number(law.error[i][along] ?? NaN, 2),
      theory: number(law.theory?.[i][along] ?? NaN),
    }));
    const values = { batch: law.sizes[i], measured: parts.join(words.mapCloudAnd) };
    if (law.theory) {
      const over = law.enough ? words.mapCloudOver : words.mapCloudTooFew;
      return `${fill(words.mapCloudLawSays, values)} ${fill(over, { steps: law.steps })}`;
    }
    return fill(words.mapCloudLawAlone, { ...values, factor: number(factorOf(law), 2), why: whyNoTheory(run) });
  }

  return {
    element,
    sentence,
    draw,
    /** @param {import("./types.js").CloudMap} made @param {LiveRun|null} of the run that it is of */
    receive(made, of) {
      [law, run] = [made.law, of];
    },
    destroy: () => pane.destroy(),
  };
}
