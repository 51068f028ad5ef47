/**
 * What a person can do to the model. Each action changes it and says what became stale; a change
 * of the Scene is reported once, when its gesture has ended.
 */

import { keepGhosts, readNumbers } from "./model.js";
import { History, copy, kindOf, merge } from "./scene.js";

/** Milliseconds in which turns of one knob are one gesture: keys come one by one. */
const PAUSE = 800;
/** Milliseconds that a report waits for the next key. */
const PAUSE_REPORT = 250;

/** @param {any} stage see stage.js: model, stale(...parts), report(), adopt(scene)
 * @returns {import("./types.js").Actions} */
export function makeActions(stage) {
  const history = new History();
  stage.history = history;
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
    model.touched = true;
    model.dragging = what;
  }

  function end(phase) {
    if (phase !== "end") return;
    const what = now().dragging;
    last = { what, at: performance.now() };
    now().dragging = null;
    if (now().hurried) stage.stale("paths");
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
    stage.stale("numbers", "paths");
    end(phase);
  }

  const hasField = (run, field) => run.info.names.includes(field);

  function setStart(x, y, phase) {
    begin("start");
    const model = now();
    model.scene.start = [x, y];
    for (const run of model.runs) run.stale = true;
    stage.stale("numbers", "paths");
    end(phase);
  }

  /** A change that is made at once: of numbers, or one that needs other kernels. */
  function change(patch) {
    const model = now();
    history.remember(model.scene);
    keepGhosts(model);
    model.touched = true;
    replaceScene(merge(model.scene, patch));
  }

  /** Show another Scene: at once where the kernels fit, else when the server has answered. */
  function replaceScene(scene) {
    const model = now();
    if (kindOf(scene) !== kindOf(model.scene)) {
      stage.ask(scene);
      return;
    }
    model.scene = copy(scene);
    model.runs.forEach((run, i) => {
      run.scene = model.scene.runs[i];
    });
    readNumbers(model);
    model.surfaceStale = true;
    model.window = model.scene.view.window ?? model.payload.surface.domain;
    stage.stale("numbers", "paths", "scene", "window", "mode", "step", "surface");
    stage.report();
  }

  function setRuns(runs) {
    change({ runs });
  }

  function seek(step) {
    const model = now();
    model.step = Math.max(0, Math.min(Math.round(step), model.scene.steps));
    model.scene.view.step = model.step === model.scene.steps ? null : model.step;
    stage.stale("step");
    stage.reportSoon();
  }

  return {
    setNumber,
    setStart,
    change,
    seek,
    setWindow(window) {
      now().scene.view.window = window;
      now().window = window ?? now().payload.surface.domain;
      stage.stale("window");
      stage.reportSoon();
    },
    play() {
      const model = now();
      if (model.step >= model.scene.steps) seek(0);
      model.predicting = false;
      model.playing = true;
      stage.stale("step");
    },
    pause() {
      now().playing = false;
      stage.stale("step");
      stage.reportSoon();
    },
    setSpeed(speed) {
      now().speed = speed;
      stage.stale("step");
    },
    setLoop(on) {
      now().loop = on;
      stage.stale("step");
    },
    addRun(slug) {
      stage.ask(copy(now().scene), { add: slug });
    },
    duplicateRun(id) {
      stage.ask(copy(now().scene), { duplicate: id });
    },
    removeRun(id) {
      setRuns(now().scene.runs.filter((run) => run.id !== id));
    },
    showRun(id, shown) {
      setRuns(now().scene.runs.map((run) => (run.id === id ? { ...run, shown } : run)));
    },
    soloRun(id) {
      const { runs } = now().scene;
      const alone = runs.every((run) => run.shown === (run.id === id));
      setRuns(runs.map((run) => ({ ...run, shown: alone || run.id === id })));
    },
    select(id) {
      now().selected = id;
      stage.stale("scene", "numbers");
    },
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
    hover(step) {
      if (now().hover === step) return;
      now().hover = step;
      stage.stale("hover");
    },
    setCurve(name) {
      now().scene.view.curve = name;
      stage.stale("paths");
      stage.reportSoon();
    },
    openPreset(slug) {
      stage.ask(null, { preset: slug });
    },
    setSurface(slug) {
      stage.ask(copy(now().scene), { surface: slug });
    },
    setMode(mode) {
      now().scene.view.mode = mode;
      stage.stale("mode");
      stage.reportSoon();
    },
    setLecture: (on) => stage.setLecture(on),
    setPredicting(on) {
      now().predicting = on;
      if (on) {
        now().playing = false;
        seek(0);
      }
      stage.stale("paths", "step", "numbers");
    },
    undo() {
      const scene = history.undo(now().scene);
      if (scene) replaceScene(scene);
    },
    redo() {
      const scene = history.redo(now().scene);
      if (scene) replaceScene(scene);
    },
    resetAll() {
      history.remember(now().scene);
      stage.ask(null, { reset: now().scene.surface.name });
    },
    takeBest(id, index) {
      const run = now().runs.find((r) => r.id === id);
      const settings = run?.theory?.best[index];
      if (!settings) return;
      setNumber(id, "lr", settings.lr, "end");
      if (!Number.isNaN(settings.rho)) setNumber(id, "rho", settings.rho, "end");
    },
  };
}
