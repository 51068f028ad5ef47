/** The stage in the hand of a script: what an embedding page, a notebook or a test may do with it. */

import { copy, kindOf, merge } from "../model/scene.js";
import { snapshot } from "../share/snapshot.js";

/**
 * The property `stage` of the root element: `scene`, `paths(id)` (x0, y0, x1, … up to the last
 * finite point), `run(id)`, `set(patch)` (merged deeply into the Scene), `seek`, `play`, `pause`,
 * `ready` (a promise, renewed when other kernels are needed); `snapshot(options)`, a promise of a
 * picture as a Blob (see snapshot.js); `meter` for those who measure.
 */
export function createStageApi(stage) {
  return {
    get scene() {
      return stage.model ? copy(stage.model.scene) : null;
    },
    paths(id) {
      const { path } = stage.model.runs.find((run) => run.id === id);
      return path.x.slice(0, 2 * path.count);
    },
    run(id) {
      const { path, verdict } = stage.model.runs.find((run) => run.id === id);
      return { divergedAt: path.divergedAt, growing: path.growing, verdict: verdict.kind };
    },
    set(patch) {
      const scene = merge(stage.model.scene, patch);
      if (patch.view && "step" in patch.view) stage.actions.seek(patch.view.step ?? Infinity);
      stage.actions.change(patch);
      if (kindOf(scene) === kindOf(stage.model.scene)) stage.draw();
    },
    seek(step) {
      stage.actions.seek(step);
      stage.draw();
    },
    play: () => stage.actions.play(),
    pause: () => stage.actions.pause(),
    snapshot(options = {}) {
      stage.draw(); // what was changed since the last frame belongs on it
      const part = (name) => stage.root.querySelector(`.${name}`);
      return snapshot(stage.model, { picture: part("picture"), curves: part("curves") }, options);
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
