/** The stage on a Streamlit page: the one module that knows of it. */

import { mount } from "../shell/stage.js";

const SHEETS = [
  "styles/stage.css", "styles/picture.css", "styles/curves.css", "styles/microscope.css", "styles/typing.css",
  "styles/maps.css", "styles/streamlit.css",
];

/** A style sheet of the stage, once for the page.
 * @param {string} name @returns {Promise<void>} */
function sheet(name) {
  const address = new URL(`../${name}`, import.meta.url).href;
  if (document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  const loaded = new Promise((resolve) => {
    link.onload = () => resolve();
    link.onerror = () => resolve(); // unstyled is better than nothing
  });
  document.head.append(link);
  return loaded;
}

await Promise.all(SHEETS.map(sheet));

/** @type {WeakMap<HTMLElement, {stage: any, send: Function}>} */
const mounted = new WeakMap();

/** Streamlit calls this at first and again after every run or change of theme. */
export default function ({ data, parentElement, setStateValue }) {
  const found = mounted.get(parentElement);
  if (found) {
    found.send = setStateValue;
    found.stage.update(data);
    return;
  }
  const own = { send: setStateValue, stage: null };
  own.stage = mount(parentElement, data, (report) => own.send("report", report));
  mounted.set(parentElement, own);
  document.documentElement.lang = "en";
  const fit = () => {
    const top = parentElement.getBoundingClientRect().top + (scroller(parentElement)?.scrollTop ?? 0);
    parentElement.style.setProperty("--stage-height", `calc(100dvh - ${Math.ceil(top)}px - 12px)`);
  };
  fit();
  addEventListener("resize", fit);
  const watch = watchConnection((online) => own.stage.setOnline(online));
  return () => {
    removeEventListener("resize", fit);
    watch.disconnect();
    own.stage.destroy();
    mounted.delete(parentElement);
  };
}

const scroller = (element) => element.closest("[data-testid=stMain]");

/** Tell of every change of the connection to the server. */
function watchConnection(tell) {
  const app = document.querySelector("[data-testid=stApp]");
  const state = () => tell(app?.dataset.testConnectionState === "CONNECTED");
  const observer = new MutationObserver(state);
  if (app) observer.observe(app, { attributeFilter: ["data-test-connection-state"] });
  return observer;
}
