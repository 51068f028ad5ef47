/** The stability map: two numbers of a run along the sides, and how far each setting came. */

import { CellRunner, createHint } from "./cell-hint.js";
import { listenMapGestures } from "./map-gestures.js";
import { clipTo, createLayer, drawCells, drawCrosshair, drawHatch } from "./map-paint.js";
import { paintMapAxes, partOfSpan, plotIn, xOn, yOn } from "./map-axes.js";
import { mapOf, nextIn, numberOf, putNumber, runOfMap, sidesOf, spanOf } from "./map-settings.js";
import { CellColors, GROWING, NOT_FINITE } from "./cell-colors.js";
import { elementOf, setAttribute } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { copy } from "../model/scene.js";
import { fill, grouped, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").Window} Window
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("./types.js").MapKnob} MapKnob @typedef {import("./types.js").MapPlot} MapPlot
 * @typedef {import("./types.js").Rect} Rect @typedef {import("./types.js").Shares} Shares
 * @typedef {import("./types.js").StabilityMap & {serial: number}} StabilityMap serial: another for
 *   each map that came
 * @typedef {{k: number, x: number, y: number}} Cell its place in the map's arrays, its numbers */

/** @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["map", "size", "theme", "numbers", "scene", "surface", "mode"];

/** @type {import("./types.js").MapViewFactory} */
export function createStability(root, model, actions, show) {
  const pane = createCanvasPane("map-pane", () => draw(new Set(["size"])));
  const legend = elementOf("div", { class: "map-legend" });
  root.append(pane.place, legend);
  const { canvas } = pane;
  canvas.tabIndex = 0;
  canvas.dataset.testid = "map-canvas";
  canvas.setAttribute("role", "application");
  const hint = createHint(pane.place);
  const runner = new CellRunner();
  const colors = new CellColors();
  const layer = createLayer();
  /** @type {StabilityMap|null} */
  let map = null;
  /** @type {MapPlot|null} */
  let plot = null;

  /** What has come, if it is of the numbers that now lie along the sides. */
  function current() {
    const names = map?.names;
    return names && sidesOf(model)?.every((knob, i) => knob.name === names[i]) ? map : null;
  }

  /** @param {[MapKnob, MapKnob]} sides @param {Window} span */
  function layOut(sides, span) {
    const [x, y] = sides.map(({ spacing, label }, i) => ({
      low: span[i][0], high: span[i][1], spacing, text: label,
    }));
    return plotIn(pane, x, y, model.lecture);
  }

  /** @param {Stale} stale */
  function draw(stale) {
    if (!CHANGES.some((part) => stale.has(part))) return;
    const run = runOfMap(model);
    const sides = sidesOf(model);
    const span = spanOf(model);
    plot = null;
    if (!run || !sides || !span) return;
    const now = layOut(sides, span);
    plot = now;
    if (!pane.clear()) return;
    const scale = model.lecture ? 2 : 1;
    const made = current();
    const key = JSON.stringify([made?.serial ?? 0, span, now.x.text, now.y.text,
      mapOf(model).measure, model.dark, scale]);
    layer(pane, key, (ctx) => {
      if (made) paintMap(ctx, made, now, scale);
      paintMapAxes(ctx, now, model);
    });
    const [x, y] = sides.map(({ name }) => numberOf(model, run, name));
    drawCrosshair(pane.ctx, now, x, y, model.ground, run.info.colour, scale);
    const texts = { run: run.info.label, x: now.x.text, y: now.y.text };
    setAttribute(canvas, "aria-label", fill(model.payload.words.mapStabilityAlt, texts));
  }

  /** @param {CanvasRenderingContext2D} ctx @param {StabilityMap} made @param {MapPlot} now
   * @param {number} scale */
  function paintMap(ctx, made, now, scale) {
    const { measure } = mapOf(model);
    const { words } = model.payload;
    if (colors.update(made, measure, model)) legend.replaceChildren(...colors.legend(made, measure, words));
    drawCells(ctx, now, colors.cells, made.span);
    colors.masks.forEach((mask, i) => {
      if (!made.verdict.includes(i + 1)) return;
      drawHatch(ctx, now, mask, made.span, model.ground.alarm, scale * (1 + i / 2));
    });
    if (colors.border.length) paintBorder(ctx, boxOf(made, now), now, scale);
  }

  /** Theory's border. @param {CanvasRenderingContext2D} ctx @param {Rect} box of the map
   * @param {MapPlot} now @param {number} scale */
  function paintBorder(ctx, { left, top, width, height }, now, scale) {
    const { border } = colors;
    ctx.save();
    clipTo(ctx, now);
    ctx.beginPath();
    for (let k = 0; k < border.length; k += 4) {
      ctx.moveTo(left + width * border[k], top + height * (1 - border[k + 1]));
      ctx.lineTo(left + width * border[k + 2], top + height * (1 - border[k + 3]));
    }
    ctx.lineCap = "round";
    /** @type {[string, number][]} */
    const strokes = [[model.ground.paper, 4.5], [model.ground.ink, 2]];
    for (const [stroke, thick] of strokes) {
      ctx.strokeStyle = stroke;
      ctx.lineWidth = thick * scale;
      ctx.stroke();
    }
    ctx.restore();
  }

  /** Where what was made lies now: a zoom shows it stretched until the next has come.
   * @param {StabilityMap} made @param {MapPlot} now @returns {Rect} */
  function boxOf({ span: [[x0, x1], [y0, y1]] }, now) {
    const [left, top] = [xOn(now, x0), yOn(now, y1)];
    return { left, top, width: xOn(now, x1) - left, height: yOn(now, y0) - top };
  }

  /** The cell at shares of what is shown now. @param {Shares} shares @returns {Cell|null} */
  function cellAt([sx, sy]) {
    const made = current();
    if (!made || !plot) return null;
    const { left, top, width, height } = boxOf(made, plot);
    const [nx, ny] = [made.x.length, made.y.length];
    /** @param {number} share @param {number} n */
    const at = (share, n) => Math.min(Math.max(Math.floor(n * share), 0), n - 1);
    const i = at((plot.left + plot.width * sx - left) / width, nx);
    const j = at(1 - (plot.top + plot.height * (1 - sy) - top) / height, ny);
    return { k: j * nx + i, x: made.x[i], y: made.y[j] };
  }

  /** Give the live run a cell's numbers. @param {number} x @param {number} y
   * @param {import("../model/types.js").Phase} phase */
  function put(x, y, phase) {
    const run = runOfMap(model);
    if (run && map) actions.setCell(run.id, { [map.names[0]]: x, [map.names[1]]: y }, phase);
  }

  /** Say what becomes of the cell under a pointer. @param {Shares|null} at */
  function hover(at) {
    const cell = at && cellAt(at);
    const run = runOfMap(model);
    if (!map || !plot || !cell || !run || model.dragging) return hint.hide();
    const scene = copy(model.scene);
    const entry = scene.runs.find(({ id }) => id === run.id);
    if (!entry) return hint.hide();
    for (const [i, value] of [cell.x, cell.y].entries()) {
      putNumber(scene, entry, map.names[i], value);
      if (map.names[i] === "noise.sigma" && scene.noise.kind === "none") scene.noise.kind = "gaussian";
    }
    const path = runner.path(model, run, scene);
    if (!path) return hint.hide();
    const name = `${plot.x.text} ${number(cell.x, 6)}   ${plot.y.text} ${number(cell.y, 6)}`;
    const { colour, dash } = run.info;
    const [px, py] = [plot.left + plot.width * at[0], plot.top + plot.height * (1 - at[1])];
    const lines = [{ path, colour, dash }];
    hint.show(px, py, name, outcomeOf(map, cell, path), lines, model.known.fMin, model.ground);
  }

  /** What became of a cell's run. @param {StabilityMap} made @param {Cell} cell
   * @param {import("../model/run.js").Path} path */
  function outcomeOf({ verdict, heights, settled }, { k }, path) {
    const { words } = model.payload;
    if (verdict[k] === NOT_FINITE) return fill(words.mapSaysNotFinite, { step: path.divergedAt });
    if (verdict[k] === GROWING) return words.mapSaysGrowing;
    const loss = number(10 ** heights[k]);
    const step = settled[k];
    return fill(step < 0 ? words.mapSaysLoss : words.mapSaysSettled, { loss, step });
  }

  /** Show what lies from one share to another of what is shown.
   * @param {[number, number]} alongX @param {[number, number]} alongY */
  function part([ax, bx], [ay, by]) {
    const sides = sidesOf(model);
    if (!plot || !sides) return;
    const x = partOfSpan(plot.x, ax, bx, [sides[0].low, sides[0].high]);
    const y = partOfSpan(plot.y, ay, by, [sides[1].low, sides[1].high]);
    if (x && y) show([x, y]);
  }

  listenMapGestures(canvas, {
    plot: () => plot,
    choose(at, phase) {
      const cell = cellAt(at);
      if (cell) put(cell.x, cell.y, phase);
    },
    hover,
    zoom: ([x, y], f) => part([x - x * f, x + (1 - x) * f], [y - y * f, y + (1 - y) * f]),
    move: ([x, y]) => part([x, 1 + x], [y, 1 + y]),
    reset: () => show(null),
    step([dx, dy]) {
      const made = current();
      const run = runOfMap(model);
      if (!made || !run) return;
      const [x, y] = made.names.map((name) => numberOf(model, run, name));
      put(nextIn(made.x, x, dx), nextIn(made.y, y, dy), "end");
    },
  });

  return {
    receive(made) {
      if (made.kind !== "stability") return;
      map = { ...made, serial: (map?.serial ?? 0) + 1 };
      hint.hide();
    },
    draw,
    zoom: (f) => part([0.5 - f / 2, 0.5 + f / 2], [0.5 - f / 2, 0.5 + f / 2]),
    sentence() {
      const run = runOfMap(model);
      if (!map || !run) return "";
      const { verdict, margins, why } = map;
      const { words } = model.payload;
      /** @param {number} kind */
      const share = (kind) =>
        Math.round((100 * verdict.reduce((n, v) => n + Number(v === kind), 0)) / verdict.length);
      const said = fill(words.mapSentenceStability, {
        cells: grouped(verdict.length), run: run.info.label, steps: model.scene.steps,
        growing: share(GROWING), over: share(NOT_FINITE),
      });
      const crossed = margins?.some((v) => v > 0) && margins.some((v) => v < 0);
      return `${said} ${why || (crossed ? words.mapBorderIs : words.mapBorderAway)}`;
    },
    destroy() {
      pane.destroy();
      root.replaceChildren();
    },
  };
}
