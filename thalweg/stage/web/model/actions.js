/**
 * What a person can do to the model. Each action changes it and says what became stale; a change
 * of the Scene is reported once, when its gesture has ended.
 */

import { keepGhosts, readNumbers } from "./model.js";
import { copy, kindOf, merge } from "./scene.js";
import { makeEdits } from "./edits.js";

/**
 * @typedef {import("./types.js").Actions} Actions @typedef {import("./types.js").Scene} Scene
 *
 * @typedef {Object} ActionHost what actions need of the stage
 * @property {import("./types.js").Model} current the model; throws before there is one
 * @property {(...parts: import("./types.js").StalePart[]) => void} stale drawn in the next frame
 * @property {(pause?: number) => void} report @property {() => void} reportSoon
 * @property {(scene: Scene|null, request?: import("./types.js").SceneRequest) => void} ask the server
 *   for another Scene; null: ours
 * @property {(of: string, text: string) => void} type @property {(on: boolean) => void} setLecture
 */

/** @param {ActionHost} stage @param {import("./scene.js").History} history
 * @returns {Actions} */
export function makeActions(stage, history) {
  const now = () => stage.current;

  /** A change that is made at once: of numbers, or one that needs other kernels.
   * @type {Actions["change"]} */
  function change(patch) {
    const model = now();
    history.remember(model.scene);
    keepGhosts(model);
    model.edited = true;
    replaceScene(merge(model.scene, patch));
  }

  /** Show another Scene: at once where the kernels fit, else when the server has answered.
   * @param {Scene} scene */
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

  /** @param {Scene["runs"]} runs */
  function setRuns(runs) {
    change({ runs });
  }

  /** @type {Actions["seek"]} */
  function seek(step) {
    const model = now();
    model.step = Math.max(0, Math.min(Math.round(step), model.scene.steps));
    model.scene.view.step = model.step === model.scene.steps ? null : model.step;
    stage.stale("step");
    stage.reportSoon();
  }

  return {
    ...makeEdits(stage, history),
    change,
    seek,
    setWindow(window, phase = "end") {
      now().scene.view.window = window;
      now().window = window ?? now().payload.surface.domain;
      stage.stale("window");
      if (phase === "end") stage.reportSoon();
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
    type: (of, text) => stage.type(of, text),
    ask: (request) => stage.ask(copy(now().scene), request),
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
    hover(step) {
      if (now().hover === step) return;
      now().hover = step;
      stage.stale("hover");
    },
    highlight(arrow) {
      if (now().highlighted === arrow) return;
      now().highlighted = arrow;
      stage.stale("hover");
    },
    setMap(map) {
      now().scene.view.map = map;
      stage.stale("map");
      stage.reportSoon();
    },
    setMapSentence(sentence) {
      now().mapSentence = sentence;
      stage.stale("map", "words");
    },
    setOverlay(name, on) {
      const { view } = now().scene;
      const others = view.overlays.filter((other) => other !== name);
      view.overlays = on ? [...others, name] : others;
      stage.stale("paths", "view");
      stage.reportSoon();
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
  };
}
