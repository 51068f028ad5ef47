/** What a picture is made of beside its drawings: its ground, and the lines that say what it shows. */

import { shownRuns } from "../model/shown-runs.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Ground} Ground */

/** On paper a ground costs ink and takes contrast from the runs: lines alone carry the surface. The
 * same as in share/picture/look.py. */
const PRINT = {
  paper: "#ffffff", ink: "#000000", faint: "#404040", ramp: ["#ffffff", "#ffffff"], contour: "#9a9a9a",
  veil: "rgba(255,255,255,0.75)", accent: "#000000", alarm: "#000000", line: "#404040", raised: "#ffffff",
};

/** The colours of a picture. @param {Model} model @param {"seen"|"light"|"dark"|"print"} style
 * @returns {Ground} */
export function groundIn(model, style) {
  if (style === "print") return /** @type {any} */ (PRINT);
  return style === "seen" ? model.ground : model.payload.grounds[style];
}

/** What acts on all runs, in parts: the surface's numbers, the start, the step, noise and penalty.
 * @param {Model} model @returns {string[]} */
export function settingsOf(model) {
  const { scene, payload, step } = model;
  const { words, menus, surface } = payload;
  const { fields, penalty } = scene.surface;
  const titleIn = (menu, slug) => menu?.find((item) => item.slug === slug)?.title ?? slug;
  const own = surface.knobs.filter(({ name }) => name in fields);
  const numbers = own.map(({ name, text, unit }) => `${text} ${number(fields[name], 4)}${unit}`);
  const parts = numbers.length ? [numbers.join(", ")] : [];
  const { text: formula } = scene.surface; // of a surface that somebody typed
  if (formula) parts.unshift(`f = ${formula.replace(/\s+/g, " ").trim()}`);
  if (penalty.kind !== "none" && penalty.strength) {
    parts.push(`${words.penalty} ${titleIn(menus.penalties, penalty.kind)} ${number(penalty.strength, 4)}`);
  }
  const [x, y] = scene.start.map((v) => number(v, 4));
  parts.push(`${words.pictureStart ?? words.criticalStart} (${x}, ${y})`);
  parts.push(fill(words.stepOf, { step, steps: scene.steps }));
  const { kind, sigma, batch, seed } = scene.noise;
  if (kind !== "none" && sigma) {
    const many = batch > 1 ? `, ${words.batch} ${number(batch, 4)}` : "";
    parts.push(`${words.sigma} ${number(sigma, 4)}, ${titleIn(menus.noises, kind)}${many}, ${words.seed} ${seed}`);
  }
  return parts;
}

/** What the picture shows, in a sentence. @param {Model} model @returns {string} */
export function describedPicture(model) {
  const { words, surface } = model.payload;
  const runs = shownRuns(model).map((run) => run.info.label).join(", ") || words.noRun;
  const values = { runs, surface: surface.title, step: model.step, steps: model.scene.steps };
  return fill(words.pictureAlt, values);
}
