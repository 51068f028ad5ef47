/** A fair race: every rule at its own best setting, and how much that depends on lr. */

import { createNamedEntry } from "../controls/number-field.js";
import { paintRace } from "./rate-curves.js";
import { CellRunner, createHint } from "./cell-hint.js";
import { xOn } from "./map-axes.js";
import { fieldsAt, heightOn, layOutRace, levelOf, raceCurvesOf, raceRangeOf } from "./rate-numbers.js";
import { mapOf } from "./map-settings.js";
import { fastestOf, listBestSettings, ranked } from "./best-settings.js";
import { createButton, elementOf, setAttribute, setText } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { listenCurveGestures } from "./curve-gestures.js";
import { copy } from "../model/scene.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").StalePart} StalePart
 * @typedef {import("./types.js").FairRaceMap} FairRaceMap
 * @typedef {import("./types.js").RaceCurve} RaceCurve
 * @typedef {import("./types.js").RacePlot} RacePlot
 * @typedef {import("./types.js").RacePoint} RacePoint */

const [LEAST_BUDGET, MOST_BUDGET] = [10, 5000];
/** How near a curve must be to a pointer, in pixels. */
const REACH = 60;
/** What makes the table stale, and what the curves. @type {StalePart[]} */
const TEXTS = ["map", "scene", "labels", "theme"];
/** @type {StalePart[]} */
const CURVES = ["map", "size", "theme", "numbers", "scene", "surface", "mode"];

