/** What all runs share: the surface, the start, the steps, the noise. */

import { createNamedEntry } from "../controls/number-field.js";
import { createKnob } from "../controls/knobs.js";
import { createButton, createMenu, elementOf, partOf } from "../controls/elements.js";
import { reachIfLarge, setAttribute } from "../controls/elements.js";
import { createSharing } from "../share/share-sheet.js";
import { createMore } from "./settings-sheet.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Stale} Stale
 * @typedef {import("../model/types.js").Actions} Actions */

const FARTHEST_START = 1e6;
const MOST_STEPS = 20_000;
const MOST_SIGMA = 20;
/** What the settings depend on. @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["scene", "numbers", "surface", "paths", "mode"];

/** @param {HTMLElement} root @param {Model} model
 * @param {Actions} actions */
export function createSettings(root, model, actions) {
  const place = partOf(root, "settings");
  const { words, menus } = model.payload;
  const surface = createMenu({
    label: words.surface, items: menus.surfaces, testid: "surface-select",
    get: () => model.payload.surface.slug, set: (slug) => actions.setSurface(slug),
  });
  const scenes = createMenu({
    label: words.scenes, placeholder: words.scenes, items: menus.presets, testid: "scenes-select",
    set: (slug) => actions.openPreset(slug),
  });
  const share = createSharing(model);
  const lecture = createButton(words.lecture, () => actions.setLecture(!model.lecture), {
    "data-testid": "lecture", title: words.lectureLong,
  });
  const unfold = createButton(words.settings, () => setUnfolded(!unfolded()), {
    class: "unfold", "aria-expanded": "false", "data-testid": "unfold",
  });
  const top = elementOf("div", { class: "row top" },
    surface.element, scenes.element, unfold, share.element, lecture);
  const equation = elementOf("div", {
    class: "equation", role: "group", "aria-label": words.equation,
  });
  const numbers = elementOf("div", { class: "knobs surface-knobs" });
  const start = [0, 1].map((axis) => createStart(model, actions, axis));
  const steps = createNamedEntry(words.steps, {
    name: words.steps, label: words.stepsLong, low: 0, high: MOST_STEPS, whole: true, words,
    testid: "steps", get: () => model.scene.steps, set: (value) => actions.change({ steps: value }),
  });
  const sigma = createKnob(sigmaKnob(words), {
    owner: "noise", words, get: () => model.scene.noise.sigma,
    set: (value, phase) => actions.setNumber("noise", "sigma", value, phase),
  });
  const more = createMore(model, actions);
  const begin = elementOf("div", { class: "row begin" },
    ...start.map((entry) => entry.element), steps.element, sigma.element, more.element);
  const folds = elementOf("div", { class: "folds" }, equation, numbers, begin);
  place.replaceChildren(top, folds);

  const unfolded = () => place.classList.contains("unfolded");
  function setUnfolded(open) {
    place.classList.toggle("unfolded", open);
    setAttribute(unfold, "aria-expanded", open);
    reachIfLarge(equation);
  }

  let kind = "";
  /** @type {ReturnType<typeof createKnob>[]} */
  let knobs = [];
  /** Another surface, or a penalty more or less, has other knobs. */
  function arrange() {
    const { slug, knobs: list, equation: text } = model.payload.surface;
    const now = JSON.stringify([slug, list.map((knob) => knob.name)]);
    if (now === kind) return;
    kind = now;
    const { penalty } = model.scene.surface;
    setAttribute(place, "data-penalty", penalty.kind);
    equation.innerHTML = text;
    reachIfLarge(equation);
    knobs = list.map((knob) => createKnob(knob, {
      owner: "surface", words, get: () => surfaceNumber(model, knob.name),
      set: (value, phase) => actions.setNumber("surface", knob.name, value, phase),
    }));
    numbers.replaceChildren(...knobs.map((knob) => knob.element));
  }

  /** @param {Stale} stale */
  function draw(stale) {
    if (stale.has("size")) reachIfLarge(equation);
    if (!CHANGES.some((part) => stale.has(part))) return;
    arrange();
    for (const part of [surface, ...knobs, ...start, steps, sigma, more]) part.draw();
  }

  draw(new Set(["scene"]));
  return { draw, destroy: () => place.replaceChildren() };
}

function surfaceNumber({ scene }, name) {
  const { fields, penalty } = scene.surface;
  return (name === "penalty.strength" ? penalty.strength : fields[name]) ?? NaN;
}

/** σ has no field of a class behind it. "cube" is fine near 0, where ratios have no meaning. */
function sigmaKnob(words) {
  const symbol = "<math><mi>σ</mi></math>";
  const spacing = /** @type {any} */ ("cube");
  const range = { low: 0, high: MOST_SIGMA, home: 0, spacing, whole: false, unit: "" };
  return { name: "sigma", symbol, text: words.sigma, about: words.sigmaLong, ...range };
}

/** One coordinate of the start. */
function createStart(model, actions, axis) {
  const { words } = model.payload;
  const name = axis ? "y" : "x";
  const set = (value, phase) => {
    const [x, y] = model.scene.start;
    if (axis) actions.setStart(x, value, phase);
    else actions.setStart(value, y, phase);
  };
  const label = axis ? words.startY : words.startX;
  return createNamedEntry(name, {
    name: label, label, words, low: -FARTHEST_START, high: FARTHEST_START, testid: `start-${name}`,
    get: () => model.scene.start[axis], set,
    fine: (value, direction) => {
      const [low, high] = model.window[axis];
      const power = Math.floor(Math.log10((high - low) / 200));
      const next = (Math.round(value / 10 ** power) + direction) * 10 ** power;
      return Number(next.toFixed(Math.max(0, -power)));
    },
  });
}
