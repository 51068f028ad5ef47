/** Has maps built: one is requested when what it is of has changed, with progress, stopped or made anew. */

import { requestMap } from "./map-requests.js";
import { requestOf } from "./map-settings.js";
import { createButton, elementOf, setText } from "../controls/elements.js";

/** @typedef {import("../model/types.js").Model} Model
 * @typedef {import("./types.js").ServerMap} ServerMap
 * @typedef {"asked"|"busy"|"ready"|"stopped"|"problem"} BuildState as tests and styles know it */

/** A zoom or a turned knob may go on: so long nothing is asked, in milliseconds. */
const PAUSE = 120;
/** What takes longer shows how far it is. */
const PATIENCE = 250;

/** @param {Model} model @param {(map: ServerMap) => void} onMap told of each map
 * @returns {{element: HTMLElement, request: (anew?: boolean) => void, forget: () => void,
 *   shown: () => void, destroy: () => void}} request: the map of now, where it is another one;
 *   forget: what was requested; shown: that the last map is on the screen */
export function createMapBuilder(model, onMap) {
  const { words, atlas } = model.payload;
  const progress = elementOf("progress", { max: 1, value: 0, "aria-label": words.mapMaking });
  const stop = createButton(words.mapStop, () => stopWaiting("stopped", words.mapStopped), { "data-testid": "map-stop" });
  const again = createButton(words.mapAgain, () => request(true), { "data-testid": "map-again" });
  const said = elementOf("span", { role: "status" });
  const element = elementOf("div", { class: "map-status", "data-testid": "map-status" },
    progress, said, stop, again);
  let wanted = "";
  /** What the server is making. @type {ReturnType<typeof requestMap>|null} */
  let making = null;
  let timer = 0;
  let began = 0;

  /** @param {BuildState} name @param {string} [text] */
  function state(name, text = "") {
    element.dataset.state = name;
    setText(said, text);
    progress.hidden = stop.hidden = name !== "busy";
    again.hidden = name !== "stopped" && text !== words.mapLost;
  }

  /** Wait for nothing any more. @param {BuildState} name @param {string} [text] */
  function stopWaiting(name, text = "") {
    clearTimeout(timer);
    making?.stop();
    making = null;
    state(name, text);
  }

  /** @param {boolean} [anew] also where it is the same map */
  function request(anew = false) {
    const scene = requestOf(model);
    const key = scene ? JSON.stringify(scene) : "nothing";
    if (key === wanted && !anew) return;
    stopWaiting("asked");
    wanted = key;
    if (!scene) state("problem", words.curveNoRuns);
    else timer = setTimeout(() => send(scene), anew ? 0 : PAUSE);
  }

  /** @param {import("./types.js").MapRequest} scene */
  function send(scene) {
    began = performance.now();
    progress.value = 0;
    const own = requestMap(atlas, scene, (share) => {
      progress.value = share;
    });
    making = own;
    timer = setTimeout(() => state("busy", words.mapMaking), PATIENCE);
    own.ended.then(({ map, problem }) => {
      if (making !== own) return;
      clearTimeout(timer);
      making = null;
      if (map) onMap(map);
      else if (problem !== undefined) state("problem", problem || words.mapLost);
    });
  }

  state("asked");
  return {
    element,
    request,
    forget() {
      wanted = "";
    },
    shown() {
      element.dataset.took = String(Math.round(performance.now() - began));
      state("ready");
    },
    destroy: () => stopWaiting("asked"),
  };
}
