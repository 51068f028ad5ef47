/** The Scene in the browser: changes of it, and which of them need other kernels. */

/** A deep copy of plain data. @template T @param {T} value @returns {T} */
export function copy(value) {
  return JSON.parse(JSON.stringify(value));
}

/** `patch` merged deeply into `value`: objects by key, lists by index where the patch is an object,
 * everything else replaced. @param {any} value @param {any} patch @returns {any} */
export function merge(value, patch) {
  if (Array.isArray(value) && Array.isArray(patch) && isRuns(patch)) {
    return patch.map((item, i) => merge(value.find((v) => v.id === item.id) ?? value[i], item));
  }
  if (!isTable(patch)) return patch === undefined ? value : copy(patch);
  if (Array.isArray(value)) {
    return value.map((item, i) => (i in patch ? merge(item, patch[i]) : item));
  }
  const merged = isTable(value) ? { ...value } : {};
  for (const key of Object.keys(patch)) merged[key] = merge(merged[key], patch[key]);
  return merged;
}

const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isRuns = (list) => list.length > 0 && list.every((item) => isTable(item) && "id" in item);

/** What of a Scene chooses its kernels, and what the server says beside it: the rest is numbers.
 * @param {any} scene @returns {string} */
export function kindOf(scene) {
  const { surface, runs, steps, noise } = scene;
  const kinds = runs.map((r) => [r.id, r.rule, r.text, r.switches, r.schedule.kind]);
  const draws = [noise.kind, noise.seed, noise.dof];
  const where = [surface.name, surface.text, surface.window, surface.penalty.kind];
  return JSON.stringify([where, kinds, steps, draws]);
}

/** The numbers of a surface's kernel, in the order of their names.
 * @param {any} scene @param {string[]} names @param {Float64Array} into */
export function surfaceNumbers(scene, names, into) {
  names.forEach((name, i) => {
    into[i] = name === "penalty.strength" ? scene.surface.penalty.strength : scene.surface.fields[name];
  });
}

/** The numbers of a run's kernel, in the order of their names.
 * @param {any} scene @param {any} run @param {string[]} names @param {Float64Array} into */
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

  /** Remember a Scene before it changes. @param {any} scene */
  remember(scene) {
    const text = JSON.stringify(scene);
    if (this.past.at(-1) === text) return;
    this.past.push(text);
    if (this.past.length > 200) this.past.shift();
    this.future = [];
  }

  /** The Scene before `now`, or null. @param {any} now @returns {any} */
  undo(now) {
    const text = this.past.pop();
    if (text === undefined) return null;
    this.future.push(JSON.stringify(now));
    return JSON.parse(text);
  }

  /** The Scene that an undo took back, or null. @param {any} now @returns {any} */
  redo(now) {
    const text = this.future.pop();
    if (text === undefined) return null;
    this.past.push(JSON.stringify(now));
    return JSON.parse(text);
  }
}
