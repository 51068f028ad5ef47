/**
 * Texts as they are typed: each is read by the server, past the page, one at a time; what was typed
 * meanwhile is sent next. A right one is shown at once, a wrong one leaves the picture as it is.
 */

import { copy } from "../model/scene.js";

/** Milliseconds within which letters are one entry of the history, and after which they are reported. */
const BURST = 1500;
const REST = 500;
/** What goes on while somebody types: to the picture it is a drag of the surface. */
const TYPING = "surface.text";
/** Milliseconds after which a server that does not answer is given up. */
const PATIENCE = 8000;

/**
 * @typedef {import("../model/types.js").Payload} Payload
 * @typedef {{of: string, text: string}} Typed of: "surface" or the id of a run
 * @typedef {{payload?: Partial<Payload>, problem?: import("../model/types.js").TextProblem,
 *   refused?: string}} Answer of the server
 *
 * @typedef {Object} FormulaHost what is needed of the stage
 * @property {import("../model/types.js").Model} current the model
 * @property {import("../model/scene.js").History} history @property {import("./reporter.js").Reporter} reporter
 * @property {boolean} destroyed @property {string|null} gesture see stage.js
 * @property {(payload: Payload) => Promise<void>} show @property {() => void} report
 * @property {(text: string) => void} notice
 * @property {(...parts: import("../model/types.js").StalePart[]) => void} stale
 */

export class FormulaClient {
  /** @param {FormulaHost} stage */
  constructor(stage) {
    this.stage = stage;
    this.busy = false;
    /** The text that is sent next. @type {Typed|null} */
    this.next = null;
    this.last = { of: "", at: -Infinity };
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.rest = undefined;
  }

  /** @param {string} of "surface" or the id of a run @param {string} text */
  type(of, text) {
    this.next = { of, text };
    if (!this.busy) this.work();
  }

  async work() {
    this.busy = true;
    while (this.next && !this.stage.destroyed) {
      const sent = this.next;
      this.next = null;
      const answer = await this.ask(sent);
      const { dragging } = this.stage.current;
      if (dragging && dragging !== TYPING) this.next ??= sent; // a gesture goes on: read it again
      else await this.apply(sent, answer);
    }
    this.busy = false;
  }

  /** @param {Typed} typed @returns {Promise<Answer|null>} what the server says, if it does */
  async ask({ of, text }) {
    const model = this.stage.current;
    const body = JSON.stringify({ scene: model.scene, of, text });
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(new URL(model.payload.typed, document.baseURI), {
        method: "POST", headers: { "Content-Type": "application/json" }, body, signal,
      });
      return answer.status === 200 || answer.status === 400 ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  /** @param {Typed} typed @param {Answer|null} answer */
  async apply({ of, text }, answer) {
    const { stage } = this;
    const model = stage.current;
    const { words } = model.payload;
    if (stage.destroyed) return;
    stage.notice(answer === null ? words.typeBusy : (answer.refused ?? ""));
    model.typed[of] = { text, problem: answer?.problem ?? null };
    if (!answer?.payload) {
      stage.stale("typed");
      return;
    }
    const now = performance.now();
    if (this.last.of !== of || now - this.last.at > BURST) stage.history.remember(copy(model.scene));
    this.last = { of, at: now };
    stage.reporter.outdateAnswers();
    const { generation, revision } = model.payload;
    stage.gesture = TYPING;
    await stage.show({ ...model.payload, ...answer.payload, generation, revision });
    stage.gesture = null;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.settle(), REST);
  }

  /** Nobody has typed for a while: the fine picture is drawn, and the page gets a report. */
  settle() {
    if (this.end()) this.stage.report();
  }

  /** Typing is over, be it that something else begins. @returns {boolean} whether it went on */
  end() {
    const { stage } = this;
    clearTimeout(this.rest);
    if (stage.destroyed || stage.current.dragging !== TYPING) return false;
    stage.current.dragging = null;
    stage.stale("surface", "scene", "words");
    return true;
  }
}
