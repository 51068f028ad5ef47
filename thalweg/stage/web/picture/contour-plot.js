/** The contour lines and the axes, drawn by Plotly once it has been loaded. */

import { Field } from "../canvas/field.js";
import { marginsOf } from "../canvas/viewport.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Ground} Ground */

/** Grid points a side while something moves, and at rest where no more are asked for. */
const FINE = 150;
/** A surface finer than this is drawn with all the points it asks for. */
const ORDINARY = 201;

/** @type {Map<string, Promise<any>>} */
const loading = new Map();

/** Plotly itself, loaded once for a document.
 * @param {string} address @returns {Promise<any>} rejected where it cannot be loaded */
export function loadPlotly(address) {
  const there = /** @type {any} */ (window).Plotly;
  if (there) return Promise.resolve(there);
  let found = loading.get(address);
  if (!found) {
    found = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => {
        const loaded = /** @type {any} */ (window).Plotly;
        if (loaded) resolve(loaded);
        else reject(new Error("no Plotly"));
      };
      script.onerror = () => reject(new Error("no Plotly"));
      document.head.append(script);
    });
    found.catch(() => loading.delete(address)); // the next stage tries again
    loading.set(address, found);
  }
  return found;
}

/** Grid points a side at rest. @param {Model} model @returns {number} */
export function fineOf({ payload, window }) {
  const { detail, domain } = payload.surface;
  if (detail <= ORDINARY) return Math.min(detail, FINE);
  const share = window.map(([a, b], i) => (b - a) / (domain[i][1] - domain[i][0]));
  return Math.max(FINE, Math.min(detail, Math.ceil(detail * Math.max(...share))));
}

/** @param {HTMLElement} place @param {Model} model
 * @param {(done: boolean) => void} settled told whether Plotly has come */
export function createPlot(place, model, settled) {
  const fields = new Map();
  let Plotly = null;
  let drawn = "";
  let destroyed = false;
  let size = { width: 0, height: 0 };
  let family = "";
  let trace = null;

  loadPlotly(model.payload.plotly).then(
    (loaded) => {
      if (destroyed) return;
      Plotly = loaded;
      settled(true);
    },
    () => destroyed || settled(false),
  );

  function fieldOf(n) {
    if (!fields.has(n)) {
      if (fields.size > 3) fields.clear();
      fields.set(n, new Field(n));
    }
    return fields.get(n);
  }

  return {
    get plotly() {
      return Plotly;
    },
    /** @param {{width: number, height: number}} now */
    resize(now) {
      size = now;
      family = getComputedStyle(place).fontFamily;
    },
    /** The field as it is now, on as many points as most surfaces have at rest: their levels are
     * then the same, and no line jumps when a knob is let go. */
    live() {
      const field = fieldOf(FINE);
      field.sample(model.surface, model.window, model.known.fMin);
      return field;
    },
    /** Draw what has changed. @param {boolean} moving whether a gesture moves the window: then the
     * axes alone, and `live` is for the rest */
    draw(moving) {
      if (!Plotly || size.width < 120 || size.height < 120) return;
      const { window, known, ground, lecture, surfaceNumbers, payload } = model;
      const n = moving ? 0 : fineOf(model);
      const look = [size.width, size.height, family, lecture, ground.paper, ground.contour];
      const what = [payload.surface.kernel, surfaceNumbers.join(), window.join(), known.fMin, n];
      const key = [...look, ...what].join("|");
      if (key === drawn) return;
      drawn = key;
      if (!moving) {
        const field = fieldOf(n);
        field.sample(model.surface, window, known.fMin);
        trace = contourTrace(field, ground);
      }
      const shown = trace ? [{ ...trace, visible: !moving }] : [];
      Plotly.react(place, shown, layoutOf(model, size, family), CONFIG);
    },
    destroy() {
      destroyed = true;
      Plotly?.purge(place);
    },
  };
}

const CONFIG = { staticPlot: true, displayModeBar: false, responsive: false };

/** One quiet ramp over the ranks of the levels; the arrays are new ones, or Plotly takes them for the old. */
function contourTrace(field, ground) {
  return {
    type: "contour",
    x: field.x.slice(),
    y: field.y.slice(),
    z: field.rows.slice(),
    contours: { start: 0, end: field.heights.count - 1, size: 1 },
    autocontour: false,
    colorscale: rampOf(ground),
    line: { color: ground.contour, width: 0.7 },
    showscale: false,
    hoverinfo: "skip",
  };
}

/** A ground's ramp as Plotly takes it. @param {Ground} ground */
export function rampOf({ ramp }) {
  return [
    [0, ramp[0]],
    [1, ramp[1]],
  ];
}

function layoutOf(model, { width, height }, family) {
  const { ground, lecture, payload } = model;
  const [x, y] = model.window;
  const small = width < 480;
  return {
    width,
    height,
    margin: { ...marginsOf(width, lecture), pad: 0 },
    paper_bgcolor: ground.paper,
    plot_bgcolor: ground.paper,
    font: { color: ground.faint, size: lecture ? 20 : 13, family },
    uirevision: "kept",
    showlegend: false,
    xaxis: axisOf(x, payload.words.axisX, ground, lecture, small ? 5 : 7),
    yaxis: axisOf(y, payload.words.axisY, ground, lecture, small ? 5 : 6),
  };
}

function axisOf(range, title, ground, lecture, nticks) {
  return {
    range: [...range],
    title: { text: `<i>${title}</i>`, standoff: lecture ? 8 : 4, font: { color: ground.ink } },
    nticks,
    automargin: false,
    showgrid: false,
    zeroline: false,
    showline: true,
    linewidth: 1,
    linecolor: ground.line,
    ticks: "outside",
    ticklen: 4,
    tickcolor: ground.line,
    exponentformat: "power",
    fixedrange: true,
  };
}
