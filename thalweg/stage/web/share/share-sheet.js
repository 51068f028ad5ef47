/** The sheet of all that can be taken away: the link, pictures, films, a file that lives, data, code. */

import { createButton, createPopover, createTick } from "../controls/elements.js";
import { elementOf, setText } from "../controls/elements.js";
import { createSeen } from "./screenshot.js";
import { createLink } from "./link.js";
import { SCALES, STYLES, createChoice, head, plain, row, sizeOf } from "./parts.js";
import { takeFile } from "./download.js";
import { fill } from "../model/format.js";

/** @typedef {import("../model/types.js").Model} Model */

const SIZES = ["800x600", "960x600", "1280x720", "1920x1080"];
const RATES = ["20", "25"];
const SECONDS = ["5", "10", "20", "40"];
const LIBRARIES = ["numpy", "optax", "torch"];

/** @param {Model} model @returns {{element: HTMLElement}} */
export function createSharing(model) {
  const { words } = model.payload;
  const said = elementOf("p", { class: "hint", role: "status", "data-testid": "share-said" });
  const taker = createTaker(model, said);
  const address = createLink(model, said);
  const script = elementOf("input", {
    type: "text", class: "address", placeholder: words.shareScript, "aria-label": words.shareScriptLong,
    spellcheck: "false", "data-testid": "share-script",
  });
  const from = () => (script.value.trim() ? { plotly: script.value.trim() } : {});
  const { link } = address;
  const content = [
    ...address.parts,
    ...createSeen(model, said),
    ...createPictures(words, taker),
    ...createFilms(words, taker),
    head(words.shareLives, words.shareLivesLong),
    row(taker.button(words.shareHtml, () => ({ kind: "html", ...from() }), "html"), script),
    head(words.shareData, words.shareDataLong),
    row(...["csv", "npz", "json"].map((kind) =>
      taker.button(kind.toUpperCase(), () => ({ kind }), kind))),
    head(words.shareCode, words.shareCodeLong),
    row(...LIBRARIES.map((library) =>
      taker.button(words[`library.${library}`], () => ({ kind: "py", library }), library))),
    taker.progress,
    said,
  ];
  const { element, sheet } = createPopover(words.share, content, {
    label: words.share, testid: "share",
    async opened() {
      link.value = location.href;
      setText(said, words.copyByHand);
      const note = await address.find();
      try {
        await navigator.clipboard.writeText(link.value);
        setText(said, `${words.copied} ${note}`);
      } catch {
        setText(said, `${words.copyByHand} ${note}`); // no clipboard here, or not allowed
      }
    },
  });
  sheet.classList.add("sharing");
  return { element };
}

function createPictures(words, taker) {
  const scale = createChoice(words.shareScale, plain(SCALES, (s) => `${s} ×`), "2", "share-scale");
  const size = createChoice(words.shareSize, plain(SIZES, sizeWord), "960x600", "share-size");
  const style = createChoice(words.shareStyle, plain(STYLES, (s) => words[`style.${s}`]), "light", "share-style");
  let curve = true;
  const curves = createTick(words.shareCurves, () => curve, (on) => {
    curve = on;
  }, { "data-testid": "share-curves" });
  const look = () => ({ ...sides(size.get()), style: style.get(), curve });
  taker.look = look;
  return [
    head(words.sharePicture, words.sharePictureLong),
    row(size.element, style.element, curves.element),
    row(
      scale.element,
      taker.button("PNG", () => ({ kind: "png", scale: Number(scale.get()), ...look() }), "png"),
      taker.button("SVG", () => ({ kind: "svg", ...look() }), "svg"),
      taker.button("PDF", () => ({ kind: "pdf", ...look() }), "pdf"),
    ),
  ];
}

function createFilms(words, taker) {
  const seconds = createChoice(words.shareSeconds, plain(SECONDS, (s) => `${s} s`), "10", "share-seconds");
  const rate = createChoice(words.shareRate, plain(RATES, (r) => fill(words.shareRateOf, { rate: r })), "25", "share-rate");
  const film = (kind) => () => ({
    kind, ...taker.look(), scale: 1, seconds: Number(seconds.get()), rate: Number(rate.get()),
  });
  return [
    head(words.shareFilm, words.shareFilmLong),
    row(seconds.element, rate.element,
      taker.button("MP4", film("mp4"), "mp4"), taker.button("GIF", film("gif"), "gif")),
  ];
}

const sizeWord = (size) => size.replace("x", " × ");
function sides(size) {
  const [width, height] = size.split("x").map(Number);
  return { width, height };
}

/** Buttons that make files, one at a time, with a line that says how far it is. */
function createTaker(model, said) {
  const { words } = model.payload;
  const bar = elementOf("progress", { max: 1, value: 0, "aria-label": words.shareProgress });
  const stop = createButton(words.shareStop, () => job?.stop(), { "data-testid": "share-stop" });
  const progress = elementOf("div", { class: "row", hidden: true }, bar, stop);
  /** @type {ReturnType<typeof takeFile>|null} */
  let job = null;

  async function take(wanted) {
    if (job) return;
    progress.hidden = false;
    bar.removeAttribute("value");
    setText(said, words.shareMaking);
    let state = null;
    job = takeFile(model.payload.share, { scene: model.scene, ...wanted }, (now) => {
      state = now;
      if (now.all) bar.value = now.done / now.all;
    });
    const wrong = await job.ended;
    job = null;
    progress.hidden = true;
    const made = state && state.bytes !== null;
    const done = made ? fill(words.shareMade, { name: state.name, size: sizeOf(state.bytes) }) : words.shareStopped;
    setText(said, wrong === "?" ? words.shareOffline : wrong || done);
  }

  return {
    progress,
    look: () => ({}),
    button: (text, wanted, testid) =>
      createButton(text, () => take(wanted()), { "data-testid": `take-${testid}` }),
  };
}
