/** Light or dark, from the page around the stage, and its colours as CSS variables. */

/** The grounds of the pages that a stage stands on: Streamlit's and JupyterLab's. */
const GROUNDS = ["--st-background-color", "--jp-layout-color0"];

/** Whether the page around an element is dark: its own ground, else what the system prefers.
 * @param {HTMLElement} element @returns {boolean} */
export function isDark(element) {
  const style = getComputedStyle(element);
  const own = GROUNDS.map((name) => style.getPropertyValue(name).trim()).find((value) => value) ?? "";
  const long = own.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(long);
  if (!match) return own === "black" || (!own && matchMedia("(prefers-color-scheme: dark)").matches);
  const [r, g, b] = match.slice(1).map((part) => parseInt(part, 16));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}

/** The ground's colours as CSS variables of an element.
 * @param {HTMLElement} element @param {import("../model/types.js").Ground} ground */
export function styleOf(element, ground) {
  for (const [name, value] of Object.entries(ground)) {
    if (typeof value === "string") element.style.setProperty(`--${name}`, value);
  }
  element.style.setProperty("--ramp-low", ground.ramp[0]);
  element.style.setProperty("--ramp-high", ground.ramp[1]);
}
