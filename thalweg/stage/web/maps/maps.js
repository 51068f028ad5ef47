/**
 * The maps' page: which map, of what, and the map itself beside the live picture. A map is asked for
 * whenever what it is of has changed and no finger is down; what was made stays until then.
 */

import { createBasins } from "./basins.js";
import { createCloud } from "./cloud.js";
import { createFairRace } from "./fair-race.js";
import { createMapBuilder } from "./map-builder.js";
import { menusOf } from "./map-menus.js";
import { saveMap } from "./save-map.js";
import { mapOf, runOfMap } from "./map-settings.js";
import { createStability } from "./stability.js";
import { createButton, elementOf, setAttribute } from "../controls/elements.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("../model/types.js").View} View
 * @typedef {import("./types.js").MapView} MapView */

/** @type {Record<string, import("./types.js").MapViewFactory>} */
const VIEWS = { stability: createStability, basins: createBasins, ensemble: createCloud, fair: createFairRace };
const KINDS = ["stability", "basins", "ensemble", "fair"];
/** Kinds that are of one run. */
const OF_ONE = ["stability", "ensemble"];
/** What changes the map that is asked for; time does not. */
/** @type {import("../model/types.js").StalePart[]} */
const CHANGES = ["map", "scene", "numbers", "surface", "labels"];

/** @param {HTMLElement} root @param {Model} model @param {Actions} actions
 * @returns {View} */
export function createMaps(root, model, actions) {
  const { words } = model.payload;
  /** @type {import("./types.js").SetMap} */
  const setMap = (patch) => actions.setMap({ ...mapOf(model), ...patch });
  /** @param {import("../model/types.js").Window|null} span */
  const show = (span) => setMap({ span });
  const tabs = KINDS.map((kind) =>
    createButton(words[`map.${kind}`], () => setMap({ kind, span: null }), {
      class: "map-tab", "data-testid": `map-${kind}`, title: words[`map.${kind}.long`],
    }));
  /** @param {string} text @param {() => void} click @param {string} name @param {string} label */
  const tool = (text, click, name, label) =>
    createButton(text, click, { "aria-label": label, title: label, "data-testid": `map-${name}` });
  const whole = tool(words.mapWhole, () => show(null), "whole", words.mapWholeLong);
  const closer = tool("+", () => view?.zoom?.(0.5), "closer", words.mapCloser);
  const farther = tool("−", () => view?.zoom?.(2), "farther", words.mapFarther);
  const save = tool(words.mapSave, () => saveMap(body, model), "save", words.mapSaveLong);
  const tools = elementOf("div", { class: "map-zooms", role: "group", "aria-label": words.mapTools },
    whole, closer, farther, save);
  const builder = createMapBuilder(model, (map) => {
    if (!view || map.kind !== kind) return; // requested before another kind was chosen
    view.receive(map);
    isNew = true;
    actions.setMapSentence(view.sentence());
  });
  const bar = elementOf("div", { class: "map-tabs", role: "group", "aria-label": words.maps }, ...tabs);
  const choices = elementOf("div", { class: "map-choices" });
  const body = elementOf("div", { class: "map-body" });
  root.append(elementOf("div", { class: "map-head" }, bar, choices),
    elementOf("div", { class: "map-place" }, body, builder.element, tools));

  /** @type {MapView|null} */
  let view = null;
  let kind = "";
  let arranged = "";
  /** The run that the map was last of. @type {string|null} */
  let chosen = null;
  /** Whether a map has come that is not drawn yet. */
  let isNew = false;
  /** @type {ReturnType<typeof menusOf>} */
  let menus = [];

  /** The map is of the run whose knobs are open, and the other way round.
   * @param {import("../model/types.js").SceneMap} map */
  function follow({ kind: now, run }) {
    if (!OF_ONE.includes(now)) return;
    if (model.selected !== chosen) {
      chosen = model.selected;
      if (chosen && runOfMap(model)?.id !== chosen) setMap({ run: chosen, span: null });
    } else if (run !== chosen && model.runs.some(({ id }) => id === run)) {
      chosen = run;
      actions.select(run);
    }
  }

  function arrange() {
    const { kind: now } = mapOf(model);
    const labels = model.runs.map(({ info }) => info.label);
    const text = JSON.stringify([now, runOfMap(model)?.id, labels, mapOf(model).tolerance]);
    if (text === arranged) return;
    arranged = text;
    menus = menusOf(model, actions, setMap);
    choices.replaceChildren(...menus.map(({ element }) => element));
    tabs.forEach((tab, i) => setAttribute(tab, "aria-pressed", KINDS[i] === now));
    if (kind === now) return;
    kind = now;
    view?.destroy();
    view = VIEWS[kind](body, model, actions, show);
    closer.hidden = farther.hidden = whole.hidden = !view.zoom;
    builder.forget();
  }

  return {
    draw(stale) {
      if (CHANGES.some((part) => stale.has(part))) {
        follow(mapOf(model));
        arrange();
        for (const menu of menus) menu.draw();
        whole.classList.toggle("unneeded", mapOf(model).span === null);
        if (!model.dragging) builder.request();
      }
      view?.draw(stale);
      if (isNew && stale.has("map")) {
        isNew = false;
        builder.shown();
      }
    },
    destroy() {
      builder.destroy();
      view?.destroy();
      root.replaceChildren();
    },
  };
}
