/** Small parts of the sheet of what can be taken away. */

import { createMenu, elementOf } from "../controls/elements.js";

export const SCALES = ["1", "2", "3", "4"];
export const STYLES = ["light", "dark", "print"];

export const head = (text, long) => elementOf("h3", { title: long }, text);
export const row = (...parts) => elementOf("div", { class: "row wraps" }, ...parts);

/** A choice that only the sheet knows. */
export function createChoice(label, items, chosen, testid) {
  let value = chosen;
  const menu = createMenu({
    label, items, testid, get: () => value,
    set(slug) {
      value = slug;
    },
  });
  return { element: menu.element, get: () => value };
}

export const plain = (values, word = (value) => value) =>
  values.map((slug) => ({ slug, title: word(slug) }));

/** A size as people say it. @param {number} bytes */
export const sizeOf = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
