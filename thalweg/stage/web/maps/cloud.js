/** Noise: where many seeds of one run are at the step shown, what their loss is, and what a batch does. */

import { paintField } from "../canvas/contours.js";
import { contextOf, fitCanvas } from "../canvas/fit.js";
import { Field } from "../canvas/field.js";
import { createLossBand } from "./loss-band.js";
import { createBatchLaw } from "./batch-law.js";
import { clipTo } from "./map-paint.js";
import { tidy, zoomed } from "../canvas/viewport.js";
import { paintMapAxes, plotIn, sharesAt, sidesOfPlane, valueOn, xOn, yOn } from "./map-axes.js";
import { runOfMap } from "./map-settings.js";
import { cloudAt, deviationsOf, drawEllipse, drawSeeds } from "./cloud-spread.js";
import { drawDisc, styleFor } from "../canvas/marks.js";
import { createButton, elementOf, setAttribute, setText } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("../model/types.js").StalePart} StalePart
 * @typedef {import("./cloud-spread.js").Cloud} Cloud
 * @typedef {import("./types.js").CloudMap} CloudMap @typedef {import("./types.js").MapPlot} MapPlot */

/** Grid points a side of the contour lines. */
const FINE = 120;
/** Noise that a button brings, as a share of the gradient at the start; and its bounds. */
const FIRST_SHARE = 0.05;
const [LEAST_SIGMA, MOST_SIGMA] = [0.01, 10];
/** What makes the contour lines stale, and what the cloud. @type {StalePart[]} */
const GROUND = ["map", "size", "theme", "surface", "window", "scene", "mode"];
/** @type {StalePart[]} */
const DOTS = ["step", "paths", "numbers"];

