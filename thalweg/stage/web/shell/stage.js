/**
 * The stage: one Scene, live. `mount(element, payload, onChange)` is all that a page needs.
 *
 * Input marks what is stale; once an animation frame the model computes it and the views draw it.
 * During a gesture nothing is reported; at its end `onChange` is told once.
 */

import { makeActions } from "../model/actions.js";
import { importKernels } from "../model/kernels.js";
import { createStageApi } from "./stage-api.js";
import { listenKeys } from "./keys.js";
import { Meter } from "./frame-meter.js";
import { makeModel, applyAnswer, update } from "../model/model.js";
import { Reporter } from "./reporter.js";
import { History, copy, kindOf } from "../model/scene.js";
import { Announcer } from "../panel/announcer.js";
import { FormulaClient } from "./formula-client.js";
import { isDark, styleOf } from "./theme.js";
import { frameStep } from "../model/playback.js";
import { makeViews } from "./views.js";

const SKELETON = `<div class="atlas"></div><div class="picture"></div>
<div class="panel"><div class="typing"></div><div class="settings"></div><div class="cards"></div><div class="lens"></div><div class="curves"></div></div>
<div class="bar"></div><p class="sentence"></p><p class="notice" role="status"></p>
<div class="said" aria-live="polite"></div>`;

/**
 * @typedef {import("../model/types.js").Model} Model @typedef {import("../model/types.js").Scene} Scene
 * @typedef {import("../model/types.js").Payload} Payload @typedef {import("../model/types.js").Report} Report
 * @typedef {import("../model/types.js").StalePart} StalePart
 *
 * @typedef {Object} MountedStage what a page has of a stage
 * @property {(payload: Payload) => void} update @property {(online: boolean) => void} setOnline
 * @property {() => void} destroy
 */

/** Put a stage into an element.
 * @param {HTMLElement} element @param {Payload} payload
 * @param {(report: Report) => void} onChange told of every change of the Scene, when it is done
 * @returns {MountedStage} */
export function mount(element, payload, onChange) {
  const stage = new Stage(element, payload, onChange);
  return {
    update: (next) => stage.receive(next),
    setOnline: (online) => stage.setOnline(online),
    destroy: () => stage.destroy(),
  };
}

class Stage {
  /** @param {HTMLElement} element @param {Payload} payload @param {(report: Report) => void} onChange */
  constructor(element, payload, onChange) {
    /** Null until the first kernels have come; then one for good. @type {Model|null} */
    this.model = null;
    this.history = new History();
    this.reporter = new Reporter(this, payload, onChange);
    /** @type {import("../model/types.js").View[]} */
    this.views = [];
    /** @type {import("../model/types.js").Stale} */
    this.parts = new Set();
    this.destroyed = false;
    /** The last payload that was to be shown. @type {Payload|null} */
    this.coming = null;
    /** The colours that the root has. @type {import("../model/types.js").Ground|null} */
    this.ground = null;
    /** Stops listening to keys. @type {(() => void)|null} */
    this.unlisten = null;
    this.frame = 0;
    this.last = 0;
    /** What goes on while a payload is shown: see formula-client.js. @type {string|null} */
    this.gesture = null;
    this.meter = new Meter();
    this.root = document.createElement("div");
    this.root.className = "thalweg";
    this.root.dataset.testid = "stage";
    this.root.lang = "en";
    this.root.innerHTML = SKELETON;
    for (const name of ["alone", "offline"]) this.root.classList.toggle(name, Boolean(payload.alone));
    element.append(this.root);
    this.announcer = new Announcer(this.root, () => this.stale("words"));
    this.formulaClient = new FormulaClient(this);
    this.actions = makeActions(this, this.history);
    this.root.stage = createStageApi(this);
    this.themes = new MutationObserver(() => this.restyle());
    this.themes.observe(document.documentElement, { attributes: true, subtree: false });
    this.resized = new ResizeObserver(() => this.stale("size"));
    this.resized.observe(this.root);
    this.onFonts = () => this.stale("size");
    document.fonts.addEventListener("loadingdone", this.onFonts); // a canvas does not ask for fonts
    /** Settled when the Scene that was given or asked for last is shown. */
    this.ready = this.show(payload);
  }

  /** The model. @throws {Error} before there is one */
  get current() {
    if (!this.model) throw new Error("The stage has no scene yet.");
    return this.model;
  }

  /** A payload from the server: an answer to a report, or a Scene that wins over ours.
   * @param {Payload} payload */
  receive(payload) {
    this.restyle();
    const { model, reporter } = this;
    const news = reporter.classify(payload);
    if (news === "old") return;
    if (news === "answer" && model?.dragging) return; // the drag's end reports again
    const sameKind = model && kindOf(payload.scene) === kindOf(model.scene);
    // What the server had to put right is shown as it is there.
    const accepted = payload.problems.length === 0;
    if (sameKind && news === "answer" && !reporter.waiting && accepted) {
      applyAnswer(model, payload);
      this.stale("numbers", "paths", "surface", "labels");
      return;
    }
    if (news === "wins" && model) this.history.remember(model.scene);
    this.show(payload);
  }

