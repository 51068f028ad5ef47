/** What lies on the surface in the 3-D view: paths, heads and known points at their heights. */

import { rampOf } from "./contour-plot.js";
import { shownRuns, standsAt } from "../model/shown-runs.js";

/** @typedef {import("../model/types.js").Model} Model */

/** Lines lie a little above the surface, in contour levels, or it would cover them; marks more. */
const LIFT = 0.25;
const MARK_LIFT = 1;
/** Points farther out than this many windows are nothing to the graphics card. */
const FARTHEST = 1e3;
/** A line between two iterates follows the surface in pieces of this part of the window. */
const PIECE = 1 / 50;
const MOST_PIECES = 60;
/** Heads nearer than this part of the window have their names in rows, of so many pixels. */
const CLOSE = 0.06;
const ROW = 18;

function seenRuns(model) {
  return model.predicting ? [] : shownRuns(model).filter((run) => run.path.count > 0);
}

/** The traces of the 3-D view. @param {Model} model @param {import("../canvas/field.js").Field} field */
export function spaceTraces(model, field) {
  const { ground, known, scene, surface } = model;
  const height = (x, y) => field.heights.rank(surface.value(x, y));
  const mark = (x, y) => height(x, y) + MARK_LIFT;
  const points = [...known.minima, ...known.localMinima];
  const runs = seenRuns(model);
  return [
    groundTrace(field, ground),
    marksTrace([...points, ...known.saddles], mark, {
      symbol: [...points.map(() => "circle-open"), ...known.saddles.map(() => "x")],
      size: [...points.map(() => 7), ...known.saddles.map(() => 3)],
      color: ground.faint,
    }),
    marksTrace([scene.start], mark, { symbol: "cross", size: 6, color: ground.accent }),
    headsTrace(model, runs, mark),
    ...runs.map((run) => lineTrace(model, run, height)),
  ];
}

function groundTrace(field, ground) {
  const lines = { show: true, start: 0, end: field.heights.count - 1, size: 1, width: 1 };
  return {
    type: "surface",
    x: field.x.slice(),
    y: field.y.slice(),
    z: field.rows.slice(),
    colorscale: rampOf(ground),
    showscale: false,
    hoverinfo: "skip",
    contours: {
      z: { ...lines, color: ground.contour, highlight: false },
      x: { highlight: false },
      y: { highlight: false },
    },
    lighting: { ambient: 0.9, diffuse: 0.15, specular: 0, roughness: 1, fresnel: 0 },
  };
}

function marksTrace(points, height, marker) {
  return {
    type: "scatter3d",
    mode: "markers",
    x: points.map((p) => p[0]),
    y: points.map((p) => p[1]),
    z: points.map((p) => height(p[0], p[1])),
    marker,
    hoverinfo: "skip",
  };
}

/** Where a run is, or null outside the window. */
function headOf(model, run) {
  const [[x0, x1], [y0, y1]] = model.window;
  const t = standsAt(run, model.step);
  const [x, y] = [run.path.x[2 * t], run.path.x[2 * t + 1]];
  return x >= x0 && x <= x1 && y >= y0 && y <= y1 ? [x, y] : null;
}

function headsTrace(model, runs, height) {
  const seen = runs.filter((run) => headOf(model, run));
  const color = seen.map((run) => run.info.colour);
  const points = seen.map((run) => headOf(model, run));
  return marksTrace(points, height, { size: model.lecture ? 12 : 6, color });
}

/** The names of the runs beside their heads, over everything else: a surface would hide them.
 * @param {Model} model @param {import("../canvas/field.js").Field} field @returns {Object[]} annotations */
export function spaceNames(model, field) {
  const { ground, surface, window, lecture } = model;
  const [width, depth] = window.map(([a, b]) => b - a);
  const placed = [];
  return seenRuns(model).flatMap((run) => {
    const head = headOf(model, run);
    if (!head) return [];
    const [x, y] = head;
    const near = ([a, b]) => Math.abs(a - x) < CLOSE * width && Math.abs(b - y) < CLOSE * depth;
    const row = placed.filter(near).length;
    placed.push(head);
    const size = lecture ? 20 : 13;
    return {
      x,
      y,
      z: field.heights.rank(surface.value(x, y)) + MARK_LIFT,
      text: `<span style="color:${run.info.colour}">●</span> ${plain(run.info.label)}`,
      showarrow: false,
      xanchor: "left",
      xshift: 10,
      yshift: (-row * ROW * size) / 13,
      bgcolor: ground.veil,
      font: { color: ground.ink, size },
    };
  });
}

/** A text without what Plotly reads as markup. */
const plain = (text) => text.replace(/[<>]/g, (c) => (c === "<" ? "&lt;" : "&gt;"));

/** A path up to the step, on the surface from iterate to iterate; x and y are not changed. */
function lineTrace(model, run, height) {
  const [[x0, x1], [y0, y1]] = model.window;
  const far = FARTHEST * Math.max(x1 - x0, y1 - y0);
  const near = (x, y) => Math.abs(x - x0) < far && Math.abs(y - y0) < far;
  const last = standsAt(run, model.step);
  const points = run.path.x;
  const x = [points[0]];
  const y = [points[1]];
  for (let t = 1; t <= last; t++) {
    const [ax, ay, bx, by] = points.subarray(2 * t - 2, 2 * t + 2);
    if (!near(bx, by)) break;
    const long = Math.max(Math.abs(bx - ax) / (x1 - x0), Math.abs(by - ay) / (y1 - y0));
    const pieces = Math.max(1, Math.min(Math.ceil(long / PIECE), MOST_PIECES));
    for (let k = 1; k <= pieces; k++) {
      x.push(k === pieces ? bx : ax + ((bx - ax) * k) / pieces);
      y.push(k === pieces ? by : ay + ((by - ay) * k) / pieces);
    }
  }
  const { colour, dash } = run.info;
  const line = { color: colour, width: model.lecture ? 10 : 6, dash: dashName(dash) };
  const z = x.map((v, i) => height(v, y[i]) + LIFT);
  return { type: "scatter3d", mode: "lines", x, y, z, line, hoverinfo: "skip" };
}

/** The nearest of the dashes that Plotly knows in three dimensions. @param {number[]} dash */
function dashName(dash) {
  if (!dash.length) return "solid";
  if (dash.length > 2) return "dashdot";
  // Its longer dashes leave gaps that no eye bridges.
  return dash[0] <= 3 ? "dot" : dash[0] < 10 ? "dash" : "solid";
}
