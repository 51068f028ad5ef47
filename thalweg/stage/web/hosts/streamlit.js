/** The stage on a Streamlit page: the one module that knows of it. */

import { mount } from "../shell/stage.js";

const SHEETS = [
  "styles/stage.css", "styles/picture.css", "styles/curves.css", "styles/microscope.css", "styles/typing.css",
  "styles/maps.css", "styles/streamlit.css",
];

/** A style sheet of the stage, once for the page.
 * @param {string} name @returns {Promise<void>} */
function loadStyleSheet(name) {
  const address = new URL(`../${name}`, import.meta.url).href;
  if (document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  /** @type {Promise<void>} */
  const loaded = new Promise((resolve) => {
    link.onload = () => resolve();
    link.onerror = () => resolve(); // unstyled is better than nothing
  });
  document.head.append(link);
  return loaded;
}

await Promise.all(SHEETS.map(loadStyleSheet));

/**
 * @typedef {import("../model/types.js").Report} Report @typedef {(name: string, report: Report) => void} Send
 * @typedef {{data: import("../model/types.js").Payload, parentElement: HTMLElement, setStateValue: Send}} Component
 */

/** @type {WeakMap<HTMLElement, {stage: import("../shell/stage.js").MountedStage, sender: {send: Send}}>} */
const mounted = new WeakMap();

/** Streamlit calls this at first and again after every run or change of theme.
 * @param {Component} component @returns {(() => void)|undefined} what takes it away */
export default function ({ data, parentElement, setStateValue }) {
  const found = mounted.get(parentElement);
  if (found) {
    found.sender.send = setStateValue;
    found.stage.update(data);
    return undefined;
  }
  const sender = { send: setStateValue };
  const stage = mount(parentElement, data, (report) => sender.send("report", report));
  mounted.set(parentElement, { stage, sender });
  document.documentElement.lang = "en";
  const fit = () => {
    const top = parentElement.getBoundingClientRect().top + (scroller(parentElement)?.scrollTop ?? 0);
    parentElement.style.setProperty("--stage-height", `calc(100dvh - ${Math.ceil(top)}px - 12px)`);
  };
  fit();
  addEventListener("resize", fit);
  const watch = watchConnection((online) => stage.setOnline(online));
  return () => {
    removeEventListener("resize", fit);
    watch.disconnect();
    stage.destroy();
    mounted.delete(parentElement);
  };
}

/** @param {Element} element */
const scroller = (element) => element.closest("[data-testid=stMain]");

/** Watch the connection to the server. @param {(online: boolean) => void} onChange */
function watchConnection(onChange) {
  /** @type {HTMLElement|null} */
  const app = document.querySelector("[data-testid=stApp]");
  const state = () => onChange(app?.dataset.testConnectionState === "CONNECTED");
  const observer = new MutationObserver(state);
  if (app) observer.observe(app, { attributeFilter: ["data-test-connection-state"] });
  return observer;
}