/** @type {import("./types.js").MapViewFactory} */
export function createFairRace(root, model, actions) {
  const { words } = model.payload;
  const pane = createCanvasPane("map-pane map-fair-pane", () => draw(new Set(["size"])));
  const { canvas } = pane;
  canvas.tabIndex = 0;
  canvas.dataset.testid = "map-rates";
  canvas.setAttribute("role", "application");
  const hint = createHint(pane.place);
  const runner = new CellRunner();
  const budget = createNamedEntry(words.mapFairBudget, {
    name: words.mapFairBudget, label: words.mapFairBudget, low: LEAST_BUDGET, high: MOST_BUDGET,
    whole: true, words, testid: "map-budget", get: () => mapOf(model).budget,
    set: (value) => actions.setMap({ ...mapOf(model), budget: value ?? mapOf(model).budget }),
    fine: (value, direction) => Math.round(value / 10 + direction) * 10,
  });
  const applyBest = createButton(words.mapFairTake, () => {
    if (!map) return;
    const best = Object.fromEntries(map.runs.map(({ id, fields }) => [id, fields]));
    actions.change({ runs: model.scene.runs.map(({ id }) => ({ id, fields: best[id] ?? {} })) });
  }, { "data-testid": "map-take-tuned" });
  const summary = elementOf("p", { class: "map-says" });
  const list = elementOf("div", { class: "table map-tuned", "data-testid": "map-tuned", role: "region" });
  list.setAttribute("aria-label", words.mapFairTable);
  const bar = elementOf("div", { class: "map-fair-bar" }, budget.element, applyBest);
  const under = elementOf("div", { class: "map-fair-under" }, bar, summary, list);
  root.append(pane.place, under);
  /** @type {FairRaceMap|null} */
  let map = null;
  /** @type {RaceCurve[]} */
  let curves = [];
  /** @type {RacePlot|null} */
  let plot = null;
  let surface = "";
  /** Whether what has come is of the surface that is shown. */
  const fits = () => map !== null && surface === model.payload.surface.slug;

  function paint() {
    plot = null;
    if (!pane.clear() || !map || !fits() || !curves.length) return;
    const [x, y] = model.scene.start;
    const start = model.surface.value(x, y) - (map.log ? model.known.fMin ?? 0 : 0);
    const rows = map.log ? curves.length : 0;
    plot = layOutRace(pane, raceRangeOf(map, curves, start), map.log, rows, model.lecture);
    paintRace(pane.ctx, plot, model, map, curves, ({ run, found, near }) =>
      fill(near ? words.mapFairWideNear : words.mapFairWide, { run: run.info.label, decades: number(found.width ?? NaN, 2) }));
  }

  /** The nearest point of the nearest curve; of one run alone by its rate.
   * @param {number} px @param {number} py @param {string|null} [only] its id
   * @returns {RacePoint|null} */
  function nearest(px, py, only = null) {
    /** @type {RacePoint|null} */
    let found = null;
    let least = only ? Infinity : REACH;
    if (!plot) return null;
    for (const own of curves) {
      if (only && own.run.id !== only) continue;
      for (let k = 0; k < own.lr.length; k++) {
        if (!(own.loss[k] < Infinity)) continue;
        const [x, y] = [xOn(plot, own.lr[k]), heightOn(plot, own.loss[k])];
        const away = only ? Math.abs(x - px) : Math.hypot(x - px, y - py);
        if (away < least) [least, found] = [away, { own, k, x, y }];
      }
    }
    return found;
  }

  /** Give the live run the numbers of a point.
   * @param {Pick<RacePoint, "own"|"k">} point @param {import("../model/types.js").Phase} phase */
  function choose({ own, k }, phase) {
    if (model.selected !== own.run.id && phase !== "move") actions.select(own.run.id);
    actions.setCell(own.run.id, fieldsAt(own, k), phase);
  }

  /** Say what becomes of the point near a pointer. @param {[number, number]|null} place */
  function hover(place) {
    const at = place && !model.dragging && nearest(...place);
    if (!at || !map) return hint.hide();
    const { run, loss } = at.own;
    const values = fieldsAt(at.own, at.k);
    const path = pathOf(at.own, values);
    if (!path) return hint.hide();
    const title = [run.info.label, ...settingOf(run, values)].join("   ");
    const said = fill(map.log ? words.mapSaysLoss : words.mapFairLoss, { loss: number(loss[at.k]) });
    const { colour, dash } = run.info;
    hint.show(at.x, at.y, title, said, [{ path, colour, dash }], model.known.fMin, model.ground);
  }

  /** That very run. Its noise may be longer than the stage's: then as far as that goes.
   * @param {RaceCurve} curve @param {Record<string, number>} values */
  function pathOf({ run, found }, values) {
    const scene = copy(model.scene);
    const entry = scene.runs.find(({ id }) => id === run.id);
    if (!entry) return null;
    Object.assign(entry.fields, values);
    const noisy = scene.noise.kind !== "none" && scene.noise.sigma > 0;
    scene.steps = noisy ? Math.min(found.steps, model.z.length >> 1) : found.steps;
    const z = noisy ? model.z : new Float64Array(2 * scene.steps);
    return runner.path({ ...model, z }, run, scene);
  }

  const unlisten = listenCurveGestures(canvas, {
    nearest, choose, hover,
    step(along, over) {
      const i = Math.max(curves.findIndex(({ run }) => run.id === model.selected), 0);
      const own = curves[(i + over + curves.length) % curves.length];
      if (!own?.lr.length) return;
      const now = own.run.scene.fields.lr;
      const k = own.lr.findIndex((lr) => lr >= now * (1 - 1e-12));
      const next = (k < 0 ? own.lr.length - 1 : k) + along;
      choose({ own, k: Math.min(Math.max(next, 0), own.lr.length - 1) }, "end");
    },
  });

  /** @param {FairRaceMap} map */
  function writeTexts(map) {
    const trials = Math.max(0, ...map.runs.map((found) => found.trials));
    const level = levelOf(map);
    const first = fill(words.mapFairSays, { trials, budget: map.budget });
    const second = level === null || !map.log ? words.mapFairBare
      : fill(words.mapFairSettled, { level: number(10 ** level) });
    const { kind, sigma } = model.scene.noise;
    const third = kind !== "none" && sigma > 0 ? words.mapFairNoise : "";
    setText(summary, `${first} ${second} ${third}`.trim());
    listBestSettings(list, curves, map, model, settingOf);
    const best = fastestOf(curves);
    setAttribute(canvas, "aria-label", fill(words.mapFairAlt, {
      runs: curves.map(({ run }) => run.info.label).join(", "),
      best: best ? fill(words.mapFairFirst, { run: best.run.info.label }) : "",
    }));
  }

  /** @param {import("../model/types.js").Stale} stale */
  function draw(stale) {
    budget.draw();
    for (const part of [applyBest, summary, list]) part.classList.toggle("map-silent", !fits());
    if (!map) return;
    if (stale.has("scene") || stale.has("map")) curves = raceCurvesOf(map, model.runs);
    if (TEXTS.some((part) => stale.has(part))) writeTexts(map);
    if (CURVES.some((part) => stale.has(part))) paint();
  }

  return {
    receive(made) {
      if (made.kind !== "fair") return;
      map = made;
      surface = model.payload.surface.slug;
      hint.hide();
    },
    draw,
    sentence() {
      if (!map) return "";
      const own = raceCurvesOf(map, model.runs);
      const best = fastestOf(own);
      if (!best) return words.mapFairTie;
      const { run, found } = best;
      const second = ranked(own)[1];
      const texts = {
        run: run.info.label, setting: settingOf(run, found.fields).join(", "), paid: found.settled,
        loss: number(best.best), second: second?.run.info.label, more: second?.found.settled,
      };
      if (found.settled < 0) return fill(map.log ? words.mapFairLowest : words.mapFairLowestBare, texts);
      return fill(second?.found.settled >= 0 ? words.mapFairWins : words.mapFairAlone, texts);
    },
    destroy() {
      unlisten();
      pane.destroy();
      root.replaceChildren();
    },
  };
}

/** A run's numbers with their symbols: "lr 0.21". What is next to 1 is told from it.
 * @param {LiveRun} run @param {Record<string, number>} values @returns {string[]} */
const settingOf = (run, values) =>
  Object.entries(values).map(([name, value]) => {
    const label = run.info.axes?.find((knob) => knob.name === name)?.label ?? name;
    return `${label}\u00a0${number(value, value > 0.99 && value < 1 ? 5 : 3)}`;
  });
