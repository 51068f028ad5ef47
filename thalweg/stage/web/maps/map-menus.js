/** The menus of each kind of map: of which run it is, what lies along its sides, what is measured. */

import { mapOf, runOfMap, sidesOf } from "./map-settings.js";
import { createMenu } from "../controls/elements.js";
import { powerText } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("../model/types.js").Actions} Actions
 * @typedef {import("./types.js").SetMap} SetMap
 * @typedef {{element: HTMLElement, draw: () => void}} Menu
 * @typedef {(model: Model, setMap: SetMap, actions: Actions) => Menu} MenuFactory */

const MEASURES = ["loss", "settled", "growth"];
const TOLERANCES = [1e-3, 1e-6, 1e-9, 1e-12];

/** What each kind has, in order. @type {Record<string, MenuFactory[]>} */
const MENUS = {
  stability: [runMenu, sideMenu(0), sideMenu(1), measureMenu, toleranceMenu],
  basins: [],
  ensemble: [runMenu],
  fair: [],
};

/** @param {Model} model @param {Actions} actions @param {SetMap} setMap @returns {Menu[]} */
export const menusOf = (model, actions, setMap) =>
  MENUS[mapOf(model).kind].map((make) => make(model, setMap, actions));

/** @type {MenuFactory} */
function runMenu(model, setMap, actions) {
  return createMenu({
    label: model.payload.words.mapRun, testid: "map-run",
    items: model.runs.map(({ id, info }) => ({ slug: id, title: info.label })),
    get: () => runOfMap(model)?.id ?? "",
    set(run) {
      setMap({ run, span: null });
      actions.select(run);
    },
  });
}

/** What lies along x or y. @param {0|1} side @returns {MenuFactory} */
function sideMenu(side) {
  const name = side ? "y" : "x";
  return (model, setMap) => {
    const { words } = model.payload;
    return createMenu({
      label: words[`map.${name}`], testid: `map-axis-${name}`, shows: name,
      items: (runOfMap(model)?.info.axes ?? []).map((knob) => ({
        slug: knob.name, title: knob.title, group: words[`mapGroup.${knob.group}`],
      })),
      get: () => sidesOf(model)?.[side].name ?? "",
      set(chosen) {
        const now = sidesOf(model)?.map((knob) => knob.name);
        if (!now) return;
        const next = [...now];
        next[side] = chosen;
        if (next[0] === next[1]) next[1 - side] = now[side]; // they change places
        setMap({ x: next[0], y: next[1], span: null });
      },
    });
  };
}

/** @type {MenuFactory} */
function measureMenu(model, setMap) {
  const { words } = model.payload;
  return createMenu({
    label: words.mapMeasure, testid: "map-measure",
    items: MEASURES.map((slug) => ({ slug, title: words[`measure.${slug}`] })),
    get: () => mapOf(model).measure, set: (measure) => setMap({ measure }),
  });
}

/** @type {MenuFactory} */
function toleranceMenu(model, setMap) {
  const own = mapOf(model).tolerance;
  const values = [...new Set([...TOLERANCES, own])].sort((a, b) => b - a);
  const menu = createMenu({
    label: model.payload.words.mapTolerance, testid: "map-tolerance", shows: "≤",
    items: values.map((value) => ({ slug: String(value), title: powerText(value) })),
    get: () => String(mapOf(model).tolerance), set: (text) => setMap({ tolerance: Number(text) }),
  });
  const draw = () => {
    menu.element.hidden = mapOf(model).measure !== "settled";
    menu.draw();
  };
  draw();
  return { element: menu.element, draw };
}
