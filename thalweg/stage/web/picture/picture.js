/**
 * The picture: contours and axes of Plotly, known points and paths on canvases over them, the start
 * to be dragged, and what one needs to look about.
 *
 * The window is the model's and the margins are fixed, so a pixel is known without Plotly: its axes
 * are given just that window and those margins. A frame of dragging a knob of a run paints one canvas,
 * one of dragging a knob of the surface another: Plotly draws the surface anew when it is let go.
 */

import { paintField } from "../canvas/contours.js";
import { createGestures } from "./gestures.js";
import { createHandle } from "./start-handle.js";
import { fittingWindow, leavesWindow, mappingOf, marginsOf, sameWindow } from "../canvas/viewport.js";
import { setText } from "../controls/elements.js";
import { paintPaths } from "./paint.js";
import { createPlot } from "./contour-plot.js";
import { paintKnown } from "../canvas/point-marks.js";
import { createSpace, hasWebGL } from "./view-3d.js";
import { fill } from "../model/format.js";
import { shownRuns } from "../model/shown-runs.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("../model/types.js").Actions} Actions */

const INSIDE = `<div class="picture-plot" aria-hidden="true"></div>
<canvas class="picture-known" aria-hidden="true"></canvas><canvas class="picture-paths"></canvas>
<div class="picture-space" aria-hidden="true"></div><div class="picture-corner">
<button type="button" data-testid="fit"></button><button type="button" data-testid="home"></button>
<button type="button" data-testid="mode"></button></div>
<p class="picture-told" role="status"></p>`;

/** What makes each layer stale. */
const FOR_GROUND = ["scene", "surface", "window", "theme", "size", "mode"];
const FOR_PATHS = [...FOR_GROUND, "paths", "step", "hover", "labels"];
const FOR_START = ["scene", "numbers", "window", "size", "labels", "mode"];
const FOR_ALT = ["scene", "labels", "step"];

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions */
export function createPicture(root, model, actions) {
  root.innerHTML = INSIDE;
  const part = (name) => /** @type {any} */ (root.querySelector(name));
  const [under, over] = [part(".picture-known"), part(".picture-paths")];
  const [plotPlace, spacePlace] = [part(".picture-plot"), part(".picture-space")];
  const [fit, home, mode] = root.querySelectorAll("button");
  const told = part(".picture-told");
  const size = { width: 0, height: 0 };
  let mapping = null;
  let plotly = true; // until it is known to be missing
  let webgl = true; // until it is asked for

  const map = () => (mapping ??= mappingOf(model.window, size, marginsOf(size.width, model.lecture)));
  const plot = createPlot(plotPlace, model, (come) => {
    plotly = come;
    view.draw(new Set(["mode"]));
  });
  const space = createSpace(spacePlace, model);
  const handle = createHandle(model, actions, map, (factor) => {
    gestures.zoom(model.scene.start[0], model.scene.start[1], factor);
  }, (event, presses) => gestures.second(event, presses));
  const gestures = createGestures(over, model, actions, map, {
    click: (x, y) => handle.click(x, y),
    undoClick: () => actions.undoClickStart(),
  });
  spacePlace.before(handle.element);

  fit.addEventListener("click", () => actions.setWindow(fittingWindow(model)));
  home.addEventListener("click", () => actions.setWindow(null));
  mode.addEventListener("click", () => actions.setMode(is3d() ? "2d" : "3d"));

  const is3d = () => model.scene.view.mode === "3d" && webgl && plotly;

  function measure() {
    const { clientWidth: width, clientHeight: height } = root;
    Object.assign(size, { width, height });
    const ratio = devicePixelRatio || 1;
    for (const canvas of [under, over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const { l, r, t, b } = marginsOf(width, model.lecture);
    root.style.setProperty("--plot-top", `${t}px`);
    root.style.setProperty("--plot-right", `${r}px`);
    root.style.setProperty("--plot-left", `${l}px`);
    root.style.setProperty("--plot-bottom", `${b}px`);
    plot.resize({ ...size });
  }

  function contextOf(canvas) {
    const ctx = canvas.getContext("2d");
    const ratio = devicePixelRatio || 1;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    return ctx;
  }

  function name() {
    const { words } = model.payload;
    fit.textContent = words.fit;
    fit.title = words.fitTitle;
    home.textContent = words.home;
    home.title = words.homeTitle;
    over.setAttribute("role", "img");
  }

  function alternative() {
    if (model.dragging || model.playing) return;
    const { words, surface } = model.payload;
    const runs = shownRuns(model).map((run) => run.info.label).join(", ") || words.noRun;
    const values = { runs, surface: surface.title, step: model.step, steps: model.scene.steps };
    over.setAttribute("aria-label", fill(words.pictureAlt, values));
  }

  function chooseMode() {
    const { words } = model.payload;
    const wanted = model.scene.view.mode === "3d";
    if (wanted && webgl && !hasWebGL()) webgl = false;
    setText(mode, is3d() ? words.mode2d : words.mode3d);
    mode.title = is3d() ? words.mode2dTitle : words.mode3dTitle;
    mode.classList.toggle("unneeded", !plotly);
    root.classList.toggle("in-space", is3d());
    const sentence = !plotly ? words.noPlotly : wanted && !webgl ? words.noWebGL : "";
    setText(told, sentence);
    if (!is3d()) space.rest();
  }

  function corner() {
    const own = sameWindow(model.window, model.payload.surface.domain);
    home.classList.toggle("unneeded", own);
    fit.classList.toggle("unneeded", !leavesWindow(model));
  }

  const view = {
    /** @param {Stale} stale */
    draw(stale) {
      const has = (parts) => parts.some((p) => stale.has(p));
      if (stale.has("size") || stale.has("theme") || !size.width) measure();
      mapping = null;
      if (stale.has("scene")) name();
      if (has(["scene", "mode"])) chooseMode();
      if (!size.width || !size.height) return;
      if (has(FOR_ALT)) alternative();
      if (has(["scene", "window", "paths", "step"])) corner();
      if (is3d()) {
        if (plot.plotly && has([...FOR_PATHS, "numbers"])) space.draw(plot.plotly, { ...size });
        return;
      }
      if (has(FOR_GROUND)) {
        const dragged = model.dragging?.startsWith("surface.");
        const live = !plot.plotly || dragged || gestures.moving;
        if (!dragged) plot.draw(gestures.moving);
        const ctx = contextOf(under);
        ctx.clearRect(0, 0, size.width, size.height);
        if (live) paintField(ctx, map(), plot.live(), model.ground);
        paintKnown(ctx, map(), model);
      }
      if (has(FOR_PATHS)) paintPaths(contextOf(over), map(), model);
      if (has(FOR_START)) handle.draw(map());
    },
    destroy() {
      resized.disconnect();
      gestures.destroy();
      space.destroy(plot.plotly);
      plot.destroy();
      root.replaceChildren();
    },
  };
  const resized = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = root;
    const same = clientWidth === size.width && clientHeight === size.height;
    if (!same) view.draw(new Set(["size", "scene"]));
  });
  resized.observe(root);
  return view;
}
