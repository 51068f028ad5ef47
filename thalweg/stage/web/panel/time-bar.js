/** Time: play and pause, single steps, the step that is shown, speed. */

import { createButton, createMenu, elementOf, partOf, setAttribute, setText } from "../controls/elements.js";
import { narrowScreen, stageOf } from "../controls/elements.js";
import { shapeOf } from "../controls/icons.js";
import { fill, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions */

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10];

/** The rate of the step that led here, where a schedule changes it: that of the selected run, else
 * of the first shown one that has a schedule. @param {Model} model
 * @returns {number} NaN where there is nothing to tell */
export function rateShown({ runs, selected, step }) {
  const changes = ({ scene: { schedule, shown } }) =>
    shown && (schedule.kind !== "constant" || schedule.warmup > 0);
  const able = runs.filter(changes);
  const run = able.find(({ id }) => id === selected) ?? able[0];
  if (!run || !run.info.row.lr) return NaN;
  const { path, info } = run;
  const row = Math.max(0, Math.min(step, path.count - 1) - 1);
  return row < path.steps ? path.rows[row * path.width + info.row.lr[0]] : NaN;
}

/** @param {HTMLElement} root @param {Model} model
 * @param {Actions} actions */
export function createBar(root, model, actions) {
  const place = partOf(root, "bar");
  const { words } = model.payload;
  const go = (step) => {
    if (model.playing) actions.pause();
    actions.seek(step);
  };
  const mover = (shape, label, step, kind = "") => {
    const named = { "aria-label": label, title: label, "data-testid": shape };
    const button = createButton("", () => go(step()), { class: `shaped ${kind}`, ...named });
    button.append(shapeOf(shape).element);
    return button;
  };
  const shape = shapeOf("play");
  const word = elementOf("span", {}, words.play);
  const play = createButton("", () => (model.playing ? actions.pause() : actions.play()), {
    class: "play", "data-testid": "play",
  });
  play.append(shape.element, word);
  const first = mover("first", words.toStart, () => 0, "far");
  const back = mover("back", words.stepBack, () => model.step - 1);
  const forward = mover("forward", words.stepForward, () => model.step + 1);
  const last = mover("last", words.toEnd, () => model.scene.steps, "far");
  const count = elementOf("span", { class: "count" });
  const total = elementOf("span", { class: "total" });
  const rate = elementOf("span", { class: "rate" });
  const counter = elementOf("div", { class: "counter", "data-testid": "counter" });
  counter.append(count, total, rate);
  const scrub = elementOf("input", {
    type: "range", class: "scrub", min: 0, step: 1, "aria-label": words.step,
    "data-testid": "scrub", input: () => go(scrub.valueAsNumber),
  });
  const speed = createMenu({
    label: words.speed, testid: "speed", get: () => String(model.speed),
    set: (slug) => actions.setSpeed(Number(slug)),
    items: SPEEDS.map((s) => ({ slug: String(s), title: `${s}×` })),
  });
  const loop = createButton(words.loop, () => actions.setLoop(!model.loop), {
    class: "quiet", "data-testid": "loop", title: words.loopLong,
  });
  const leave = createButton(words.leave, () => actions.setLecture(false), {
    class: "quiet leave", title: words.leaveLong, "data-testid": "leave-lecture",
  });
  const buttons = elementOf("div", { class: "row movers" }, first, back, play, forward, last);
  place.replaceChildren(buttons, counter, scrub, speed.element, loop, leave);
  const narrow = narrowScreen();

  /** On a phone the bar stands between picture and panel: there too, focus goes as the eye does. */
  function settle() {
    const stage = stageOf(place);
    const [picture, panel] = ["picture", "panel"].map((name) => stage.querySelector(`.${name}`));
    if (!picture || !panel) return;
    const before = narrow.matches ? picture : panel;
    if (before.nextElementSibling !== place) before.after(place);
  }

  let shown = { step: -1, steps: -1, playing: null, loop: null };
  function draw() {
    const { step, playing, loop: loops } = model;
    const { steps } = model.scene;
    if (steps !== shown.steps) {
      scrub.max = String(steps);
      setText(total, ` / ${steps}`);
      count.style.minWidth = `${String(steps).length}ch`;
    }
    if (step !== shown.step || steps !== shown.steps) {
      scrub.value = String(step);
      scrub.setAttribute("aria-valuetext", fill(words.stepValue, { step, steps }));
      setText(count, String(step));
      first.disabled = back.disabled = step <= 0;
      last.disabled = forward.disabled = step >= steps;
    }
    if (playing !== shown.playing) {
      shape.show(playing ? "pause" : "play");
      setText(word, playing ? words.pause : words.play);
    }
    if (loops !== shown.loop) setAttribute(loop, "aria-pressed", loops);
    shown = { step, steps, playing, loop: loops };
    speed.draw();
    const alpha = rateShown(model);
    setText(rate, Number.isNaN(alpha) ? "" : fill(words.rateNow, { rate: number(alpha) }));
  }

  narrow.addEventListener("change", settle);
  settle();
  draw();
  return {
    draw,
    destroy() {
      narrow.removeEventListener("change", settle);
      place.replaceChildren();
    },
  };
}
