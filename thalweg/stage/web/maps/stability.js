/** The stability map: two numbers of a run along the sides, and how far each setting came. */

import { createHint, Trial } from "./cell-hint.js";
import { listenHands } from "./map-gestures.js";
import { clipTo, createSheet, drawCells, drawHatch, drawHere } from "./map-paint.js";
import { paintAxes, partOfSpan, plotIn, xOn, yOn } from "./map-axes.js";
import { mapOf, nextIn, numberOf, placeIn, runOfMap, sidesOf, spanOf } from "./map-settings.js";
import { GROWING, NOT_FINITE, Shades } from "./cell-colors.js";
import { elementOf, setAttribute } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { copy } from "../model/scene.js";
import { fill, grouped, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").Window} Window */

const CHANGES = ["map", "size", "theme", "numbers", "scene", "surface", "mode"];

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @param {(span: Window|null) => void} show another span */
export function createStability(root, model, actions, show) {
  const pane = createCanvasPane("map-pane", () => draw(new Set(["size"])));
  const legend = elementOf("div", { class: "map-legend" });
  root.append(pane.place, legend);
  const { canvas } = pane;
  canvas.tabIndex = 0;
  canvas.dataset.testid = "map-canvas";
  canvas.setAttribute("role", "application");
  const hint = createHint(pane.place);
  const trial = new Trial();
  const shades = new Shades();
  const sheet = createSheet();
  let map = null;
  let plot = null;

  /** Whether what was made is of the numbers that now lie along the sides. */
  const fits = () => map && sidesOf(model)?.every((knob, i) => knob.name === map.names[i]);

  function layOut() {
    const sides = sidesOf(model);
    const span = spanOf(model);
    if (!sides || !span) return null;
    const [x, y] = sides.map(({ spacing, label }, i) => ({
      low: span[i][0], high: span[i][1], spacing, text: label,
    }));
    return plotIn(pane, x, y, model.lecture);
  }

  function draw(stale) {
    if (!CHANGES.some((part) => stale.has(part))) return;
    plot = layOut();
    if (!plot || !pane.clear()) return;
    const scale = model.lecture ? 2 : 1;
    const key = JSON.stringify([fits() ? map.serial : 0, spanOf(model), plot.x.text, plot.y.text,
      mapOf(model).measure, model.dark, scale]);
    sheet(pane, key, (ctx) => {
      if (fits()) paintMap(ctx, scale);
      paintAxes(ctx, plot, model);
    });
    const run = runOfMap(model);
    const [x, y] = sidesOf(model).map(({ name }) => numberOf(model, run, name));
    drawHere(pane.ctx, plot, x, y, model.ground, run.info.colour, scale);
    const texts = { run: run.info.label, x: plot.x.text, y: plot.y.text };
    setAttribute(canvas, "aria-label", fill(model.payload.words.mapStabilityAlt, texts));
  }

  function paintMap(ctx, scale) {
    const { measure } = mapOf(model);
    const { words } = model.payload;
    if (shades.follow(map, measure, model)) legend.replaceChildren(...shades.legend(map, measure, words));
    drawCells(ctx, plot, shades.cells, map.span);
    shades.masks.forEach((mask, i) => {
      if (!map.verdict.includes(i + 1)) return;
      drawHatch(ctx, plot, mask, map.span, model.ground.alarm, scale * (1 + i / 2));
    });
    if (shades.border.length) paintBorder(ctx, shades.border, scale);
  }

  function paintBorder(ctx, border, scale) {
    const { left, top, width, height } = boxOfMap();
    ctx.save();
    clipTo(ctx, plot);
    ctx.beginPath();
    for (let k = 0; k < border.length; k += 4) {
      ctx.moveTo(left + width * border[k], top + height * (1 - border[k + 1]));
      ctx.lineTo(left + width * border[k + 2], top + height * (1 - border[k + 3]));
    }
    ctx.lineCap = "round";
    for (const [stroke, thick] of [[model.ground.paper, 4.5], [model.ground.ink, 2]]) {
      ctx.strokeStyle = String(stroke);
      ctx.lineWidth = Number(thick) * scale;
      ctx.stroke();
    }
    ctx.restore();
  }

  /** Where what was made lies now: a zoom shows it stretched until the next has come. */
  function boxOfMap() {
    const [[x0, x1], [y0, y1]] = map.span;
    const [left, top] = [xOn(plot, x0), yOn(plot, y1)];
    return { left, top, width: xOn(plot, x1) - left, height: yOn(plot, y0) - top };
  }

  /** The cell at shares of what is shown now, and its numbers. */
  function cellAt([sx, sy]) {
    if (!fits() || !plot) return null;
    const { left, top, width, height } = boxOfMap();
    const [nx, ny] = [map.x.length, map.y.length];
    const at = (share, n) => Math.min(Math.max(Math.floor(n * share), 0), n - 1);
    const i = at((plot.left + plot.width * sx - left) / width, nx);
    const j = at(1 - (plot.top + plot.height * (1 - sy) - top) / height, ny);
    return { k: j * nx + i, x: map.x[i], y: map.y[j] };
  }

  function put(x, y, phase) {
    actions.setCell(runOfMap(model).id, { [map.names[0]]: x, [map.names[1]]: y }, phase);
  }

  function hover(at) {
    const cell = at && cellAt(at);
    const run = runOfMap(model);
    if (!cell || !run || model.dragging) return hint.hide();
    const scene = copy(model.scene);
    const entry = scene.runs.find(({ id }) => id === run.id);
    [cell.x, cell.y].forEach((value, i) => {
      const { table, key } = placeIn(scene, entry, map.names[i]);
      table[key] = value;
      if (table === scene.noise && scene.noise.kind === "none") scene.noise.kind = "gaussian";
    });
    const path = trial.path(model, run, scene);
    if (!path) return hint.hide();
    const name = `${plot.x.text} ${number(cell.x, 6)}   ${plot.y.text} ${number(cell.y, 6)}`;
    const { colour, dash } = run.info;
    const [px, py] = [plot.left + plot.width * at[0], plot.top + plot.height * (1 - at[1])];
    const lines = [{ path, colour, dash }];
    hint.show(px, py, name, outcomeOf(cell, path), lines, model.known.fMin, model.ground);
  }

  /** What became of a cell's run. */
  function outcomeOf({ k }, path) {
    const { words } = model.payload;
    if (map.verdict[k] === NOT_FINITE) return fill(words.mapSaysNotFinite, { step: path.divergedAt });
    if (map.verdict[k] === GROWING) return words.mapSaysGrowing;
    const loss = number(10 ** map.heights[k]);
    const step = map.settled[k];
    return fill(step < 0 ? words.mapSaysLoss : words.mapSaysSettled, { loss, step });
  }

  /** Show what lies from one share to another of what is shown. */
  function part([ax, bx], [ay, by]) {
    const sides = sidesOf(model);
    if (!plot || !sides) return;
    const x = partOfSpan(plot.x, ax, bx, [sides[0].low, sides[0].high]);
    const y = partOfSpan(plot.y, ay, by, [sides[1].low, sides[1].high]);
    if (x && y) show([x, y]);
  }

  listenHands(canvas, {
    plot: () => plot,
    choose(at, phase) {
      const cell = cellAt(at);
      if (cell) put(cell.x, cell.y, phase);
    },
    hover,
    zoom: ([x, y], f) => part([x - x * f, x + (1 - x) * f], [y - y * f, y + (1 - y) * f]),
    move: ([x, y]) => part([x, 1 + x], [y, 1 + y]),
    whole: () => show(null),
    step([dx, dy]) {
      if (!fits()) return;
      const [x, y] = map.names.map((name) => numberOf(model, runOfMap(model), name));
      put(nextIn(map.x, x, dx), nextIn(map.y, y, dy), "end");
    },
  });

  return {
    /** @param {any} made by the server */
    take(made) {
      map = { ...made, serial: (map?.serial ?? 0) + 1 };
      hint.hide();
    },
    draw,
    zoom: (f) => part([0.5 - f / 2, 0.5 + f / 2], [0.5 - f / 2, 0.5 + f / 2]),
    /** What the map shows, as a sentence. */
    says() {
      const { words } = model.payload;
      const share = (kind) =>
        Math.round((100 * map.verdict.reduce((n, v) => n + (v === kind), 0)) / map.verdict.length);
      const said = fill(words.mapSentenceStability, {
        cells: grouped(map.verdict.length), run: runOfMap(model).info.label, steps: model.scene.steps,
        growing: share(GROWING), over: share(NOT_FINITE),
      });
      const crossed = map.margins?.some((v) => v > 0) && map.margins.some((v) => v < 0);
      return `${said} ${map.why || (crossed ? words.mapBorderIs : words.mapBorderAway)}`;
    },
    destroy() {
      pane.destroy();
      root.replaceChildren();
    },
  };
}
