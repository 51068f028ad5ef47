/** A picture of what is seen, made in the browser. */

import { createButton, createTick, setText, stageOf } from "../controls/elements.js";
import { SCALES, STYLES, createChoice, head, plain, row, sizeOf } from "./parts.js";
import { keep } from "./download.js";
import { fill } from "../model/format.js";

const WHAT = ["both", "surface", "curves"];

/** The picture as it is seen, made here: no server is asked. */
export function createSeen(model, said) {
  const { words } = model.payload;
  const what = createChoice(words.shareWhat, plain(WHAT, (w) => words[`what.${w}`]), "both", "seen-what");
  const styles = ["seen", ...STYLES];
  const style = createChoice(words.shareStyle, plain(styles, (s) => words[`style.${s}`]), "seen", "seen-style");
  const scale = createChoice(words.shareScale, plain(SCALES, (s) => `${s} ×`), "2", "seen-scale");
  const on = { title: true, legend: true, settings: true };
  const ticks = Object.keys(on).map((name) => createTick(words[`with.${name}`], () => on[name], (now) => {
    on[name] = now;
  }, { "data-testid": `seen-${name}` }).element);
  async function make(kind) {
    setText(said, words.shareMaking);
    const { stage } = stageOf(said);
    const options = { kind, scale: Number(scale.get()), what: what.get(), style: style.get(), ...on };
    try {
      const file = await stage.snapshot(options);
      const name = `${model.scene.surface.name}-${model.step}.${kind}`;
      const href = URL.createObjectURL(file);
      keep(href, name);
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
      setText(said, fill(words.shareMade, { name, size: sizeOf(file.size) }));
    } catch (error) {
      setText(said, error instanceof Error && error.message ? error.message : words.pictureFailed);
    }
  }
  const button = (kind) => createButton(kind.toUpperCase(), () => make(kind), {
    "data-testid": `seen-${kind}`,
  });
  return [
    head(words.shareSeen, words.shareSeenLong),
    row(what.element, style.element, scale.element),
    row(...ticks, button("png"), button("svg")),
  ];
}
