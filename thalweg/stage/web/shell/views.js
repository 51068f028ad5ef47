/** The views of a page: which there are, and in what order they are drawn. */

import { createMaps } from "../maps/maps.js";
import { createBar } from "../panel/time-bar.js";
import { createCards } from "../panel/run-cards.js";
import { createCurves } from "../curves/curves.js";
import { createMicroscope } from "../microscope/microscope.js";
import { createPicture } from "../picture/picture.js";
import { createSettings } from "../panel/settings.js";
import { drawWhileVisible } from "../controls/visibility.js";
import { partOf } from "../controls/elements.js";
import { createTyping } from "../panel/formula-boxes.js";

/** @typedef {import("../model/types.js").ViewFactory} ViewFactory */

/** What a page has beside what every page has, by its name.
 * @type {Record<import("../model/types.js").Page, [string, ViewFactory][]>} */
const EXTRA = {
  race: [],
  microscope: [["lens", createMicroscope]],
  own: [["typing", createTyping]],
  maps: [["atlas", createMaps]],
};
/** Pages whose panel shows one run at a time. */
const COMPACT = ["microscope", "maps"];

/** @param {HTMLElement} root of the stage @param {import("../model/types.js").Model} model
 * @param {import("../model/types.js").Actions} actions @param {() => void} wake asks for a frame
 * @returns {import("../model/types.js").View[]} */
export function makeViews(root, model, actions, wake) {
  const { page } = model.payload;
  /** @param {ViewFactory} create @param {string} name */
  const make = (create, name) => create(partOf(root, name), model, actions, wake);
  root.classList.add(page);
  root.classList.toggle("compact", COMPACT.includes(page));
  // Canvases first: they ask for styles, which words that have changed would make stale.
  return [
    make(createPicture, "picture"),
    drawWhileVisible(partOf(root, "curves"), make(createCurves, "curves"), wake),
    ...EXTRA[page].map(([name, create]) => make(create, name)),
    make(createSettings, "settings"),
    make(createCards, "cards"),
    make(createBar, "bar"),
  ];
}
