/** The gradient check: automatic differentiation beside central differences, where the step was made from. */

import { beginView, touchesStep } from "../canvas/canvas-pane.js";
import { elementOf, setText } from "../controls/elements.js";
import { fill, number } from "../model/format.js";
import { emptyStepDetail, fillStepDetail, inspectedRun } from "../model/step-detail.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View */

/** A relative difference up to this one counts as agreement, as in diagnostics.gradient_check. */
const CLOSE = 1e-6;

/** @param {HTMLElement} root @param {Model} model @returns {View} */
export function createGradientCheck(root, model) {
  const { words } = model.payload;
  const detail = emptyStepDetail();
  const verdict = elementOf("p", { class: "lens-hint", "data-testid": "gradient-check" });
  setText(beginView(root, "lens-gradient", verdict), words.gradientTitle);
  return {
    draw(stale) {
      if (!touchesStep(stale)) return;
      const run = inspectedRun(model);
      if (!run) {
        setText(verdict, words.curveNoRuns);
        return;
      }
      const { g, check } = fillStepDetail(model, run, model.step, detail);
      const [nx, ny, error, relative, rounding] = check;
      const agrees = relative <= CLOSE || error <= rounding;
      setText(verdict, fill(agrees ? words.gradientAgrees : words.gradientDiffers, {
        gx: number(g[0]), gy: number(g[1]),
        nx: number(nx), ny: number(ny), relative: number(relative, 2),
      }));
    },
    destroy() {
      root.replaceChildren();
    },
  };
}
