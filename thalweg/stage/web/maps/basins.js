/** Basins: from each start, the minimum that a run arrives at; up to six runs side by side. */

import { elementOf } from "../controls/elements.js";
import { keyOf } from "./cell-colors.js";
import { GROWN, MOST_NUMBERED, NOT_ARRIVED, createTile, withoutDust } from "./basin-tile.js";
import { fill, grouped, number } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").Window} Window */

const CHANGES = ["map", "size", "theme", "numbers", "paths", "scene", "mode"];

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @param {(span: Window|null) => void} show another span */
export function createBasins(root, model, actions, show) {
  const grid = elementOf("div", { class: "map-grid" });
  const legend = elementOf("div", { class: "map-legend" });
  root.append(grid, legend);
  let map = null;
  let ground = null;
  /** @type {ReturnType<typeof createTile>[]} */
  let tiles = [];

  function explain() {
    ground = model.ground;
    const { words } = model.payload;
    const { ends, losses, hues, maps } = map;
    const parts = ends.length > MOST_NUMBERED
      ? [elementOf("span", { class: "map-key" }, fill(words.mapMinima, { count: ends.length }))]
      : ends.map((_, i) => {
        const text = `${i + 1}: f ${number(withoutDust(losses[i]))}`;
        return keyOf("", text, ground.basins[hues[i]]);
      });
    const has = (kind) => maps.some(({ which }) => which.includes(kind));
    if (has(NOT_ARRIVED)) parts.push(keyOf("not-arrived", words.mapNotArrived));
    if (has(GROWN)) parts.push(keyOf("growing", words.mapGrowing));
    legend.replaceChildren(...parts, elementOf("span", { class: "map-key" }, words.mapDarker));
  }

  return {
    take(made) {
      map = { ...made, hues: huesOf(made.ends, model.ground.basins.length) };
      for (const tile of tiles) tile.destroy();
      tiles = map.maps.map((own) => createTile(own, map, model, actions, show));
      grid.dataset.count = String(tiles.length);
      grid.replaceChildren(...tiles.map(({ element }) => element));
      ground = null;
    },
    draw(stale) {
      if (!map) return;
      if (ground !== model.ground) explain();
      if (CHANGES.some((part) => stale.has(part))) for (const tile of tiles) tile.paint();
    },
    zoom: (f) => tiles[0]?.part([0.5 - f / 2, 0.5 + f / 2], [0.5 - f / 2, 0.5 + f / 2]),
    says: () => fill(model.payload.words.mapSentenceBasins, {
      starts: grouped(map.x.length * map.y.length), steps: model.scene.steps,
    }),
    destroy() {
      for (const tile of tiles) tile.destroy();
      root.replaceChildren();
    },
  };
}

/** Which colour each minimum has: the first have one each, then whichever is farthest away.
 * @param {[number, number][]} ends @param {number} count of colours @returns {number[]} */
function huesOf(ends, count) {
  const hues = [];
  ends.forEach(([x, y], i) => {
    const far = Array(count).fill(Infinity);
    hues.forEach((hue, j) => {
      far[hue] = Math.min(far[hue], Math.hypot(ends[j][0] - x, ends[j][1] - y));
    });
    hues.push(i < count ? i : far.indexOf(Math.max(...far)));
  });
  return hues;
}
