/** A box for a text that is read as it is typed: the place of a mistake is underlined. */

import { elementOf, freshId, setText } from "./elements.js";
import { fill } from "../model/format.js";

/**
 * @param {{label: string, hint: string, most: number, words: import("../model/types.js").Messages, testid: string,
 *   get: () => string, type: (text: string) => void}} options `get` is the text of the Scene
 */
export function createTextbox({ label, hint, most, words, testid, get, type }) {
  const wrong = elementOf("p", { class: "wrong", id: freshId(), role: "status", hidden: true });
  // Under the box lies its text again, unseen, with a line below the mistake.
  const under = elementOf("div", { class: "typing-under", "aria-hidden": "true" });
  const area = elementOf("textarea", {
    rows: 1, spellcheck: "false", autocomplete: "off", autocapitalize: "off", autocorrect: "off",
    "aria-label": label, "aria-describedby": wrong.id, placeholder: hint, "data-testid": testid,
  });
  const element = elementOf("div", { class: "typing-box" },
    elementOf("div", { class: "typing-place" }, under, area), wrong);
  let known = "";

  area.addEventListener("input", () => {
    fit();
    type(area.value);
  });
  // Letters are not the stage's keys; Escape gives the keyboard back.
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") area.blur();
    event.stopPropagation();
  });
  area.addEventListener("scroll", () => {
    under.scrollTop = area.scrollTop;
  });

  function fit() {
    area.rows = Math.min(most, Math.max(1, area.value.split("\n").length));
    // A long line is wrapped: the box grows with it.
    area.style.height = "";
    const lacking = area.scrollHeight - area.clientHeight;
    if (lacking > 0 && area.rows < most) area.style.height = `${area.offsetHeight + lacking}px`;
  }

  /** @param {import("../model/types.js").TextProblem|null} problem */
  function complain(problem) {
    wrong.hidden = !problem;
    if (!problem) {
      area.removeAttribute("aria-invalid");
      under.replaceChildren();
      setText(wrong, "");
      return;
    }
    const lines = area.value.split("\n");
    const { line, start, end, sentence } = problem;
    const before = lines.slice(0, line).map((text) => `${text}\n`).join("");
    const text = lines[line] ?? "";
    const place = text.slice(start, Math.max(end, start + 1)) || " ";
    under.replaceChildren(before + text.slice(0, start), elementOf("mark", {}, place),
      [text.slice(Math.max(end, start + 1)), ...lines.slice(line + 1)].join("\n"));
    under.scrollTop = area.scrollTop;
    area.setAttribute("aria-invalid", "true");
    const one = lines.length === 1;
    const capitalized = sentence[0].toUpperCase() + sentence.slice(1);
    const template = one ? words.typeWrongHere : words.typeWrong;
    setText(wrong, fill(template, { line: line + 1, sentence: capitalized }));
  }

  /** @param {import("../model/types.js").TypedText|undefined} typed what was last typed here */
  function draw(typed) {
    const text = get();
    if (text !== known) {
      known = text;
      // News by other means: an example, a link, undo. What is being typed is not overwritten.
      if (typed?.text !== text || document.activeElement !== area) area.value = text;
      fit();
    }
    const current = typed && typed.text === area.value;
    if (current || !typed) complain(current ? typed.problem : null);
    else if (area.value === text) complain(null);
  }

  return { element, area, draw };
}
