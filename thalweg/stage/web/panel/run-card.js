/** One run on the panel: a line with its name, its first knob and how it fares; the rest opens. */

import { createNamedEntry } from "../controls/number-field.js";
import { createKnob } from "../controls/knobs.js";
import { createButton, createMenu, createTick, elementOf } from "../controls/elements.js";
import { reachIfLarge, setAttribute, setText } from "../controls/elements.js";
import { verdictText } from "../model/sentences.js";
import { createSample } from "../controls/icons.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").Messages} Messages */

const LEAST_CLIP = 1e-6;
const MOST_CLIP = 1e6;

/** What of a run decides how its card is built; everything else is only written into it.
 * @param {Model} model @param {LiveRun} run */
export function cardKind({ scene }, { info, scene: own }) {
  const knobs = [...info.knobs, ...info.scheduleKnobs].map((k) => [k.name, k.low, k.high, k.text]);
  const kinds = [info.rule, info.switches, info.tunings, own.schedule.kind, scene.steps];
  return JSON.stringify([knobs, kinds]);
}

/** Settings that theory calls best, as a button says them.
 * @param {Messages} words @param {{name: string, lr: number, rho: number}} best */
const bestText = (words, { name, lr, rho }) =>
  fill(Number.isNaN(rho) ? words.bestSettings : words.bestSettingsRho, {
    name, lr: number(lr), rho: number(rho),
  });

/** What theory marks on a slider. @param {Messages} words
 * @param {LiveRun|undefined} run @param {string} field */
function marksOf(words, run, field) {
  if (!run?.theory || (field !== "lr" && field !== "rho")) return [];
  /** @type {import("../controls/knobs.js").Mark[]} */
  const marks = run.theory.best.map((best) => ({
    value: best[field], kind: "best", text: bestText(words, best),
  }));
  const { limit } = run.theory;
  if (field === "lr" && limit > 0 && Number.isFinite(limit)) {
    const text = fill(words.limitAt, { value: number(limit) });
    marks.push({ value: limit, kind: "limit", text });
  }
  return marks;
}

/** @param {string} id of the run @param {Model} model
 * @param {Actions} actions */
