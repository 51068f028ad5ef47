/** Views that are out of sight: drawing them would cost a phone the frames that are looked at. */

/** A view that draws only while it can be seen, and then what became stale meanwhile, too.
 * @param {HTMLElement} element of the view
 * @param {{draw: (stale: Set<string>) => void, destroy: () => void}} view
 * @param {() => void} wake asks for a frame
 * @returns {{draw: (stale: Set<string>) => void, destroy: () => void}} */
export function drawWhileVisible(element, view, wake) {
  const missed = new Set();
  let seen = true;
  const observer = new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    if (seen && missed.size) wake();
  });
  observer.observe(element);
  return {
    draw(stale) {
      if (!seen) {
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
