/** A tile of the basins' map, that of one run: a picture of starts, coloured by where the run arrives. */

import { CellRunner, createHint } from "./cell-hint.js";
import { listenMapGestures } from "./map-gestures.js";
import { clipTo, createLayer, drawCells, drawCrosshair, drawHatch, imageOf, rgbOf } from "./map-paint.js";
import { paintMapAxes, partOfSpan, plotIn, sidesOfPlane, xOn, yOn } from "./map-axes.js";
import { nextIn, spanOf } from "./map-settings.js";
import { elementOf, setAttribute, setText } from "../controls/elements.js";
import { createCanvasPane } from "../canvas/canvas-pane.js";
import { copy } from "../model/scene.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").Window} Window
 * @typedef {import("../model/types.js").Ground} Ground
 * @typedef {import("./types.js").MapPlot} MapPlot @typedef {import("./types.js").Shares} Shares
 * @typedef {{k: number, x: number, y: number}} Cell its place in the map's arrays, its start */

export const NOT_ARRIVED = -1;
export const GROWN = -2;
/** Minima up to this many are numbered on the picture. */
export const MOST_NUMBERED = 12;
/** How much of its brightness a start has lost that takes all steps. */
const DARKEST = 0.62;

/** What rounding leaves of a loss of 0 is none. @param {number} loss */
export const withoutDust = (loss) => (Math.abs(loss) < 1e-12 ? 0 : loss);

/** @param {import("./types.js").RunBasins} own the run's part of the map
 * @param {import("./types.js").ColouredBasinMap} map all of it @param {Model} model
 * @param {Actions} actions @param {(span: Window|null) => void} show another span */
