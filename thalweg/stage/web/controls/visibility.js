/** Views outside the window: drawing them would cost a phone the frames that are looked at. */

/** A view that draws only while it can be seen, and then what became stale meanwhile, too.
 * @param {HTMLElement} element of the view
 * @param {import("../model/types.js").View} view @param {() => void} wake asks for a frame
 * @returns {import("../model/types.js").View} */
export function drawWhileVisible(element, view, wake) {
  /** @type {import("../model/types.js").Stale} */
  const missed = new Set();
  let visible = true;
  const observer = new IntersectionObserver((entries) => {
    visible = entries[entries.length - 1].isIntersecting;
    if (visible && missed.size) wake();
  });
  observer.observe(element);
  return {
    draw(stale) {
      if (!visible) {
        for (const part of stale) missed.add(part);
        return;
      }
      view.draw(missed.size ? new Set([...missed, ...stale]) : stale);
      missed.clear();
    },
    destroy() {
      observer.disconnect();
      view.destroy();
    },
  };
}
