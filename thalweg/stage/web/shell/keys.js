/** Keys of the whole stage: of a keyboard, and of a lecturer's clicker. */

/** A clicker's button moves by this share of the run. */
const CLICKER_SHARE = 1 / 20;
const TYPED = "input:not([type=range]):not([type=checkbox]), textarea, [contenteditable=true]";
/** What has its own use for arrows. */
const TURNED = "select, input[type=range], [role=slider], [role=listbox], [role=menu]";
const PRESSED = "button, summary, a[href], input[type=checkbox], select, label";

/** Where a key takes the step; null: nowhere. @param {string} key @param {number} step
 * @param {number} steps @returns {number|null} */
export function stepAfter(key, step, steps) {
  const far = Math.max(1, Math.round(steps * CLICKER_SHARE));
  /** @type {Record<string, number>} */
  const moves = {
    ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: steps,
    PageUp: step - far, PageDown: step + far,
  };
  return key in moves ? Math.max(0, Math.min(steps, moves[key])) : null;
}

/** Listen on the stage, and in a lecture on the whole page.
 * @param {HTMLElement} root @param {import("../model/types.js").Model} model
 * @param {import("../model/types.js").Actions} actions @returns {() => void} stop listening */
export function listenKeys(root, model, actions) {
  // A click on the picture or between the controls brings the keys here.
  root.tabIndex = -1;

  /** @param {KeyboardEvent} event @param {Element} target */
  function travel(event, target) {
    if (target.closest(TURNED)) return false;
    const step = stepAfter(event.key, model.step, model.scene.steps);
    if (step === null) return false;
    if (model.playing) actions.pause();
    actions.seek(step);
    return true;
  }

  /** @param {KeyboardEvent} event @param {Element} target */
  function handled(event, target) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey) {
      if (event.altKey || !["z", "y"].includes(key.toLowerCase())) return false;
      if (event.shiftKey || key.toLowerCase() === "y") actions.redo();
      else actions.undo();
      return true;
    }
    if (event.altKey) return false;
    if (key === " " && !target.closest(PRESSED)) {
      if (model.playing) actions.pause();
      else actions.play();
      return true;
    }
    if (key === "f" && !target.closest("select")) {
      actions.setLecture(!model.lecture);
      return true;
    }
    if (key === "Escape" && model.lecture) {
      actions.setLecture(false);
      return true;
    }
    return travel(event, target);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { target } = event;
    if (event.defaultPrevented || !(target instanceof Element)) return;
    if (!model.lecture && !root.contains(target)) return;
    if (target.matches(TYPED)) return;
    if (handled(event, target)) event.preventDefault();
  }

  // The browser leaves its own full screen by itself, and the lecture with it.
  function onScreen() {
    if (!document.fullscreenElement && model.lecture) actions.setLecture(false);
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("fullscreenchange", onScreen);
  return () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("fullscreenchange", onScreen);
  };
}
