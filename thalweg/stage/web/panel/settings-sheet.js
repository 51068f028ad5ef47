/** The small sheet of the settings: what is needed less often. */

import { createNamedEntry } from "../controls/number-field.js";
import { STEP_OVERLAYS } from "../model/step-detail.js";
import { createMenu, createPopover, createTick } from "../controls/elements.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions */

const MOST_SEEDS = 2 ** 32;
const MOST_BATCH = 1_000_000;
const FIRST_STRENGTH = 0.1;

/** Seed and kind of the noise, the penalty, and two ways of looking.
 * @param {Model} model @param {Actions} actions */
export function createMore(model, actions) {
  const { words, menus } = model.payload;
  const noise = () => model.scene.noise;
  const kind = createMenu({
    label: words.noiseKind, shows: words.noiseKind, items: menus.noises, testid: "noise-kind",
    get: () => noise().kind, set: (slug) => actions.change({ noise: { kind: slug } }),
  });
  const entry = (name, long, field, low, high, whole, set) => createNamedEntry(name, {
    name, label: long, low, high, whole, words, testid: field, get: () => noise()[field],
    set, fine: (value, direction) => value + direction * (whole ? 1 : 0.1),
  });
  const toChange = (field) => (value) => {
    if (value !== noise()[field]) actions.change({ noise: { [field]: value } });
  };
  const seed = entry(words.seed, words.seedLong, "seed", 0, MOST_SEEDS - 1, true, toChange("seed"));
  const batch = entry(words.batch, words.batchLong, "batch", 1, MOST_BATCH, true,
    (value, phase) => actions.setNumber("noise", "batch", value, phase));
  const dof = entry(words.dof, words.dofLong, "dof", 0.1, 1e6, false, toChange("dof"));
  const penalty = createMenu({
    label: words.penalty, shows: words.penalty, items: menus.penalties, testid: "penalty",
    get: () => model.scene.surface.penalty.kind,
    set(slug) {
      // A penalty of strength 0 would show nothing.
      const strength = model.scene.surface.penalty.strength || FIRST_STRENGTH;
      const chosen = slug === "none" ? { kind: slug } : { kind: slug, strength };
      actions.change({ surface: { penalty: chosen } });
    },
  });
  const predict = createTick(words.predictFirst, () => model.predicting,
    (on) => actions.setPredicting(on), { "data-testid": "predict" });
  const overlays = ["ghost", ...(model.payload.page === "race" ? STEP_OVERLAYS : [])].map((name) =>
    createTick(words[`overlay.${name}`], () => model.scene.view.overlays.includes(name),
      (on) => actions.setOverlay(name, on), { "data-testid": name }));
  const parts = [kind, seed, batch, dof, penalty, predict, ...overlays];
  const { element } = createPopover(words.more, parts.map((part) => part.element), {
    label: words.moreLong, testid: "more",
  });
  function draw() {
    for (const part of parts) part.draw();
    dof.input.disabled = noise().kind !== "student_t";
  }
  draw();
  return { element, draw };
}
