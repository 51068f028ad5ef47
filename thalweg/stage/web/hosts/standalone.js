/**
 * The stage in a file of its own, with no server: one Scene, or a deck of them, out of the page's data.
 *
 * In a deck the arrow keys and a clicker go from scene to scene; each stays as it was left.
 */

import { elementOf, setText } from "../controls/elements.js";
import { mount } from "../shell/stage.js";
import { fill } from "../model/format.js";

/** What has its own use for arrows and letters. */
const BUSY = "select, input, textarea, [role=slider], [contenteditable=true]";
/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

/**
 * @typedef {import("../model/types.js").Payload} Payload
 * @typedef {Omit<Partial<Payload>, "texts"> & {texts: string[]}} Part of a payload; texts by name
 * @typedef {{payload: Part, caption: string}} Slide
 * @typedef {Omit<Payload, "texts">} Common what slides share; each of them has what is missing here
 */

/** @param {{common: Common, texts: Record<string, string>, slides: Slide[]}} data
 * @param {HTMLElement} root */
function show({ common, texts, slides }, root) {
  /** @type {(HTMLElement|undefined)[]} */
  const places = [];
  const deck = slides.length > 1 ? createDeck(common.words, slides, (to) => go(to)) : null;
  let now = 0;

  /** Mount a slide. @param {number} index */
  function placeOf(index) {
    const { payload } = slides[index];
    const place = elementOf("div", { class: "alone-place" });
    root.insertBefore(place, deck?.element ?? null);
    const own = Object.fromEntries(payload.texts.map((name) => [name, texts[name]]));
    mount(place, { ...common, ...payload, texts: own }, () => {});
    return place;
  }

  /** @param {number} to which slide */
  function go(to) {
    now = Math.max(0, Math.min(to, slides.length - 1));
    places[now] ??= placeOf(now);
    places.forEach((place, i) => {
      if (place) place.hidden = i !== now;
    });
    deck?.draw(now);
  }

  if (deck) {
    root.append(deck.element);
    // Before the stage hears of them: its own arrows move the step.
    addEventListener("keydown", (event) => {
      const { target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (target instanceof Element && target.closest(BUSY)) return;
      const moved = MOVES[event.key];
      if (!moved) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      go(now + moved);
    }, true);
  }
  go(0);
}

/** The line below the stage: the caption, and where one is.
 * @param {import("../model/types.js").Messages} words @param {Slide[]} slides
 * @param {(to: number) => void} go */
function createDeck(words, slides, go) {
  let now = 0;
  const back = elementOf("button", { type: "button", click: () => go(now - 1), "data-testid": "deck-back" }, words.deckBack);
  const next = elementOf("button", { type: "button", click: () => go(now + 1), "data-testid": "deck-next" }, words.deckNext);
  const place = elementOf("span", { class: "deck-place", role: "status", "data-testid": "deck-place" });
  const caption = elementOf("p", { class: "deck-caption", "data-testid": "deck-caption" });
  const element = elementOf("nav", { class: "deck", "aria-label": words.deck }, back, next, place, caption);
  return {
    element,
    /** @param {number} index */
    draw(index) {
      now = index;
      back.disabled = index === 0;
      next.disabled = index === slides.length - 1;
      setText(place, fill(words.deckPlace, { place: index + 1, count: slides.length }));
      setText(caption, slides[index].caption);
    },
  };
}

const data = document.getElementById("thalweg-data");
const root = document.getElementById("thalweg");
if (data && root) show(JSON.parse(data.textContent ?? ""), root);
