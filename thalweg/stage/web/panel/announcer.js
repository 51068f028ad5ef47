/** What is said beside the picture: a sentence to read, a summary to hear, what is wrong. */

import { setText } from "../controls/elements.js";
import { sentenceOf, spokenOf } from "../model/sentences.js";

/** @typedef {import("../model/types.js").Model} Model */

/** Words follow a drag ten times a second: quicker ones cannot be read, and cost frames. */
const APART = 100;
/** So long after the last change it is spoken. */
const REST = 700;
const TOPICS = ["paths", "step", "scene", "labels", "words"];

export class Announcer {
  /** @param {HTMLElement} root of the stage @param {() => void} wake asks for a frame with words */
  constructor(root, wake) {
    const part = (name) => root.querySelector(`.${name}`);
    this.sentence = part("sentence");
    this.wrong = part("notice");
    this.said = part("said");
    this.wake = wake;
    this.writtenAt = -Infinity;
  }

  /** Whether words are renewed in a frame in which these parts are stale.
   * @param {Model} model @param {Set<string>} parts @returns {boolean} */
  isDue(model, parts) {
    if (!TOPICS.some((part) => parts.has(part))) return false;
    const left = this.writtenAt + APART - performance.now();
    if (!model.dragging || left <= 0) return true;
    this.waiting ||= setTimeout(() => {
      this.waiting = 0;
      this.wake();
    }, left);
    return false;
  }

  /** @param {Model} model */
  draw(model) {
    this.writtenAt = performance.now();
    setText(this.sentence, sentenceOf(model));
    if (model.dragging || model.playing) return;
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => setText(this.said, spokenOf(model)), REST);
  }

  /** A sentence of what is wrong or not possible; "" takes it away. @param {string} text */
  notice(text) {
    setText(this.wrong, text);
  }

  destroy() {
    clearTimeout(this.speaking);
    clearTimeout(this.waiting);
  }
}