export function createCard(id, model, actions) {
  const { words } = model.payload;
  const run = () => model.runs.find((r) => r.id === id);
  const index = () => model.runs.findIndex((r) => r.id === id);
  const { info } = /** @type {LiveRun} */ (run());
  const knobs = info.knobs.map((knob) => knobOf(knob, () => run()?.scene.fields[knob.name]));
  const sample = createSample();
  const label = elementOf("span", {}, info.label);
  const name = createButton("", () => actions.select(model.selected === id ? null : id), {
    class: "name", "aria-expanded": "false", "data-testid": `open-${id}`,
  });
  name.append(label);
  const first = elementOf("div", { class: "first" });
  const verdict = elementOf("span", { class: "verdict" });
  const show = createButton("", () => actions.showRun(id, !run()?.scene.shown), {
    class: "show", "data-testid": `show-${id}`,
  });
  const line = elementOf("div", { class: "line" }, sample.element, name, first, verdict, show);
  const element = elementOf("section", { class: "card", role: "group", "data-run": id }, line);
  let rest = null;

  function knobOf(knob, get) {
    const { name: field } = knob;
    const home = () => run()?.info.knobs.find((k) => k.name === field)?.home ?? knob.home;
    const set = (value, phase) => actions.setNumber(id, field, value, phase);
    const theory = field === "lr" && info.tunings.length > 0;
    return createKnob(knob, {
      owner: id, words, get: () => get() ?? NaN, set, reset: () => set(home(), "end"),
      marks: () => marksOf(words, run(), field),
      best: theory ? {
        apply: () => actions.applyBest(id, 0),
        text: () => (run()?.theory?.best.length ? bestText(words, run().theory.best[0]) : null),
      } : undefined,
      link: {
        get: () => model.linked.has(field), set: (on) => actions.link(field, on),
        possible: () => model.runs.some((r) => r.id !== id && r.info.names.includes(field)),
      },
    });
  }

  /** All that an open card has below its line; built when it is first opened. */
  function makeRest() {
    const change = (patch) => actions.change({ runs: { [index()]: patch } });
    const numbers = elementOf("div", { class: "knobs" });
    const bests = info.tunings.length < 2 ? [] : info.tunings.map((_, i) =>
      createButton("", () => actions.applyBest(id, i), { class: "quiet" }));
    const switches = info.switches.map(({ name: field, about }) =>
      createTick(about, () => run()?.scene.switches[field] ?? false,
        (on) => change({ switches: { [field]: on } }), { "data-testid": `switch-${id}-${field}` }));
    const schedule = createMenu({
      label: fill(words.scheduleOf, { run: info.label }), shows: words.schedule,
      items: model.payload.menus.schedules, testid: `schedule-${id}`,
      get: () => run()?.scene.schedule.kind, set: (kind) => change({ schedule: { kind } }),
    });
    const clip = createNamedEntry(words.clip, {
      name: words.clip, label: words.clipLong, low: LEAST_CLIP, high: MOST_CLIP, words,
      optional: true, placeholder: words.never, testid: `clip-${id}`,
      get: () => run()?.scene.clip ?? null, set: (value) => change({ clip: value }),
    });
    const paced = info.scheduleKnobs.map((knob) => {
      const get = () => run()?.scene.schedule[knob.name];
      const high = knob.whole ? Math.max(model.scene.steps, get() ?? 0, 1) : knob.high;
      return knobOf({ ...knob, high, name: `schedule.${knob.name}` }, get);
    });
    const equations = elementOf("div", {
      class: "equations", role: "group", "aria-label": words.equation,
    });
    equations.innerHTML = info.equations.map((line) => `<div>${line}</div>`).join("");
    const solo = createButton(words.solo, () => actions.soloRun(id), { title: words.soloLong });
    const acts = [
      solo,
      createButton(words.duplicate, () => actions.duplicateRun(id), {
        "data-testid": `duplicate-${id}`,
      }),
      createButton(words.remove, () => actions.removeRun(id), { "data-testid": `remove-${id}` }),
    ];
    const part = (kind, ...children) => elementOf("div", { class: kind }, ...children);
    const parts = [
      numbers,
      ...(bests.length ? [part("row wraps bests", ...bests)] : []),
      ...(switches.length ? [part("switches", ...switches.map((s) => s.element))] : []),
      part("row wraps", schedule.element, clip.element),
      part("knobs paced", ...paced.map((k) => k.element)),
      equations,
      part("row wraps acts", ...acts),
    ];
    function drawRest() {
      for (const knob of paced) knob.draw();
      for (const tick of switches) tick.draw();
      schedule.draw();
      clip.draw();
      const best = run().theory?.best ?? [];
      bests.forEach((button, i) => {
        button.hidden = !best[i];
        if (best[i]) setText(button, bestText(words, best[i]));
      });
      const alone = model.runs.every((r) => r.scene.shown === (r.id === id));
      setAttribute(solo, "aria-pressed", alone);
    }
    return { element: part("rest", ...parts), numbers, equations, draw: drawRest };
  }

  /** @type {boolean|null} */
  let opened = null;

  /** @param {boolean} open */
  function setOpen(open) {
    opened = open;
    element.classList.toggle("open", open);
    setAttribute(name, "aria-expanded", open);
    if (open && !rest) {
      rest = makeRest();
      element.append(rest.element);
    }
    if (rest) rest.element.hidden = !open;
    if (open) reachIfLarge(rest.equations);
    const home = open ? rest.numbers : first;
    const shown = open ? knobs : knobs.slice(0, 1);
    if (shown.some(({ element: knob }) => knob.parentElement !== home)) {
      home.replaceChildren(...shown.map((knob) => knob.element));
    }
  }

  /** @param {boolean} open @param {boolean} wordsDue */
  function draw(open, wordsDue) {
    const now = run();
    if (!now) return;
    if (open !== opened) setOpen(open);
    const { label: text, colour, dash } = now.info;
    setAttribute(element, "aria-label", text);
    sample.draw(colour, dash);
    setText(label, text);
    setAttribute(name, "title", text);
    if (wordsDue) writeVerdict(verdict, model, now);
    const { shown } = now.scene;
    element.classList.toggle("muted", !shown);
    setText(show, shown ? "●" : "○");
    setAttribute(show, "aria-pressed", shown);
    setAttribute(show, "aria-label", fill(words.showRun, { run: text }));
    setAttribute(show, "title", fill(shown ? words.hideRun : words.showRun, { run: text }));
    for (const knob of open ? knobs : knobs.slice(0, 1)) knob.draw();
    if (open) rest.draw();
  }

  return { element, draw };
}

/** Write how a run fares. @param {Element} element @param {Model} model @param {LiveRun} run */
export function writeVerdict(element, model, run) {
  const text = model.predicting ? "" : verdictText(model, run);
  setText(element, text);
  setAttribute(element, "title", text);
  element.classList.toggle("alarm", run.verdict.kind !== "fine" && !model.predicting);
}