/** @type {import("./types.js").MapViewFactory} */
export function createCloud(root, model, actions) {
  const { words } = model.payload;
  const pane = createCanvasPane("map-pane map-cloud-pane", () => drawCloud(new Set(["size"])));
  const under = elementOf("canvas", { "aria-hidden": "true" });
  const begin = createButton("", () => {
    actions.change({ noise: { kind: "gaussian", sigma: firstSigma(model) } });
  }, { "data-testid": "map-add-noise" });
  const quiet = elementOf("div", { class: "map-quiet", hidden: true }, begin);
  pane.place.prepend(under);
  pane.place.append(quiet);
  pane.canvas.dataset.testid = "map-cloud";
  const count = elementOf("span", { class: "map-count" });
  const legend = elementOf("div", { class: "map-legend" });
  const band = createLossBand(model, actions);
  const law = createBatchLaw(model, actions);
  const parts = elementOf("div", { class: "map-parts" }, band.element, law.element, law.sentence);
  root.append(pane.place, legend, parts);
  const field = new Field(FINE);
  const underCtx = contextOf(under);
  /** @type {CloudMap|null} */
  let map = null;
  /** That the map is of. @type {LiveRun|null} */
  let run = null;
  /** @type {MapPlot|null} */
  let plot = null;
  let surface = "";
  /** Whether what has come is of the surface that is shown. */
  const fits = () => map !== null && surface === model.payload.surface.slug;

  function paintGround() {
    const [x, y] = sidesOfPlane(model.window);
    plot = null;
    if (pane.width < 40 || pane.height < 40) return;
    plot = plotIn(pane, x, y, model.lecture);
    fitCanvas(underCtx, pane);
    underCtx.clearRect(0, 0, pane.width, pane.height);
    field.sample(model.surface, model.window, model.known.fMin);
    paintField(underCtx, plot, field, model.ground);
    paintMapAxes(underCtx, plot, model);
  }

  /** @param {Stale} stale */
  function drawCloud(stale) {
    if (GROUND.some((part) => stale.has(part))) paintGround();
    else if (!DOTS.some((part) => stale.has(part))) return;
    if (!pane.clear() || !plot || !map || !fits() || !run) return;
    const { ctx } = pane;
    const scale = model.lecture ? 2 : 1;
    const cloud = cloudAt(map, model.step, model.window);
    ctx.save();
    clipTo(ctx, plot);
    drawSeeds(ctx, plot, cloud, run.info.colour, model.dark ? 0.65 : 0.45, scale);
    drawEllipse(ctx, plot, cloud, model.ground, scale);
    drawLiveRun(ctx, plot, run);
    ctx.restore();
    describe(map, run, cloud);
  }

  /** Where the run on the stage is. @param {CanvasRenderingContext2D} ctx @param {MapPlot} plot
   * @param {LiveRun} run */
  function drawLiveRun(ctx, plot, run) {
    const { path } = model.runs.find(({ id }) => id === run.id) ?? run;
    if (model.step >= path.count || model.predicting) return;
    const [x, y] = [path.x[2 * model.step], path.x[2 * model.step + 1]];
    drawDisc(ctx, xOn(plot, x), yOn(plot, y), run.info.colour, styleFor(ctx, model));
  }

  /** Say what is seen. @param {CloudMap} map @param {LiveRun} run @param {Cloud} cloud */
  function describe(map, run, cloud) {
    const gone = map.seeds - cloud.finite;
    const beyond = [
      cloud.outside && fill(words.mapCloudOutside, { count: cloud.outside }),
      gone && fill(words.mapCloudGone, { count: gone }),
    ].filter(Boolean).join(", ");
    setText(count, beyond);
    if (model.playing || model.dragging) return;
    const [wide, narrow] = deviationsOf(cloud);
    setAttribute(pane.canvas, "aria-label", fill(words.mapCloudAlt, {
      seeds: map.seeds, run: run.info.label, step: model.step, steps: model.scene.steps,
      x: number(cloud.mean[0]), y: number(cloud.mean[1]), wide: number(wide), narrow: number(narrow),
      beyond: beyond || words.mapCloudAll,
    }));
  }

  /** @param {CloudMap} map @param {LiveRun|null} run */
  function writeLegend(map, run) {
    /** @param {string} mark @param {string} word */
    const key = (mark, word) => elementOf("span", { class: "map-key" },
      elementOf("i", { class: `map-mark ${mark}`, style: `--own:${run?.info.colour}` }), word);
    legend.replaceChildren(
      key("seed", fill(words.mapCloudSeeds, { seeds: map.seeds })), key("own", words.mapCloudOwn),
      key("ellipse", words.mapCloudEllipse), key("mean", words.mapCloudMean), count);
  }

  /** Where there is no noise, a button that adds some. */
  function offerNoise() {
    const { kind, sigma } = model.scene.noise;
    const silent = kind === "none" || sigma === 0;
    quiet.hidden = !silent;
    if (silent) setText(begin, fill(words.mapCloudNoise, { sigma: number(firstSigma(model)) }));
    for (const part of [legend, parts, pane.canvas]) part.classList.toggle("map-silent", silent || !fits());
  }

  /** The window closer about a place. @param {number} x @param {number} y @param {number} factor */
  function zoom(x, y, factor) {
    const window = tidy(zoomed(model.window, x, y, factor), model.payload.surface.domain);
    if (window) actions.setWindow(window);
  }

  pane.canvas.addEventListener("wheel", (event) => {
    if (!plot) return;
    event.preventDefault();
    const [sx, sy] = sharesAt(plot, event.offsetX, event.offsetY);
    const turn = event.deltaY * (event.deltaMode === 1 ? 16 : 1) * (event.ctrlKey ? 0.01 : 0.0015);
    zoom(valueOn(plot.x, sx), valueOn(plot.y, sy), Math.exp(Math.max(-0.5, Math.min(turn, 0.5))));
  }, { passive: false });

  return {
    /** About the middle of the cloud. */
    zoom(factor) {
      const [x, y] = map ? cloudAt(map, model.step, model.window).mean : [NaN, NaN];
      const [mx, my] = model.window.map(([low, high]) => (low + high) / 2);
      if (Number.isFinite(x + y)) zoom(x, y, factor);
      else zoom(mx, my, factor);
    },
    receive(made) {
      if (made.kind !== "ensemble") return;
      map = made;
      surface = model.payload.surface.slug;
      run = model.runs.find(({ id }) => id === made.run) ?? runOfMap(model);
      band.receive(made, run);
      law.receive(made, run);
    },
    draw(stale) {
      offerNoise();
      if (map && (stale.has("map") || stale.has("theme") || stale.has("labels"))) writeLegend(map, run);
      drawCloud(stale);
      band.draw(stale);
      law.draw(stale);
    },
    sentence() {
      if (!map) return "";
      const gone = map.seeds - cloudAt(map, Infinity, model.window).finite;
      return [band.sentence(), gone && fill(words.mapCloudSaysGone, { count: gone })].filter(Boolean).join(" ");
    },
    destroy() {
      for (const part of [pane, band, law]) part.destroy();
      root.replaceChildren();
    },
  };
}

/** Noise that is seen on this surface, a number that is short to say. @param {Model} model */
function firstSigma({ surface, scene }) {
  const slope = new Float64Array(2);
  surface.grad(scene.start[0], scene.start[1], slope);
  const sigma = FIRST_SHARE * Math.hypot(slope[0], slope[1]);
  return Number(Math.min(Math.max(sigma, LEAST_SIGMA), MOST_SIGMA).toPrecision(1)) || LEAST_SIGMA;
}
