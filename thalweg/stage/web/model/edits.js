/**
 * Edits of numbers: gestures that begin, go on in every frame and end, of knobs and of the start. Each
 * is one entry of the history and one report.
 *
 * @typedef {import("./types.js").LiveRun} LiveRun @typedef {import("./types.js").Phase} Phase
 * @typedef {import("./types.js").Actions} Actions
 */

import { keepGhosts, readNumbers } from "./model.js";

/** Milliseconds in which changes of one knob are one gesture: keys come one by one. */
const PAUSE = 800;
/** Milliseconds that a report waits for the next key. */
const PAUSE_REPORT = 250;

/** @param {import("./actions.js").ActionHost} stage @param {import("./scene.js").History} history
 * @returns {Pick<Actions, "setNumber"|"setNumbers"|"setCell"|"setStart"|"clickStart"|"undoClickStart"
 *   |"link"|"applyBest">} */
export function makeEdits(stage, history) {
  const now = () => stage.current;

  let last = { what: "", at: 0 };

  /** A gesture begins, or goes on: changes of one knob in quick succession are one, for undo too.
   * @param {string} what */
  function begin(what) {
    const model = now();
    const goesOn = last.what === what && performance.now() - last.at < PAUSE;
    if (model.dragging !== what && !goesOn) {
      history.remember(model.scene);
      keepGhosts(model);
    }
    model.edited = true;
    model.dragging = what;
  }

  /** @param {Phase} phase @param {string} what */
  function end(phase, what) {
    if (phase !== "end") return;
    last = { what, at: performance.now() };
    now().dragging = null;
    if (now().lagging) stage.stale("paths");
    if (what.startsWith("surface.")) stage.stale("surface"); // the fine picture of it
    stage.report(PAUSE_REPORT);
  }

  /** @param {LiveRun} run @param {string} field @param {number} value */
  function setOne(run, field, value) {
    if (field === "clip") run.scene.clip = value;
    else if (field.startsWith("schedule.")) run.scene.schedule[field.slice(9)] = value;
    else run.scene.fields[field] = value;
    const i = run.info.names.indexOf(field);
    run.numbers[i] = value;
    run.stale = true;
  }

  /** @type {Actions["setNumber"]} */
  function setNumber(owner, field, value, phase) {
    const what = `${owner}.${field}`;
    begin(what);
    put(owner, field, value);
    stage.stale("numbers", "paths");
    end(phase, what);
  }

  /** @param {string} owner @param {string} field @param {number} value */
  function put(owner, field, value) {
    const { scene, runs, linked } = now();
    if (owner === "surface") {
      if (field === "penalty.strength") scene.surface.penalty.strength = value;
      else scene.surface.fields[field] = value;
      readNumbers(now());
      now().surfaceStale = true;
    } else if (owner === "noise") {
      if (field === "batch") scene.noise.batch = value;
      else scene.noise.sigma = value;
      if (scene.noise.kind === "none" && scene.noise.sigma > 0) scene.noise.kind = "gaussian";
      readNumbers(now());
    } else {
      /** @param {LiveRun} run */
      const same = (run) => run.id === owner || (linked.has(field) && hasField(run, field));
      for (const run of runs) if (same(run)) setOne(run, field, value);
    }
  }

  /** The numbers of a cell of a map, by their names in a sweep, as one gesture.
   * @type {Actions["setCell"]} */
  function setCell(id, values, phase) {
    const names = Object.keys(values);
    const surface = names.some((name) => name.startsWith("surface."));
    const what = `${surface ? "surface." : id}.${names}`;
    begin(what);
    for (const name of names) {
      const [owner, field] = /^(surface|noise)\./.test(name) ? name.split(".") : [id, name];
      put(owner, field, values[name]);
    }
    stage.stale("numbers", "paths");
    end(phase, what);
  }

  /** Several fields of one run in one gesture. @type {Actions["setNumbers"]} */
  function setNumbers(owner, values, phase) {
    const run = now().runs.find(({ id }) => id === owner);
    if (!run) return;
    const what = `${owner}.${Object.keys(values)}`;
    begin(what);
    for (const [field, value] of Object.entries(values)) setOne(run, field, value);
    stage.stale("numbers", "paths");
    end(phase, what);
  }

  /** @param {LiveRun} run @param {string} field */
  const hasField = (run, field) => run.info.names.includes(field);

  /** @type {Actions["setStart"]} */
  function setStart(x, y, phase) {
    moveStart(x, y, phase, "start");
  }

  /** A click on the surface: an entry of its own, which the second half of a double click
   * undoes. @type {Actions["clickStart"]} */
  function clickStart(x, y) {
    moveStart(x, y, "end", "click");
  }

  /** @param {number} x @param {number} y @param {Phase} phase @param {string} what */
  function moveStart(x, y, phase, what) {
    begin(what);
    const model = now();
    model.scene.start = [x, y];
    for (const run of model.runs) run.stale = true;
    stage.stale("numbers", "paths");
    end(phase, what);
  }

  function undoClickStart() {
    if (last.what !== "click") return;
    const scene = history.undo(now().scene);
    if (!scene) return;
    history.future.pop();
    now().scene.start = scene.start;
    last = { what: "", at: 0 };
    for (const run of now().runs) run.stale = true;
    stage.stale("numbers", "paths");
  }

  return {
    setNumber,
    setNumbers,
    setCell,
    setStart,
    clickStart,
    undoClickStart,
    link(field, on) {
      const { linked, runs, selected } = now();
      if (!on) linked.delete(field);
      else linked.add(field);
      stage.stale("numbers", "scene");
      const from = runs.find((run) => run.id === selected) ?? runs.find((r) => hasField(r, field));
      if (on && from && hasField(from, field)) {
        setNumber(from.id, field, from.scene.fields[field], "end");
      }
    },
    applyBest(id, index) {
      const run = now().runs.find((r) => r.id === id);
      const settings = run?.theory?.best[index];
      if (!settings) return;
      const { lr, rho } = settings;
      setNumbers(id, Number.isNaN(rho) ? { lr } : { lr, rho }, "end");
    },
  };
}
