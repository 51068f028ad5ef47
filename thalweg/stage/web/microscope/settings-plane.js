/** The plane of settings (lr, ρ) for the quadric around a step: three methods, side by side. */

import { emptyStepDetail, fillStepDetail, inspectedRun } from "../model/step-detail.js";
import { createButton, elementOf, setAttribute, setText } from "../controls/elements.js";
import { beginView, createCanvasPane, touchesStep } from "../canvas/canvas-pane.js";
import { createDot } from "./settings-dot.js";
import { Field, LOW, METHODS, SPAN, paintPlane, xOfRate } from "./rate-field.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("../model/types.js").Actions} Actions */

const best = new Float64Array(9);
const factors = new Float64Array(3);
const setting = new Float64Array(2);
const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createPlane(root, model, actions) {
  const lens = emptyStepDetail();
  const field = new Field();
  const curvatures = new Float64Array(2);
  const planes = METHODS.map((method, m) => {
    const title = elementOf("span", { class: "lens-plane-title" });
    const pane = createCanvasPane("lens-plane-pane", draw);
    const diamond = createButton("", () => take(m), { class: "lens-best" });
    pane.place.append(diamond);
    const element = elementOf("div", {}, title, pane.place);
    return { ...method, m, title, pane, diamond, element, plot: null };
  });
  const row = elementOf("div", { class: "lens-planes" }, ...planes.map(({ element }) => element));
  const now = elementOf("p", { class: "lens-plane-now" });
  const note = elementOf("p", { class: "lens-hint" });
  const title = beginView(root, "lens-plane", row, now, note);
  let run = null;
  let lo = NaN; // lr at the left end

  const own = () => planes.find(({ name }) => name === run?.info.plane) ?? null;
  const knobOf = (name) => run.info.knobs.find((knob) => knob.name === name);
  const valueOf = (name) => (knobOf(name) ? run.scene.fields[name] : 0);

  /** @param {Object<string, number>} values by the names of knobs, of which the run may lack some
   * @param {import("../model/types.js").Phase} phase */
  function set(values, phase) {
    const own = Object.entries(values).filter(([name]) => knobOf(name));
    const within = own.map(([name, value]) => {
      const { low, high } = knobOf(name);
      return [name, clamp(value, low, high)];
    });
    actions.setNumbers(run.id, Object.fromEntries(within), phase);
  }

  /** lr and ρ at a place of the page, in as many digits as a finger can choose. */
  function settingAt(x, y) {
    const { pane, plot } = own() ?? planes[0];
    if (!plot) return { lr: valueOf("lr"), rho: valueOf("rho") };
    const box = pane.place.getBoundingClientRect();
    const share = clamp((x - box.left - plot.left) / plot.width, 0, 1);
    const rho = clamp(1 - (y - box.top - plot.top) / plot.height, 0, 1);
    return { lr: Number((lo * SPAN ** share).toPrecision(3)), rho: Number(rho.toFixed(3)) };
  }

  const hand = createDot({ knobOf, valueOf, set, settingAt });
  const dot = hand.element;

  /** Settings that a method knows as its best; without momentum they are every method's. */
  const canTake = ({ name, m }) => run?.info.plane === name || (m === 0 && own() !== null);

  function take(m) {
    set({ lr: best[3 * m], rho: best[3 * m + 1] }, "end");
  }

  function draw(stale) {
    if (!touchesStep(stale)) return;
    const { words, surface } = model.payload;
    run = inspectedRun(model);
    if (run) fillStepDetail(model, run, model.step, lens);
    const [low, high] = lens.values;
    const convex = low > 0;
    const fine = run && !surface.notSmooth && high > 0 && Number.isFinite(high);
    if (fine) paintAll(convex ? low / high : 1, high, stale);
    const some = fine || hand.held; // what a finger holds does not go away under it
    setText(title, words.planeTitle);
    setAttribute(root, "aria-label", words.planeTitle);
    row.hidden = !some;
    now.hidden ||= !some;
    const sentence = !run ? words.curveNoRuns : surface.notSmooth || whatIsMissing(convex, words);
    note.hidden = !sentence;
    setText(note, sentence);
    if (some) write(convex, words);
  }

  const whatIsMissing = (convex, words) =>
    convex ? (own() ? "" : words.planeNotThis) : words.planeNotConvex;

  function paintAll(ratio, high, stale) {
    curvatures[0] = ratio * high;
    curvatures[1] = high;
    model.point.settings(curvatures, 0, best, 0);
    const before = lo;
    // While the dot is held the axis stays: the curvature moves with the path that it makes.
    if (!hand.held) lo = LOW / high;
    const changed = field.follow(model.point, ratio, lo * high, model.ground);
    const known = Math.abs(lo - before) <= 1e-12 * lo;
    if (changed || !known || stale.has("size") || stale.has("scene")) planes.forEach(paint);
  }

  function paint(plane) {
    const { pane, m } = plane;
    plane.plot = pane.clear() ? paintPlane(pane, field, m, lo, model.lecture) : null;
  }

  /** An element to the place of a setting; at the edge where it lies outside. */
  function place(element, { plot }, lr, rho) {
    element.hidden = !plot || !(lr > 0);
    if (element.hidden) return;
    const x = xOfRate(plot, lo, lr);
    const at = clamp(x, plot.left, plot.left + plot.width);
    const y = plot.top + plot.height * (1 - clamp(rho, 0, 1));
    element.style.transform = `translate(${at}px, ${y}px)`;
    setAttribute(element, "data-away", x < at ? "left" : x > at ? "right" : "");
  }

  function write(convex, words) {
    for (const plane of planes) {
      const { m, diamond } = plane;
      const [lr, rho] = [best[3 * m], best[3 * m + 1]];
      setText(plane.title, words[plane.word]);
      setAttribute(plane.pane.canvas, "aria-label", words[plane.word]);
      place(diamond, plane, convex ? lr : NaN, rho);
      diamond.disabled = !canTake(plane);
      if (model.dragging || model.playing) continue;
      const text = fill(words.planeBest, { name: words[plane.best], lr: number(lr), rho: number(rho) });
      setAttribute(diamond, "aria-label", text);
      setAttribute(diamond, "title", text);
    }
    const plane = own();
    dot.hidden = !plane;
    now.hidden = !plane || !convex; // the other direction has no rate
    if (!plane) return;
    if (dot.parentElement !== plane.pane.place) plane.pane.place.append(dot);
    [setting[0], setting[1]] = [valueOf("lr"), valueOf("rho")];
    const texts = { method: words[plane.word], lr: number(setting[0]), rho: number(setting[1]) };
    dot.style.color = run.info.colour;
    place(dot, plane, setting[0], setting[1]);
    setAttribute(dot, "aria-label", fill(knobOf("rho") ? words.planeDotRho : words.planeDot, texts));
    setAttribute(dot, "aria-roledescription", words.startKind);
    model.point.rates(setting, 0, curvatures, 0, factors, 0);
    const rate = factors[plane.m];
    setText(now, fill(rate < 1 ? words.planeNow : words.planeGrows, { ...texts, rate: number(rate, 4) }));
    now.classList.toggle("alarm", rate >= 1);
  }

  return {
    draw,
    destroy() {
      for (const { pane } of planes) pane.destroy();
      root.replaceChildren();
    },
  };
}
