/** The stage for scripts: what an embedding page, a notebook or a test may do with it. */

import { copy, kindOf, merge } from "../model/scene.js";
import { partOf } from "../controls/elements.js";
import { snapshot } from "../share/snapshot.js";

/**
 * @typedef {import("../model/types.js").Scene} Scene @typedef {import("../model/types.js").Model} Model
 *
 * @typedef {Object} StageApi the property `stage` of the root element
 * @property {Scene|null} scene a copy; null before the first one is shown
 * @property {(id: string) => Float64Array} paths a run's points x0, y0, x1, … up to the last finite one
 * @property {(id: string) => {divergedAt: number, growing: boolean, verdict: string}} run
 * @property {(patch: import("../model/types.js").Patch<Scene>) => void} set merged deeply into the Scene
 * @property {(step: number) => void} seek @property {() => void} play @property {() => void} pause
 * @property {(options?: Partial<import("../share/snapshot.js").Wanted>) => Promise<Blob>} snapshot a picture
 * @property {Promise<void>} ready renewed when other kernels are needed
 * @property {import("./frame-meter.js").Meter} meter for those who measure @property {Model|null} model
 *
 * @typedef {Object} ApiHost what it needs of the stage
 * @property {Model|null} model @property {Model} current the model; throws before there is one
 * @property {import("../model/types.js").Actions} actions @property {() => void} draw
 * @property {HTMLElement} root @property {Promise<void>} ready
 * @property {import("./frame-meter.js").Meter} meter
 */

/** @param {ApiHost} stage @returns {StageApi} */
export function createStageApi(stage) {
  /** @param {string} id @throws {Error} where there is none */
  const runOf = (id) => {
    const found = stage.current.runs.find((run) => run.id === id);
    if (!found) throw new Error(`There is no run ${id}.`);
    return found;
  };
  return {
    get scene() {
      return stage.model ? copy(stage.model.scene) : null;
    },
    paths(id) {
      const { path } = runOf(id);
      return path.x.slice(0, 2 * path.count);
    },
    run(id) {
      const { path, verdict } = runOf(id);
      return { divergedAt: path.divergedAt, growing: path.growing, verdict: verdict.kind };
    },
    set(patch) {
      const scene = merge(stage.current.scene, patch);
      if (patch.view && "step" in patch.view) stage.actions.seek(patch.view.step ?? Infinity);
      stage.actions.change(patch);
      if (kindOf(scene) === kindOf(stage.current.scene)) stage.draw();
    },
    seek(step) {
      stage.actions.seek(step);
      stage.draw();
    },
    play: () => stage.actions.play(),
    pause: () => stage.actions.pause(),
    snapshot(options = {}) {
      stage.draw(); // what was changed since the last frame belongs on it
      const [picture, curves] = ["picture", "curves"].map((name) => partOf(stage.root, name));
      return snapshot(stage.current, { picture, curves }, options);
    },
    get ready() {
      return stage.ready;
    },
    get meter() {
      return stage.meter;
    },
    get model() {
      return stage.model;
    },
  };
}
