/** Basins: from each start, the minimum that a run arrives at; up to six runs side by side. */

import { elementOf } from "../controls/elements.js";
import { legendEntry } from "./cell-colors.js";
import { GROWN, MOST_NUMBERED, NOT_ARRIVED, createBasinTile, withoutDust } from "./basin-tile.js";
import { fill, grouped, number } from "../model/format.js";

/** @typedef {import("./types.js").ColouredBasinMap} ColouredBasinMap */

/** @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["map", "size", "theme", "numbers", "paths", "scene", "mode"];

/** @type {import("./types.js").MapViewFactory} */
export function createBasins(root, model, actions, show) {
  const grid = elementOf("div", { class: "map-grid" });
  const legend = elementOf("div", { class: "map-legend" });
  root.append(grid, legend);
  /** @type {ColouredBasinMap|null} */
  let map = null;
  /** That of the legend. @type {import("../model/types.js").Ground|null} */
  let ground = null;
  /** @type {ReturnType<typeof createBasinTile>[]} */
  let tiles = [];

  /** @param {ColouredBasinMap} made */
  function writeLegend({ ends, losses, hues, maps }) {
    const { basins } = model.ground;
    ground = model.ground;
    const { words } = model.payload;
    const parts = ends.length > MOST_NUMBERED
      ? [elementOf("span", { class: "map-key" }, fill(words.mapMinima, { count: ends.length }))]
      : ends.map((_, i) => {
        const text = `${i + 1}: f ${number(withoutDust(losses[i]))}`;
        return legendEntry("", text, basins[hues[i]]);
      });
    /** @param {number} kind */
    const has = (kind) => maps.some(({ which }) => which.includes(kind));
    if (has(NOT_ARRIVED)) parts.push(legendEntry("not-arrived", words.mapNotArrived));
    if (has(GROWN)) parts.push(legendEntry("growing", words.mapGrowing));
    legend.replaceChildren(...parts, elementOf("span", { class: "map-key" }, words.mapDarker));
  }

  return {
    receive(made) {
      if (made.kind !== "basins") return;
      const coloured = { ...made, hues: huesOf(made.ends, model.ground.basins.length) };
      map = coloured;
      for (const tile of tiles) tile.destroy();
      tiles = made.maps.map((own) => createBasinTile(own, coloured, model, actions, show));
      grid.dataset.count = String(tiles.length);
      grid.replaceChildren(...tiles.map(({ element }) => element));
      ground = null;
    },
    draw(stale) {
      if (!map) return;
      if (ground !== model.ground) writeLegend(map);
      if (CHANGES.some((part) => stale.has(part))) for (const tile of tiles) tile.paint();
    },
    zoom: (f) => tiles[0]?.part([0.5 - f / 2, 0.5 + f / 2], [0.5 - f / 2, 0.5 + f / 2]),
    sentence: () => (map ? fill(model.payload.words.mapSentenceBasins, {
      starts: grouped(map.x.length * map.y.length), steps: model.scene.steps,
    }) : ""),
    destroy() {
      for (const tile of tiles) tile.destroy();
      root.replaceChildren();
    },
  };
}

/** Which colour each minimum has: the first have one each, then whichever is farthest away.
 * @param {import("../model/types.js").Point[]} ends @param {number} count of colours @returns {number[]} */
function huesOf(ends, count) {
  /** @type {number[]} */
  const hues = [];
  ends.forEach(([x, y], i) => {
    /** From the nearest minimum of each colour. @type {number[]} */
    const far = Array(count).fill(Infinity);
    hues.forEach((hue, j) => {
      far[hue] = Math.min(far[hue], Math.hypot(ends[j][0] - x, ends[j][1] - y));
    });
    hues.push(i < count ? i : far.indexOf(Math.max(...far)));
  });
  return hues;
}
