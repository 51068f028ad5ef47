/** The stage in a notebook: what anywidget calls, and the one module that knows of it. */

import { mount } from "./stage.js";

/** @type {Promise<string>|null} the address of plotly.js, once for a document */
let plotly = null;

/** plotly.js as the kernel sends it: a notebook may have no other way to it.
 * @param {any} model @returns {Promise<string>} */
function plotlyOf(model) {
  plotly ??= new Promise((resolve) => {
    const take = (message, buffers) => {
      if (message !== "plotly") return;
      model.off("msg:custom", take);
      resolve(URL.createObjectURL(new Blob(buffers, { type: "text/javascript" })));
    };
    model.on("msg:custom", take);
    model.send("plotly");
  });
  return plotly;
}

/** @param {{model: any, el: HTMLElement}} view @returns {Promise<() => void>} what takes it away */
async function render({ model, el }) {
  const address = await plotlyOf(model);
  const given = () => ({ ...model.get("payload"), plotly: address });
  el.style.setProperty("--stage-height", `${model.get("height")}px`);
  el.classList.add("thalweg-widget");
  // What is typed into the stage is not for the notebook's own keys.
  el.dataset.lmSuppressShortcuts = "true";
  const stage = mount(el, given(), (report) => {
    model.set("report", report);
    model.save_changes();
  });
  const update = () => stage.update(given());
  model.on("change:payload", update);
  return () => {
    model.off("change:payload", update);
    stage.destroy();
  };
}

export default { render };
