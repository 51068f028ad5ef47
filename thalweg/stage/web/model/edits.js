/**
 * Turning numbers: gestures that begin, go on in every frame and end, of knobs and of the start. Each
 * is one entry of the history and one report.
 */

import { keepGhosts, readNumbers } from "./model.js";

/** Milliseconds in which turns of one knob are one gesture: keys come one by one. */
const PAUSE = 800;
/** Milliseconds that a report waits for the next key. */
const PAUSE_REPORT = 250;

/** @param {any} stage see stage.js @param {import("./scene.js").History} history */
export function makeEdits(stage, history) {
  const now = () => stage.model;

  let last = { what: "", at: 0 };

  /** A gesture begins, or goes on: turns of one knob in quick succession are one, for undo too. */
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

  function end(phase) {
    if (phase !== "end") return;
    const what = now().dragging;
    last = { what, at: performance.now() };
    now().dragging = null;
    if (now().lagging) stage.stale("paths");
    if (what.startsWith("surface.")) stage.stale("surface"); // the fine picture of it
    stage.report(PAUSE_REPORT);
  }

  function setOne(run, field, value) {
    if (field === "clip") run.scene.clip = value;
    else if (field.startsWith("schedule.")) run.scene.schedule[field.slice(9)] = value;
    else run.scene.fields[field] = value;
    const i = run.info.names.indexOf(field);
    run.numbers[i] = field === "clip" ? (value ?? Infinity) : value;
    run.stale = true;
  }

  function setNumber(owner, field, value, phase) {
    begin(`${owner}.${field}`);
    put(owner, field, value);
    stage.stale("numbers", "paths");
    end(phase);
  }

  function put(owner, field, value) {
    const { scene, runs, linked } = now();
    if (owner === "surface") {
      if (field === "penalty.strength") scene.surface.penalty.strength = value;
      else scene.surface.fields[field] = value;
      readNumbers(now());
      now().surfaceStale = true;
    } else if (owner === "noise") {
      scene.noise[field] = value;
      if (scene.noise.kind === "none" && scene.noise.sigma > 0) scene.noise.kind = "gaussian";
      readNumbers(now());
    } else {
      const same = (run) => run.id === owner || (linked.has(field) && hasField(run, field));
      for (const run of runs) if (same(run)) setOne(run, field, value);
    }
  }

  /** The numbers of a cell of a map, by their names in a sweep, as one gesture. @param {string} id
   * of the run @param {Object<string, number>} values @param {import("./types.js").Phase} phase */
  function setCell(id, values, phase) {
    const names = Object.keys(values);
    const surface = names.some((name) => name.startsWith("surface."));
    begin(`${surface ? "surface." : id}.${names}`);
    for (const name of names) {
      const [owner, field] = /^(surface|noise)\./.test(name) ? name.split(".") : [id, name];
      put(owner, field, values[name]);
    }
    stage.stale("numbers", "paths");
    end(phase);
  }

  /** Several fields of one run in one gesture. @param {string} owner
   * @param {Object<string, number>} values @param {import("./types.js").Phase} phase */
  function setNumbers(owner, values, phase) {
    begin(`${owner}.${Object.keys(values)}`);
    const run = now().runs.find(({ id }) => id === owner);
    for (const [field, value] of Object.entries(values)) setOne(run, field, value);
    stage.stale("numbers", "paths");
    end(phase);
  }

  const hasField = (run, field) => run.info.names.includes(field);

  function setStart(x, y, phase) {
    turnStart(x, y, phase, "start");
  }

  /** A click on the surface: an entry of its own, which the second half of a double click undoes. */
  function clickStart(x, y) {
    turnStart(x, y, "end", "click");
  }

  function turnStart(x, y, phase, what) {
    begin(what);
    const model = now();
    model.scene.start = [x, y];
    for (const run of model.runs) run.stale = true;
    stage.stale("numbers", "paths");
    end(phase);
  }

  function undoClickStart() {
    if (last.what !== "click") return;
    const scene = history.undo(now().scene);
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
