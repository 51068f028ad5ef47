/** The microscope's panel: what is drawn on the surface, and all that one step was made of. */

import { createCriticals } from "./critical-points.js";
import { createEquations } from "./equations.js";
import { createGradientCheck } from "./gradient-check.js";
import { createGauge } from "./sharpness-gauge.js";
import { createPlane } from "./settings-plane.js";
import { createSection } from "./section.js";
import { STEP_OVERLAYS } from "../model/step-detail.js";
import { drawWhileVisible } from "../controls/visibility.js";
import { createStepSize } from "./step-length.js";
import { createTick, elementOf } from "../controls/elements.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions */

/** The parts, from what a step did to what it could have done. */
const PARTS = {
  equations: createEquations,
  section: createSection,
  gradient: createGradientCheck,
  gauge: createGauge,
  stepsize: createStepSize,
  plane: createPlane,
  criticals: createCriticals,
};

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @param {() => void} wake asks for a frame
 * @returns {View} */
export function createMicroscope(root, model, actions, wake) {
  const { words } = model.payload;
  const ticks = STEP_OVERLAYS.map((name) =>
    createTick(words[`overlay.${name}`], () => model.scene.view.overlays.includes(name),
      (on) => actions.setOverlay(name, on), { "data-testid": `overlay-${name}` }));
  const choice = elementOf("div", {
    class: "lens-choice", role: "group", "aria-label": words.overlays,
  }, ...ticks.map((tick) => tick.element));
  root.append(choice);
  const views = Object.entries(PARTS).map(([name, create]) => {
    // A view may hide itself; its place stays, to tell when it would be seen.
    const inner = elementOf("section", { class: `lens-${name}`, "data-testid": `lens-${name}` });
    const place = elementOf("div", { class: "lens-part" }, inner);
    root.append(place);
    return drawWhileVisible(place, create(inner, model, actions), wake);
  });
  return {
    draw(stale) {
      for (const view of views) view.draw(stale);
      if (stale.has("scene") || stale.has("view")) for (const tick of ticks) tick.draw();
    },
    destroy() {
      for (const view of views) view.destroy();
      root.replaceChildren();
    },
  };
}
