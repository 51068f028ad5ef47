/** What a map of many runs is of: the Scene's own settings of it, and what is asked of the server. */

import { copy } from "../model/scene.js";
import { DEFAULT_MAP } from "../model/scene-types.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Window} Window
 * @typedef {import("../model/types.js").Scene} Scene
 * @typedef {import("../model/types.js").SceneRun} SceneRun
 * @typedef {import("../model/types.js").SceneMap} SceneMap
 * @typedef {import("./types.js").MapKnob} MapKnob
 * @typedef {import("./types.js").MapRequest} MapRequest */

/** Runs whose basins are shown side by side. */
export const MOST_MAPPED = 6;

/** The map's settings. @param {Model} model @returns {SceneMap} */
export const mapOf = (model) => model.scene.view.map ?? DEFAULT_MAP;

/** The run that a map is of: its own, else the first that is shown.
 * @param {Model} model @returns {LiveRun|null} */
export function runOfMap(model) {
  const { run } = mapOf(model);
  return (
    model.runs.find(({ id }) => id === run) ?? model.runs.find(({ scene }) => scene.shown) ?? null
  );
}

/** The numbers along both sides. @param {Model} model @returns {[MapKnob, MapKnob]|null} */
export function sidesOf(model) {
  const run = runOfMap(model);
  if (!run) return null;
  const { axes = [], usualAxes = [] } = run.info;
  /** @param {string|null|undefined} name */
  const named = (name) => axes.find((knob) => knob.name === name);
  const map = mapOf(model);
  const x = named(map.x) ?? named(usualAxes.find((name) => name !== map.y));
  if (!x) return null;
  const other = named(usualAxes.find((name) => name !== x.name));
  const y = named(map.y) ?? other;
  const apart = x === y ? other : y;
  return apart ? [x, apart] : null;
}

/** What the map shows: its own span, else what is usual. @param {Model} model
 * @returns {Window|null} */
export function spanOf(model) {
  const { kind, span } = mapOf(model);
  if (kind === "basins") return span ?? model.payload.surface.domain;
  const sides = sidesOf(model);
  if (!sides) return null;
  const fits = sides.every(({ low, high }, i) => span && low <= span[i][0] && span[i][1] <= high);
  return fits ? span : [sides[0].span, sides[1].span];
}

/** Where fields stand whose name in a sweep begins with a word and a dot: the rule's have none.
 * @param {Pick<Scene, "surface">} scene @param {SceneRun} run its entry there
 * @param {string} name @returns {[Record<string, number>, string]} and the field's name there */
function fieldsIn(scene, run, name) {
  const [owner, field] = name.includes(".") ? name.split(".") : ["", name];
  if (owner === "surface") return [scene.surface.fields, field];
  return [owner === "schedule" ? run.schedule : run.fields, field];
}

/** A run's number by its name in a sweep; NaN where nothing is clipped. @param {Model} model
 * @param {LiveRun} run @param {string} name @returns {number} */
export function numberOf({ scene }, run, name) {
  if (name === "clip") return run.scene.clip ?? NaN;
  if (name === "noise.sigma") return scene.noise.sigma;
  const [fields, field] = fieldsIn(scene, run.scene, name);
  return fields[field] ?? NaN;
}

/** Write a number of a Scene by its name in a sweep.
 * @param {Pick<Scene, "surface"|"noise">} scene @param {SceneRun} run its entry there
 * @param {string} name @param {number} value */
export function putNumber(scene, run, name, value) {
  if (name === "clip") run.clip = value;
  else if (name === "noise.sigma") scene.noise.sigma = value;
  else {
    const [fields, field] = fieldsIn(scene, run, name);
    fields[field] = value;
  }
}

/** The Scene that the server is asked for: what does not change the map stands at its usual value, so
 * that its text is the map's name. Null where there is nothing to ask for.
 * @param {Model} model @returns {MapRequest|null} */
export function requestOf(model) {
  const { scene } = model;
  const map = mapOf(model);
  const { kind } = map;
  const own = runOfMap(model);
  if (!own) return null;
  const ofOne = kind === "stability" || kind === "ensemble";
  /** @type {MapRequest} */
  const request = copy({ ...scene, view: { map: { ...DEFAULT_MAP, kind, run: ofOne ? own.id : null } } });
  if (ofOne) {
    request.runs = request.runs.filter((run) => run.id === own.id);
    request.runs[0].shown = true;
  } else {
    const shown = request.runs.filter((run) => run.shown);
    request.runs = kind === "basins" ? shown.slice(0, MOST_MAPPED) : shown;
  }
  REQUESTS[kind](model, request, map);
  return request;
}

/** What each kind of map is requested with: which of its settings, and what of the Scene at usual values.
 * @type {Record<string, (model: Model, request: MapRequest, map: SceneMap) => void>} */
const REQUESTS = {
  stability(model, request, { tolerance }) {
    const sides = sidesOf(model);
    if (!sides) return;
    const [x, y] = sides.map((knob) => knob.name);
    Object.assign(request.view.map, { tolerance, x, y, span: spanOf(model) });
    for (const { name, home } of sides) {
      const silent = name === "noise.sigma" && request.noise.kind === "none";
      putNumber(request, request.runs[0], name, silent ? 0 : home);
    }
  },
  basins({ payload }, request, { span }) {
    request.view.map.span = span ?? payload.surface.domain;
    request.start = payload.surface.start;
  },
  ensemble() {},
  fair(model, request, { budget }) {
    request.view.map.budget = budget;
    request.steps = 300;
    for (const run of request.runs) {
      const info = model.runs.find(({ id }) => id === run.id)?.info;
      for (const { name, home } of info?.knobs ?? []) {
        if (info?.searched?.includes(name)) run.fields[name] = home;
      }
    }
  },
};

/** The number of a list of cells that is so many further than the one at or above `value`.
 * @param {ArrayLike<number>} cells ascending @param {number} value @param {number} by
 * @returns {number} `value` itself where `by` is 0 */
export function nextIn(cells, value, by) {
  if (!by) return value;
  let here = 0;
  while (here < cells.length - 1 && cells[here] < value) here++;
  return cells[Math.min(Math.max(here + by, 0), cells.length - 1)];
}
