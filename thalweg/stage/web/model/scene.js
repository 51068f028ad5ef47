/** The Scene in the browser: changes of it, and which of them need other kernels. */

/** @typedef {import("./types.js").Scene} Scene @typedef {import("./types.js").SceneRun} SceneRun */

/** A deep copy of plain data. @template T @param {T} value @returns {T} */
export function copy(value) {
  return JSON.parse(JSON.stringify(value));
}

/** `patch` merged deeply into `value`: objects by key, lists by index where the patch is an object,
 * everything else replaced. @template T @param {T} value
 * @param {import("./types.js").Patch<NoInfer<T>>} patch @returns {T} */
export function merge(value, patch) {
  // A cast: what a patch of T leaves and replaces is a T again.
  return /** @type {T} */ (merged(value, patch));
}

/** @param {unknown} value @param {unknown} patch @returns {unknown} */
function merged(value, patch) {
  if (Array.isArray(value) && isRuns(patch)) {
    return patch.map((item, i) => merged(value.find((v) => v.id === item.id) ?? value[i], item));
  }
  if (!isTable(patch)) return patch === undefined ? value : copy(patch);
  if (Array.isArray(value)) {
    return value.map((item, i) => (i in patch ? merged(item, patch[i]) : item));
  }
  const table = isTable(value) ? { ...value } : {};
  for (const key of Object.keys(patch)) table[key] = merged(table[key], patch[key]);
  return table;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** @param {unknown} list @returns {list is {id: unknown}[]} */
const isRuns = (list) =>
  Array.isArray(list) && list.length > 0 && list.every((item) => isTable(item) && "id" in item);

/** What of a Scene chooses its kernels, and what the server says beside it: the rest is numbers.
 * @param {Scene} scene @returns {string} */
export function kindOf(scene) {
  const { surface, runs, steps, noise } = scene;
  const kinds = runs.map((r) => [r.id, r.rule, r.text, r.switches, r.schedule.kind]);
  const draws = [noise.kind, noise.seed, noise.dof];
  const where = [surface.name, surface.text, surface.window, surface.penalty.kind];
  return JSON.stringify([where, kinds, steps, draws]);
}

/** The numbers of a surface's kernel, in the order of their names.
 * @param {Scene} scene @param {string[]} names @param {Float64Array} into */
export function surfaceNumbers(scene, names, into) {
  names.forEach((name, i) => {
    into[i] = name === "penalty.strength" ? scene.surface.penalty.strength : scene.surface.fields[name];
  });
}

/** The numbers of a run's kernel, in the order of their names.
 * @param {Scene} scene @param {SceneRun} run @param {string[]} names @param {Float64Array} into */
export function runNumbers(scene, run, names, into) {
  const { kind, sigma, batch } = scene.noise;
  names.forEach((name, i) => {
    if (name === "noise_scale") into[i] = kind === "none" ? 0 : sigma / Math.sqrt(batch);
    else if (name === "clip") into[i] = run.clip ?? Infinity;
    else if (name.startsWith("schedule.")) into[i] = run.schedule[name.slice(9)];
    else into[i] = run.fields[name];
  });
}

/** Undo and redo over whole Scenes. */
export class History {
  constructor() {
    /** @type {string[]} */ this.past = [];
    /** @type {string[]} */ this.future = [];
  }

  /** Remember a Scene before it changes. @param {Scene} scene */
  remember(scene) {
    const text = JSON.stringify(scene);
    if (this.past.at(-1) === text) return;
    this.past.push(text);
    if (this.past.length > 200) this.past.shift();
    this.future = [];
  }

  /** The Scene before `now`, or null. @param {Scene} now @returns {Scene|null} */
  undo(now) {
    const text = this.past.pop();
    if (text === undefined) return null;
    this.future.push(JSON.stringify(now));
    return JSON.parse(text);
  }

  /** The Scene that an undo took back, or null. @param {Scene} now @returns {Scene|null} */
  redo(now) {
    const text = this.future.pop();
    if (text === undefined) return null;
    this.past.push(JSON.stringify(now));
    return JSON.parse(text);
  }
}
