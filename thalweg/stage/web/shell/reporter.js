/**
 * What the stage reports to its page, and when: once, after a gesture has ended. Revisions count the
 * reports; an answer to an older one is too late.
 */

import { copy } from "../model/scene.js";

/** A pause after which the view is reported, in milliseconds. */
const QUIET = 600;

/** @typedef {import("../model/types.js").Scene} Scene @typedef {import("../model/types.js").Payload} Payload
 * @typedef {import("../model/types.js").SceneRequest} SceneRequest */

export class Reporter {
  /** @param {{model: import("../model/types.js").Model|null}} stage @param {Payload} payload
   * @param {(report: import("../model/types.js").Report) => void} onChange the page's */
  constructor(stage, payload, onChange) {
    this.stage = stage;
    this.onChange = onChange;
    this.revision = payload.revision;
    this.generation = payload.generation;
    /** The revision of the last payload. */
    this.lastRevision = payload.revision;
    this.online = !payload.alone;
    /** Whether another Scene was asked for and has not come; then `answered` ends the waiting. */
    this.waiting = false;
    /** @type {(() => void)|null} */
    this.answered = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** Whether something changed while there was no connection. */
    this.unsent = false;
  }

  /** Whether a payload is news, and if so, whether its Scene wins over ours.
   * @param {Payload} payload @returns {"old"|"answer"|"wins"} */
  classify({ generation, revision }) {
    if (generation !== this.generation) {
      this.generation = generation;
      this.revision = Math.max(this.revision, revision);
      return "wins";
    }
    if (revision < this.revision || revision === this.lastRevision) return "old";
    this.lastRevision = revision;
    this.revision = revision;
    return "answer";
  }

  /** Report the Scene as it is now, unless it goes on changing within a pause.
   * @param {number} [pause] */
  report(pause = 0) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { model } = this.stage;
      if (model && !model.dragging) this.send(copy(model.scene), null);
    }, pause);
  }

  /** The Scene is newer than all that was reported: answers to that come too late. */
  outdateAnswers() {
    this.revision++;
  }

  /** Report when nobody has moved the view for a while. */
  reportSoon() {
    if (!this.stage.model?.playing) this.report(QUIET);
  }

  /** Ask for a Scene that needs other kernels; ours stays until it has come.
   * @param {Scene} scene @param {SceneRequest|null} request @returns {Promise<void>|null} null: offline */
  ask(scene, request) {
    if (!this.online) return null;
    this.waiting = true;
    /** @type {Promise<void>} */
    const ready = new Promise((resolve) => (this.answered = resolve));
    this.send(scene, request);
    return ready;
  }

  /** The Scene that was asked for is shown. */
  arrived() {
    this.waiting = false;
    this.answered?.();
    this.answered = null;
  }

  /** @param {Scene} scene @param {SceneRequest|null} request */
  send(scene, request) {
    clearTimeout(this.timer);
    this.revision++;
    this.unsent = !this.online;
    if (this.online) this.onChange({ revision: this.revision, generation: this.generation, scene, request });
  }

  /** The connection came or went: what was not reported is reported now. @param {boolean} online */
  setOnline(online) {
    this.online = online;
    if (online && (this.unsent || this.waiting)) this.report();
  }

  stop() {
    clearTimeout(this.timer);
  }
}
