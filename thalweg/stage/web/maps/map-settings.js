/** What a map of many runs is of: the Scene's own settings of it, and what is asked of the server. */

import { copy } from "../model/scene.js";
import { DEFAULT_MAP } from "../model/scene-types.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Window} Window */

/** @typedef {Object} MapKnob a number that may lie along a side: a Knob whose name is as in a sweep
 * @property {string} name @property {string} symbol @property {string} text @property {string} group
 * @property {string} label its symbol as plain text
 * @property {number} low @property {number} high @property {number} home
 * @property {"log"|"linear"|"one"} spacing @property {boolean} whole
 * @property {[number, number]} span what is shown at first */

/** Runs whose basins are shown side by side. */
export const MOST_MAPPED = 6;

/** The map's settings. @param {Model} model @returns {any} */
export const mapOf = (model) => model.scene.view.map ?? DEFAULT_MAP;

/** The run that a map is of: its own, else the first that is shown.
 * @param {Model} model @returns {any|null} */
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
  const { axes, usualAxes } = run.info;
  const named = (name) => axes.find((knob) => knob.name === name);
  const map = mapOf(model);
  const x = named(map.x) ?? named(usualAxes.find((name) => name !== map.y));
  const y = named(map.y) ?? named(usualAxes.find((name) => name !== x.name));
  return [x, x === y ? named(usualAxes.find((name) => name !== x.name)) : y];
}

/** What the map shows: its own span, else what is usual. @param {Model} model
 * @returns {Window|null} */
export function spanOf(model) {
  const { kind, span } = mapOf(model);
  if (kind === "basins") return span ?? model.payload.surface.domain;
  const sides = sidesOf(model);
  const fits = sides?.every(({ low, high }, i) => span && low <= span[i][0] && span[i][1] <= high);
  return sides && (fits ? span : /** @type {any} */ (sides.map((knob) => knob.span)));
}

/** Where a number of a sweep's name stands in a Scene: the object and its key.
 * @param {import("../model/scene-types.js").Scene} scene
 * @param {import("../model/scene-types.js").SceneRun} run its entry there @param {string} name
 * @returns {{table: Record<string, any>, key: string}} any: numbers, but for a kind or a name */
export function placeIn(scene, run, name) {
  const [owner, field] = name.includes(".") ? name.split(".") : ["", name];
  /** @type {Record<string, Record<string, any>>} any: as in the result */
  const tables = { surface: scene.surface.fields, schedule: run.schedule, noise: scene.noise };
  if (name === "clip") return { table: run, key: "clip" };
  return { table: owner ? tables[owner] : run.fields, key: field };
}

/** A run's number by its name in a sweep; NaN where nothing is clipped. @param {Model} model
 * @param {LiveRun} run @param {string} name @returns {number} */
export function numberOf({ scene }, run, name) {
  const { table, key } = placeIn(scene, run.scene, name);
  return table[key] ?? NaN;
}

/** The Scene that the server is asked for: what does not change the map stands at its usual value, so
 * that its text is the map's name. Null where there is nothing to ask for.
 * @param {Model} model @returns {any|null} */
export function requestOf(model) {
  const { scene } = model;
  const map = { ...mapOf(model) };
  const asked = copy({ ...scene, view: { map } });
  const shown = asked.runs.filter((run) => run.shown);
  const own = runOfMap(model);
  if (!own) return null;
  if (map.kind === "stability" || map.kind === "ensemble") {
    map.run = own.id;
    asked.runs = asked.runs.filter((run) => run.id === own.id);
    asked.runs[0].shown = true;
  } else {
    map.run = null;
    asked.runs = map.kind === "basins" ? shown.slice(0, MOST_MAPPED) : shown;
  }
  NEEDS[map.kind](model, asked, map);
  asked.view.map = map;
  return asked;
}

const bare = (map, ...kept) => {
  for (const name in DEFAULT_MAP) if (!["kind", "run", ...kept].includes(name)) map[name] = DEFAULT_MAP[name];
};

const NEEDS = {
  stability(model, asked, map) {
    const sides = sidesOf(model);
    const span = spanOf(model);
    bare(map, "tolerance");
    [map.x, map.y] = sides.map((knob) => knob.name);
    map.span = span;
    for (const knob of sides) {
      const { table, key } = placeIn(asked, asked.runs[0], knob.name);
      table[key] = knob.name === "noise.sigma" && table.kind === "none" ? 0 : knob.home;
    }
  },
  basins({ payload }, asked, map) {
    bare(map, "span");
    map.span ??= payload.surface.domain;
    asked.start = payload.surface.start;
  },
  ensemble(_, __, map) {
    bare(map);
  },
  fair(model, asked, map) {
    bare(map, "budget");
    asked.steps = 300;
    for (const run of asked.runs) {
      const { info } = model.runs.find(({ id }) => id === run.id);
      for (const { name, home } of info.knobs) if (info.searched.includes(name)) run.fields[name] = home;
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
