/**
 * The model: a payload's Scene with its numbers, kernels and paths. It computes; it draws nothing.
 *
 * A change marks what it makes stale; `update` then computes just that, once a frame.
 */

import { followCritical, followKnown, criticalDetails } from "./known-points.js";
import { Path, compute, surfaceOf } from "./run.js";
import { copy, runNumbers, surfaceNumbers } from "./scene.js";

/**
 * @typedef {import("./types.js").Model} Model @typedef {import("./types.js").LiveRun} LiveRun
 * @typedef {import("./types.js").Payload} Payload @typedef {import("./types.js").Theory} Theory
 * @typedef {import("./types.js").SurfaceInfo} SurfaceInfo
 */

/** @param {Payload} payload @param {Model["modules"]} modules by text name
 * @param {Model|null} [old] the model before, whose view and ghosts are kept @returns {Model} */
export function makeModel(payload, modules, old = null) {
  const { surface: info, scene: given } = payload;
  const scene = copy(given);
  const numbers = new Float64Array(Math.max(info.names.length, 1));
  /** @type {Model} */
  const model = {
    payload,
    scene,
    modules,
    surfaceNumbers: numbers,
    surface: surfaceOf(modules[info.kernel], numbers),
    growth: modules[payload.growth],
    point: modules[payload.point],
    known: knownOf(info),
    critical: null,
    z: draws(payload.noise),
    runs: [],
    step: scene.view.step ?? scene.steps,
    playing: false,
    speed: old?.speed ?? 1,
    loop: old?.loop ?? false,
    window: scene.view.window ?? info.domain,
    ground: old?.ground ?? payload.grounds.light,
    dark: old?.dark ?? false,
    lecture: old?.lecture ?? false,
    predicting: (old?.predicting ?? false) && payload.sentence === "",
    linked: old?.linked ?? new Set(),
    hover: null,
    highlighted: null,
    selected: old?.selected ?? null,
    edited: payload.sentence === "",
    typed: old?.typed ?? {},
    mapSentence: old?.mapSentence ?? "",
    logCurves: old?.logCurves ?? true,
    surfaceStale: false,
    dragging: null,
    lagging: false,
  };
  model.runs = payload.runs.map((own, i) => makeRun(model, own, scene.runs[i], old));
  if (!model.runs.some((run) => run.id === model.selected)) model.selected = null;
  surfaceNumbers(scene, info.names, numbers);
  readNumbers(model);
  model.critical = criticalOf(model);
  return model;
}

/** @param {Model} model @param {import("./types.js").RunInfo} info
 * @param {import("./types.js").SceneRun} scene @param {Model|null} old @returns {LiveRun} */
function makeRun(model, info, scene, old) {
  const before = old?.runs.find((run) => run.id === info.id);
  return {
    id: info.id,
    info,
    scene,
    kernel: model.modules[info.kernel],
    theoryKernel: info.theory === null ? null : model.modules[info.theory],
    lengthKernel: info.length ? model.modules[info.length] : null,
    numbers: new Float64Array(info.names.length),
    path: new Path(model.scene.steps, info.width),
    ghost: before?.ghost ?? null,
    stale: true,
    verdict: { kind: "fine", text: "" },
    theory: null,
  };
}

/** @param {SurfaceInfo} info @returns {import("./types.js").KnownPoints} */
const knownOf = ({ minima, localMinima, saddles, fMin }) => ({ minima, localMinima, saddles, fMin });

/** @param {Model} model */
function criticalOf({ payload, surface, point }) {
  const { critical } = payload.surface;
  return critical ? criticalDetails(surface, point, critical) : null;
}