export function createBasinTile(own, map, model, actions, show) {
  const run = model.runs.find(({ id }) => id === own.id);
  const label = run?.info.label ?? own.id;
  const title = elementOf("span", { class: "map-tile-title" });
  const sample = elementOf("i", { class: "map-line", style: `background:${run?.info.colour}` });
  const shares = elementOf("div", { class: "map-shares", role: "img" });
  const pane = createCanvasPane("map-tile-pane", paint);
  const head = elementOf("div", { class: "map-tile-head" }, sample, title);
  const element = elementOf("div", { class: "map-tile", "data-testid": `map-tile-${own.id}` },
    head, pane.place, shares);
  const { canvas } = pane;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  const hint = createHint(pane.place);
  const runner = new CellRunner();
  const [cells, mask] = [document.createElement("canvas"), document.createElement("canvas")];
  const layer = createLayer();
  /** @type {MapPlot|null} */
  let plot = null;
  /** That of the cells' colours. @type {Ground|null} */
  let coloured = null;
  setText(title, label);
  setAttribute(canvas, "aria-label", fill(model.payload.words.mapBasinsAlt, { run: label }));

  function colourCells() {
    const { ground } = model;
    if (coloured === ground) return;
    coloured = ground;
    const [nx, ny] = [map.x.length, map.y.length];
    const colours = ground.basins.map(rgbOf);
    const late = rgbOf(model.dark ? ground.paper : ground.ink);
    const [none, alarm, paper] = [ground.ramp[1], ground.alarm, ground.paper].map(rgbOf);
    const grown = alarm.map((v, c) => v + (paper[c] - v) * 0.75);
    const steps = Math.max(model.scene.steps, 1);
    imageOf(nx, ny, (k) => {
      const end = own.which[k];
      if (end === NOT_ARRIVED) return none;
      if (end === GROWN) return grown;
      const lost = DARKEST * Math.min(1, (own.settled[k] / steps) ** 0.6);
      return colours[map.hues[end]].map((v, c) => v + (late[c] - v) * lost);
    }, cells);
    imageOf(nx, ny, (k) => (own.which[k] === GROWN ? [0, 0, 0] : null), mask);
    drawShares(ground);
  }

  /** A bar of how many starts arrive where. @param {Ground} ground */
  function drawShares(ground) {
    const { words } = model.payload;
    /** @type {Map<number, number>} */
    const counts = new Map();
    for (const end of own.which) counts.set(end, (counts.get(end) ?? 0) + 1);
    const order = [...map.ends.keys(), NOT_ARRIVED, GROWN].filter((end) => counts.has(end));
    /** Classes and words. @type {Record<number, [string, string]>} */
    const special = { [NOT_ARRIVED]: ["not-arrived", words.mapNotArrived], [GROWN]: ["growing", words.mapGrowing] };
    const parts = order.map((end) => {
      const share = (counts.get(end) ?? 0) / own.which.length;
      const [kind, name] = special[end] ?? ["", fill(words.mapMinimum, { number: end + 1 })];
      const background = end >= 0 ? `background:${ground.basins[map.hues[end]]}` : "";
      const text = elementOf("b", {}, share > 0.12 ? percent(share) : "");
      const style = `flex-grow:${share};${background}`;
      return { said: `${name} ${percent(share)}`, bar: elementOf("span", { class: `map-share ${kind}`, style }, text) };
    });
    setAttribute(shares, "aria-label", parts.map(({ said }) => said).join(", "));
    shares.title = parts.map(({ said }) => said).join("\n");
    shares.replaceChildren(...parts.map(({ bar }) => bar));
  }

  function paint() {
    const span = spanOf(model);
    if (!span) return;
    const [x, y] = sidesOfPlane(span);
    const now = plotIn(pane, x, y, model.lecture, true);
    plot = now;
    if (!pane.clear()) return;
    const scale = model.lecture ? 2 : 1;
    const { ground } = model;
    colourCells();
    layer(pane, JSON.stringify([span, model.dark, scale]), (ctx) => {
      drawCells(ctx, now, cells, map.span);
      if (own.which.includes(GROWN)) drawHatch(ctx, now, mask, map.span, ground.alarm, scale);
      paintMinima(ctx, now, ground, scale);
      paintMapAxes(ctx, now, model, true);
    });
    const [sx, sy] = model.scene.start;
    drawCrosshair(pane.ctx, now, sx, sy, ground, run?.info.colour ?? ground.ink, scale);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {MapPlot} now @param {Ground} ground
   * @param {number} scale */
  function paintMinima(ctx, now, ground, scale) {
    const many = map.ends.length > MOST_NUMBERED;
    ctx.save();
    clipTo(ctx, now);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `600 ${model.lecture ? 18 : 12}px ${now.family}`;
    map.ends.forEach(([x, y], i) => {
      const [px, py] = [xOn(now, x), yOn(now, y)];
      ctx.beginPath();
      ctx.arc(px, py, (many ? 2.5 : 8.5) * scale, 0, 2 * Math.PI);
      ctx.fillStyle = ground.paper;
      ctx.strokeStyle = ground.ink;
      ctx.lineWidth = scale;
      ctx.fill();
      ctx.stroke();
      ctx.fillStyle = ground.ink;
      if (!many) ctx.fillText(String(i + 1), px, py + 0.5);
    });
    ctx.restore();
  }

  /** The cell at shares of what is shown. @param {MapPlot} now @param {Shares} shares
   * @returns {Cell} */
  function cellAt(now, shares) {
    const [i, j] = [now.x, now.y].map(({ low, high }, side) => {
      const [from, to] = map.span[side];
      const n = (side ? map.y : map.x).length;
      const k = Math.floor((n * (low + (high - low) * shares[side] - from)) / (to - from));
      return Math.min(Math.max(k, 0), n - 1);
    });
    return { k: j * map.x.length + i, x: map.x[i], y: map.y[j] };
  }

  /** Say where a start arrives. @param {Shares|null} at */
  function hover(at) {
    if (!at || !plot || model.dragging || !run) return hint.hide();
    const cell = cellAt(plot, at);
    const scene = copy(model.scene);
    scene.start = [cell.x, cell.y];
    const path = runner.path(model, run, scene);
    if (!path) return hint.hide();
    const name = `x ${number(cell.x, 6)}   y ${number(cell.y, 6)}`;
    const line = { path, colour: run.info.colour, dash: run.info.dash };
    const [px, py] = [plot.left + plot.width * at[0], plot.top + plot.height * (1 - at[1])];
    hint.show(px, py, name, outcomeOf(cell.k, path), [line], model.known.fMin, model.ground);
  }

  /** What became of a cell's run. @param {number} k @param {import("../model/run.js").Path} path */
  function outcomeOf(k, path) {
    const { words } = model.payload;
    const end = own.which[k];
    if (path.divergedAt >= 0) return fill(words.mapSaysNotFinite, { step: path.divergedAt });
    if (end === GROWN) return words.mapSaysGrowing;
    if (end === NOT_ARRIVED) return words.mapSaysNotArrived;
    const loss = number(withoutDust(map.losses[end]));
    return fill(words.mapSaysArrived, { number: end + 1, step: own.settled[k], loss });
  }

  /** Show what lies from one share to another of what is shown.
   * @param {[number, number]} alongX @param {[number, number]} alongY */
  function part([ax, bx], [ay, by]) {
    if (!plot) return;
    const [x, y] = [partOfSpan(plot.x, ax, bx, null), partOfSpan(plot.y, ay, by, null)];
    if (x && y) show([x, y]);
  }

  listenMapGestures(canvas, {
    plot: () => plot,
    choose(at, phase) {
      if (!plot) return;
      const { x, y } = cellAt(plot, at);
      actions.setStart(x, y, phase);
    },
    hover,
    zoom: ([x, y], f) => part([x - x * f, x + (1 - x) * f], [y - y * f, y + (1 - y) * f]),
    move: ([x, y]) => part([x, 1 + x], [y, 1 + y]),
    reset: () => show(null),
    step([dx, dy]) {
      const [x, y] = model.scene.start;
      actions.setStart(nextIn(map.x, x, dx), nextIn(map.y, y, dy), "end");
    },
  });

  return { element, part, paint, destroy: () => pane.destroy() };
}

/** @param {number} share */
const percent = (share) => (share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`);
