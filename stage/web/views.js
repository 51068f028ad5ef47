/** The views of a page: which there are, and in what order they are drawn. */

import { createAtlas } from "./atlas.js";
import { createBar } from "./bar.js";
import { createCards } from "./cards.js";
import { createCurves } from "./curves.js";
import { createMicroscope } from "./microscope.js";
import { createPicture } from "./picture.js";
import { createSettings } from "./settings.js";
import { inSight } from "./sight.js";
import { createTyping } from "./typing.js";

/** What a page has beside what every page has, by its name. */
const EXTRA = {
  race: [],
  microscope: [["lens", createMicroscope]],
  own: [["typing", createTyping]],
  maps: [["atlas", createAtlas]],
};
/** Pages whose panel shows one run at a time. */
const COMPACT = ["microscope", "maps"];

/** @param {HTMLElement} root of the stage @param {any} model
 * @param {import("./types.js").Actions} actions @param {() => void} wake asks for a frame
 * @returns {{draw: (stale: Set<string>) => void, destroy: () => void}[]} */
export function makeViews(root, model, actions, wake) {
  const { page } = model.payload;
  const part = (name) => root.querySelector(`.${name}`);
  const make = (create, name) => create(part(name), model, actions, wake);
  root.classList.add(page);
  root.classList.toggle("compact", COMPACT.includes(page));
  // Canvases first: they ask for styles, which words that have changed would make stale.
  return [
    make(createPicture, "picture"),
    inSight(part("curves"), make(createCurves, "curves"), wake),
    ...EXTRA[page].map(([name, create]) => make(create, name)),
    make(createSettings, "settings"),
    make(createCards, "cards"),
    make(createBar, "bar"),
  ];
}
