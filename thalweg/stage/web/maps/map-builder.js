/** A map in the making: asked for when what it is of has changed, with progress, stopped or made anew. */

import { askMap } from "./map-requests.js";
import { requestOf } from "./map-settings.js";
import { createButton, elementOf, setText } from "../controls/elements.js";

/** @typedef {import("../model/types.js").Model} Model */

/** A zoom or a turned knob may go on: so long nothing is asked, in milliseconds. */
const PAUSE = 120;
/** What takes longer shows how far it is. */
const PATIENCE = 250;

/** @param {Model} model @param {(map: any) => void} made told of each map
 * @returns {{element: HTMLElement, ask: (anew?: boolean) => void, forget: () => void,
 *   shown: () => void, destroy: () => void}} ask: for the map of now, where it is another one;
 *   forget: what was asked; shown: that the last map is on the screen */
export function createMaker(model, made) {
  const { words, atlas } = model.payload;
  const progress = elementOf("progress", { max: 1, value: 0, "aria-label": words.mapMaking });
  const stop = createButton(words.mapStop, () => rest("stopped", words.mapStopped), { "data-testid": "map-stop" });
  const again = createButton(words.mapAgain, () => ask(true), { "data-testid": "map-again" });
  const said = elementOf("span", { role: "status" });
  const element = elementOf("div", { class: "map-status", "data-testid": "map-status" },
    progress, said, stop, again);
  let wanted = "";
  let making = null;
  let timer = 0;
  let began = 0;

  function state(name, text = "") {
    element.dataset.state = name;
    setText(said, text);
    progress.hidden = stop.hidden = name !== "busy";
    again.hidden = name !== "stopped" && text !== words.mapLost;
  }

  /** Wait for nothing any more. */
  function rest(name, text = "") {
    clearTimeout(timer);
    making?.stop();
    making = null;
    state(name, text);
  }

  function ask(anew = false) {
    const scene = requestOf(model);
    const key = scene ? JSON.stringify(scene) : "nothing";
    if (key === wanted && !anew) return;
    rest("asked");
    wanted = key;
    if (!scene) state("problem", words.curveNoRuns);
    else timer = setTimeout(() => send(scene), anew ? 0 : PAUSE);
  }

  function send(scene) {
    began = performance.now();
    progress.value = 0;
    const own = askMap(atlas, scene, (share) => {
      progress.value = share;
    });
    making = own;
    timer = setTimeout(() => state("busy", words.mapMaking), PATIENCE);
    own.ended.then(({ map, problem }) => {
      if (making !== own) return;
      clearTimeout(timer);
      making = null;
      if (map) made(map);
      else if (problem !== undefined) state("problem", problem || words.mapLost);
    });
  }

  state("asked");
  return {
    element,
    ask,
    forget() {
      wanted = "";
    },
    shown() {
      element.dataset.took = String(Math.round(performance.now() - began));
      state("ready");
    },
    destroy: () => rest("asked"),
  };
}
