/**
 * Texts as they are typed: each is read by the server, past the page, one at a time; what was typed
 * meanwhile is sent next. A right one is shown at once, a wrong one leaves the picture as it is.
 */

import { copy } from "../model/scene.js";

/** Milliseconds within which letters are one entry of the history, and after which they are told. */
const BURST = 1500;
const REST = 500;
/** What goes on while somebody types: to the picture it is a drag of the surface. */
const TYPING = "surface.text";
/** Milliseconds after which a server that does not answer is given up. */
const PATIENCE = 8000;

export class FormulaClient {
  /** @param {any} stage see stage.js: model, history, reporter, show(payload), notice(text) */
  constructor(stage) {
    this.stage = stage;
    this.busy = false;
    /** The text that is sent next. @type {{of: string, text: string}|null} */
    this.next = null;
    this.last = { of: "", at: -Infinity };
  }

  /** @param {string} of "surface" or the id of a run @param {string} text */
  type(of, text) {
    this.next = { of, text };
    if (!this.busy) this.work();
  }

  async work() {
    this.busy = true;
    while (this.next && !this.stage.destroyed) {
      const asked = this.next;
      this.next = null;
      const answer = await this.ask(asked);
      const { dragging } = this.stage.model;
      if (dragging && dragging !== TYPING) this.next ??= asked; // a gesture goes on: read it again
      else await this.take(asked, answer);
    }
    this.busy = false;
  }

  /** @returns {Promise<any>} what the server says, or null */
  async ask({ of, text }) {
    const { model } = this.stage;
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

  async take({ of, text }, answer) {
    const { stage } = this;
    const { model } = stage;
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
    const { epoch, revision } = model.payload;
    stage.gesture = TYPING;
    await stage.show({ ...model.payload, ...answer.payload, epoch, revision });
    stage.gesture = null;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.settle(), REST);
  }

  /** Nobody has typed for a while: the fine picture is drawn, and the page told. */
  settle() {
    if (this.end()) this.stage.report();
  }

  /** Typing is over, be it that something else begins. @returns {boolean} whether it went on */
  end() {
    const { stage } = this;
    clearTimeout(this.rest);
    if (stage.destroyed || stage.model.dragging !== TYPING) return false;
    stage.model.dragging = null;
    stage.stale("surface", "scene", "words");
    return true;
  }
}