  /** Show a payload as it is: import its kernels, make the model, draw everything.
   * @param {Payload} payload @returns {Promise<void>} */
  show(payload) {
    const made = this.makeReady(payload).catch((error) => {
      // A fault of ours or of the browser: for whoever looks into it.
      // eslint-disable-next-line no-console
      console.error(error);
      this.notice(payload.words.noKernel);
    });
    if (!this.reporter.waiting) this.ready = made;
    return made;
  }

  /** @param {Payload} payload */
  async makeReady(payload) {
    this.coming = payload;
    const modules = await importKernels(payload.texts);
    if (this.destroyed || this.coming !== payload) return; // a newer one has come meanwhile
    const fresh = makeModel(payload, modules, this.model);
    // One model for good: the views hold it.
    this.model = Object.assign(this.model ?? fresh, fresh, { dragging: this.gesture });
    this.restyle();
    this.notice(payload.problems.join(" "));
    if (!this.views.length) {
      this.views = makeViews(this.root, this.model, this.actions, () => this.stale());
      this.unlisten = listenKeys(this.root, this.model, this.actions);
    }
    this.stale("scene", "numbers", "paths", "surface", "window", "step", "theme", "mode", "size");
    this.draw();
    if (!this.root.dataset.ready) this.meter.markPainted();
    this.root.dataset.ready = "true";
    this.reporter.arrived();
  }

  /** Mark parts as stale; they are drawn in the next frame. @param {StalePart[]} parts */
  stale(...parts) {
    for (const part of parts) this.parts.add(part);
    if (!this.frame && !this.destroyed) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  /** A frame. @param {number} now */
  tick(now) {
    this.frame = 0;
    if (this.destroyed || !this.model) return;
    const { model } = this;
    if (model.playing) {
      const moved = frameStep(model, now, this.last);
      if (moved !== model.step) {
        this.actions.seek(moved);
      } else if (model.step >= model.scene.steps && !model.loop) {
        model.playing = false;
        this.parts.add("step");
      }
    }
    this.last = now;
    this.draw();
    if (model.playing) this.stale("tick");
  }

  /** Compute what is stale and draw it. */
  draw() {
    const model = this.current;
    const began = performance.now();
    const parts = this.parts;
    this.parts = new Set();
    model.lagging = model.dragging !== null && (model.lagging || this.meter.behind);
    const computed = update(model);
    if (computed.paths) parts.add("paths");
    if (computed.surface) parts.add("surface");
    if (this.announcer.isDue(model, parts)) parts.add("words");
    for (const view of this.views) view.draw(parts);
    if (parts.has("words")) this.announcer.draw(model);
    this.meter.frame(began, computed.paths);
  }

  /** A sentence of what is wrong or not possible; "" takes it away. @param {string} text */
  notice(text) {
    this.announcer.notice(text);
  }

  /** Report the Scene to the page. @param {number} [pause] */
  report(pause = 0) {
    this.reporter.report(pause);
  }

  reportSoon() {
    this.reporter.reportSoon();
  }

  /** What somebody types. @param {string} of @param {string} text */
  type(of, text) {
    this.formulaClient.type(of, text);
  }

  /** Ask the server for another Scene, or for something to be done to it.
   * @param {Scene|null} scene null: ours @param {import("../model/types.js").SceneRequest|null} [request] */
  ask(scene, request = null) {
    this.formulaClient.end();
    const { scene: own, payload } = this.current;
    const ready = this.reporter.ask(scene ?? copy(own), request);
    if (ready) this.ready = ready;
    else this.notice(payload.words.offline);
  }

  /** The connection came or went: without it numbers can still be turned.
   * @param {boolean} online */
  setOnline(online) {
    if (online === this.reporter.online) return;
    this.root.classList.toggle("offline", !online);
    this.notice(online ? "" : (this.model?.payload.words.offline ?? ""));
    this.reporter.setOnline(online);
  }

  restyle() {
    const { model } = this;
    if (!model) return;
    const dark = isDark(this.root);
    const ground = dark ? model.payload.grounds.dark : model.payload.grounds.light;
    if (this.ground === ground) return;
    this.ground = ground;
    model.dark = dark;
    model.ground = ground;
    this.root.classList.toggle("dark", dark);
    styleOf(this.root, ground);
    this.stale("theme");
  }

  /** @param {boolean} on */
  setLecture(on) {
    this.current.lecture = on;
    this.root.classList.toggle("lecture", on);
    if (on) this.root.requestFullscreen?.().catch(() => {}); // the class alone fills the window
    else if (document.fullscreenElement === this.root) document.exitFullscreen();
    this.stale("size", "theme", "paths", "scene");
  }

  destroy() {
    this.destroyed = true;
    this.meter.destroy();
    cancelAnimationFrame(this.frame);
    this.reporter.stop();
    this.announcer.destroy();
    this.themes.disconnect();
    this.resized.disconnect();
    document.fonts.removeEventListener("loadingdone", this.onFonts);
    this.unlisten?.();
    for (const view of this.views) view.destroy();
    this.root.remove();
  }
}