/** The unit numbers of the noise. @param {string} text base64 @returns {Float64Array} */
function draws(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

/** Take the Scene's numbers over into the kernels' arrays; all paths are then stale.
 * @param {Model} model */
export function readNumbers(model) {
  surfaceNumbers(model.scene, model.payload.surface.names, model.surfaceNumbers);
  for (const run of model.runs) {
    runNumbers(model.scene, run.scene, run.info.names, run.numbers);
    run.stale = true;
  }
}

/** Take the server's answer to a change of numbers only: exact known points, words, limits.
 * @param {Model} model @param {Payload} payload */
export function applyAnswer(model, payload) {
  model.payload = payload;
  model.known = knownOf(payload.surface);
  model.critical = criticalOf(model);
  model.edited = payload.sentence === "";
  payload.runs.forEach((info, i) => {
    model.runs[i].info = info;
  });
}

/** Compute what is stale. @param {Model} model @returns {{paths: boolean, surface: boolean}} */
export function update(model) {
  const { surface: info } = model.payload;
  const surfaceChanged = model.surfaceStale;
  if (surfaceChanged) {
    model.known = followKnown(model.surface, model.known, info);
    model.critical = followCritical(model.surface, model.point, model.critical, info.domain);
    model.surfaceStale = false;
    for (const run of model.runs) run.stale = true;
  }
  let paths = false;
  for (const run of model.runs) {
    if (!run.stale) continue;
    computeRun(model, run);
    run.stale = false;
    paths = true;
  }
  if (paths) theories(model);
  return { paths, surface: surfaceChanged };
}

/** @param {Model} model @param {LiveRun} run */
function computeRun(model, run) {
  const { scene, surface, z, growth } = model;
  const { carry, width } = run.info;
  const runner = { rule: run.kernel, numbers: run.numbers, carry, width };
  try {
    compute(surface, runner, scene.start, scene.steps, z, growth, run.path);
  } catch (error) {
    // A loop inside a rule that would not end; what was computed before it is shown.
    if (!(error instanceof RangeError)) throw error;
    run.verdict = { kind: "capped", text: "" };
    return;
  }
  const { divergedAt, growing } = run.path;
  run.verdict = { kind: divergedAt >= 0 ? "notFinite" : growing ? "growing" : "fine", text: "" };
}

const hessian = new Float64Array(4);
const values = new Float64Array(2);
const vectors = new Float64Array(4);
const one = new Float64Array(1);
const best = new Float64Array(24);

/** Limits and best settings at the surface's first minimum, for the rules that theory knows.
 * @param {Model} model */
function theories(model) {
  const [x, y] = model.known.minima[0] ?? [NaN, NaN];
  const smooth = !model.payload.surface.notSmooth && Number.isFinite(x);
  if (smooth) {
    model.surface.hess(x, y, hessian);
    model.point.eigen(hessian, 0, values, 0, vectors, 0);
  }
  for (const run of model.runs) {
    const known = smooth && !run.info.adaptive && values[1] > 0;
    run.theory = known && run.theoryKernel ? theoryOf(run, run.theoryKernel, values) : null;
  }
}

/** @param {LiveRun} run @param {import("./run.js").TheoryKernel} kernel
 * @param {Float64Array} curvatures @returns {Theory} */
function theoryOf(run, kernel, curvatures) {
  kernel.limit(run.numbers, 0, one, 0);
  const [limitValue, lambdaMax] = [one[0], curvatures[1]];
  /** @type {Theory["best"]} */
  const settings = [];
  if (kernel.best && curvatures[0] > 0) {
    kernel.best(run.numbers, 0, curvatures, 0, best, 0);
    run.info.tunings.forEach((name, i) => {
      settings.push({ name, lr: best[3 * i], rho: best[3 * i + 1], rate: best[3 * i + 2] });
    });
  }
  return { limit: limitValue / lambdaMax, limitValue, lambdaMax, best: settings };
}

/** Keep every path as it is now, to be shown behind the next one.
 * @param {Model} model */
export function keepGhosts(model) {
  for (const run of model.runs) run.ghost = run.path.x.slice(0, 2 * run.path.count);
}
