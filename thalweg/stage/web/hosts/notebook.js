/** The stage in a notebook: what anywidget calls, and the one module that knows of it. */

import { loadPlotly } from "../picture/contour-plot.js";
import { mount } from "../shell/stage.js";

/**
 * @typedef {import("../model/types.js").Payload} Payload @typedef {import("../model/types.js").Report} Report
 * @typedef {{payload: Payload, report: Report|null, height: number, library: DataView<ArrayBuffer>|null}} Traits
 *   what the widget shares with the kernel: see thalweg.stage.widget; library is plotly.js, gzipped
 *
 * @typedef {Object} WidgetModel what anywidget gives
 * @property {<K extends keyof Traits>(name: K) => Traits[K]} get
 * @property {<K extends keyof Traits>(name: K, value: Traits[K]) => void} set
 * @property {() => void} save_changes @property {(message: string) => void} send
 * @property {(event: string, listener: () => void) => void} on
 * @property {(event: string, listener: () => void) => void} off
 */

const WAITING = "The stage waits for the kernel.";
/** Widgets lower than this, in pixels, have no room for the equation. */
const LOW = 720;

/** Have plotly.js in this document, from the kernel: a notebook may have no other way to it. It
 * comes with the widget, gzipped, and is then let go; who comes later asks for it.
 * @param {WidgetModel} model @returns {Promise<void>} rejected where it cannot be loaded */
async function bringPlotly(model) {
  if (!window.Plotly) {
    if (!model.get("library")) {
      /** @type {Promise<void>} */
      const come = new Promise((resolve) => model.on("change:library", resolve));
      model.send("plotly");
      await come;
    }
    const library = model.get("library");
    const packed = new Blob(library ? [library] : []).stream();
    const text = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).blob();
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    await loadPlotly(address).finally(() => URL.revokeObjectURL(address));
  }
  if (!model.get("library")) return;
  model.set("library", null);
  model.save_changes();
}

/** Leave the notebook only the keys with Ctrl or ⌘, but for undo and redo.
 * @param {HTMLElement} el @returns {() => void} stop */
function keepKeys(el) {
  /** @param {KeyboardEvent} event */
  const keep = ({ key, ctrlKey, metaKey, target }) => {
    if (!(target instanceof Element)) return;
    const ours = !(ctrlKey || metaKey) || ["z", "y"].includes(key.toLowerCase());
    // JupyterLab's own mark; its shortcuts take the target before anything around it.
    target.toggleAttribute("data-lm-suppress-shortcuts", ours);
  };
  el.addEventListener("keydown", keep, true);
  return () => el.removeEventListener("keydown", keep, true);
}

/** @param {{model: WidgetModel, el: HTMLElement}} view @returns {Promise<() => void>} what takes it away */
async function render({ model, el }) {
  el.classList.add("thalweg-widget");
  el.textContent = WAITING;
  await bringPlotly(model).catch(() => {}); // the stage says so itself
  el.textContent = "";
  // What another view of this widget has reported is for this one a Scene that wins over its own.
  let others = 0;
  let reported = model.get("report");
  const given = () => {
    const payload = model.get("payload");
    return { ...payload, generation: payload.generation + others };
  };
  const fit = () => {
    const height = model.get("height");
    el.style.setProperty("--stage-height", `${height}px`);
    el.classList.toggle("low", height < LOW);
  };
  fit();
  const stage = mount(el, given(), (report) => {
    reported = { ...report, generation: report.generation - others };
    model.set("report", reported);
    model.save_changes();
  });
  const update = () => {
    const latest = model.get("report");
    if (latest !== reported) others++;
    reported = latest;
    stage.update(given());
  };
  // JupyterLab says on the body which theme it has; the stage looks whenever it is given anything.
  const themes = new MutationObserver(() => stage.update(given()));
  themes.observe(document.body, { attributes: true });
  model.on("change:payload", update);
  model.on("change:height", fit);
  const letKeysGo = keepKeys(el);
  return () => {
    model.off("change:payload", update);
    model.off("change:height", fit);
    themes.disconnect();
    letKeysGo();
    stage.destroy();
  };
}

export default { render };
