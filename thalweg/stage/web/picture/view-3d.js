/** The 3-D view in Plotly's own scene: when it is drawn, and its axes; the camera is the viewer's. */

import { Field } from "../canvas/field.js";
import { spaceNames, spaceTraces } from "./paths-3d.js";
import { number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model */

const GRID = 81;
/** A picture that takes longer than this, in milliseconds, is drawn only when the drag pauses. */
const SLOW = 100;
const PAUSE = 140;
const TICKS = 6;
const CONFIG = { displayModeBar: false, responsive: false, scrollZoom: true };

/** Whether this browser draws in three dimensions. @returns {boolean} */
export function hasWebGL() {
  const probe = document.createElement("canvas");
  return Boolean(probe.getContext("webgl"));
}

/** @param {HTMLElement} place @param {Model} model */
export function createSpace(place, model) {
  const field = new Field(GRID);
  let sampled = "";
  let cost = 0;
  let busy = false;
  let waiting = 0;
  let made = false;

  function draw(Plotly, size, paused = false) {
    clearTimeout(waiting);
    const slow = cost > SLOW && model.dragging && !paused;
    if (busy || slow) {
      waiting = setTimeout(() => draw(Plotly, size, paused || slow), busy ? 16 : PAUSE);
      return;
    }
    const { window, known, surfaceNumbers, payload } = model;
    const key = [payload.surface.kernel, surfaceNumbers.join(), window.join(), known.fMin].join("|");
    if (key !== sampled) field.sample(model.surface, window, known.fMin);
    sampled = key;
    busy = true;
    const began = performance.now();
    Plotly.react(place, spaceTraces(model, field), layoutOf(model, field, size), CONFIG);
    // The card is done when the frame after the next begins.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        busy = false;
        const took = performance.now() - began;
        if (made) cost = cost ? 0.7 * cost + 0.3 * took : took; // the first one also compiles
        made = true;
      }),
    );
  }

  return {
    draw,
    /** Not seen for now: the scene stays as it is, so that coming back to it is quick. */
    rest: () => clearTimeout(waiting),
    destroy(Plotly) {
      clearTimeout(waiting);
      if (made) Plotly?.purge(place);
    },
  };
}

function layoutOf(model, field, { width, height }) {
  const { ground, window, lecture, payload } = model;
  const { axisX, axisY, axisHeight } = payload.words;
  const size = lecture ? 18 : 12;
  const top = field.heights.count;
  const at = Array.from({ length: TICKS }, (_, i) => Math.round((i * (top - 1)) / (TICKS - 1)));
  const axis = (title, range) => ({
    title: { text: title, font: { size, color: ground.ink } },
    range,
    nticks: 5,
    color: ground.faint,
    tickfont: { size },
    showbackground: false,
    gridcolor: ground.line,
    zeroline: false,
    showspikes: false,
    exponentformat: "power",
  });
  return {
    width,
    height,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: ground.paper,
    font: { family: getComputedStyle(document.body).fontFamily },
    uirevision: "kept",
    showlegend: false,
    scene: {
      uirevision: "kept",
      aspectmode: "manual",
      aspectratio: { x: 1.2, y: 1.2, z: 0.42 },
      camera: { eye: { x: -0.45, y: -1.05, z: 1.6 }, center: { x: 0, y: 0, z: -0.12 } },
      hovermode: false,
      annotations: spaceNames(model, field),
      xaxis: axis(axisX, [...window[0]]),
      yaxis: axis(axisY, [...window[1]]),
      zaxis: {
        ...axis(axisHeight, [-1, top + 0.5]),
        tickvals: [...new Set(at)],
        ticktext: [...new Set(at)].map((k) => number(field.levels[k] ?? NaN, 2)),
      },
    },
  };
}
