/** What frames cost: for those who measure, and for a picture that must do with less. */

/** A machine is behind when its frames are farther apart than this on average, in milliseconds. */
const BEHIND = 24;
/** Farther apart, there was a rest between them. */
const REST = 200;
const FOLLOWS = 1 / 5;

const KINDS = ["pointermove", "touchmove", "input", "keydown"];

/**
 * @typedef {{at: number, work: number, since: number, paths: boolean}} Frame when it ended; ms of
 *   work in its input's handlers and its drawing; ms since its first input, waiting included;
 *   whether paths changed in it
 */
export class Meter {
  constructor() {
    this.measuring = false; // only then frames are kept
    this.gap = 0;
    this.before = 0;
    /** @type {Frame[]} */
    this.frames = [];
    /** Milliseconds in handlers since the last frame, and when the first of them began. */
    this.handled = this.first = this.entered = 0;
    // From before the first handler of an event to after its last one.
    this.enter = () => {
      this.entered = performance.now();
      this.first ||= this.entered;
    };
    this.leave = () => {
      this.handled += performance.now() - this.entered;
    };
    for (const kind of KINDS) {
      addEventListener(kind, this.enter, { capture: true, passive: true });
      addEventListener(kind, this.leave, { passive: true });
    }
  }

  forget() {
    this.handled = 0;
    this.first = 0;
  }

  /** The first paths are about to be on the screen. */
  markPainted() {
    requestAnimationFrame(() => setTimeout(() => performance.mark("thalweg-paths")));
  }

  /** Whether frames come late. */
  get behind() {
    return this.gap > BEHIND;
  }

  /** A frame was drawn. @param {number} began @param {boolean} paths */
  frame(began, paths) {
    const gap = began - this.before;
    this.before = began;
    this.gap = gap < REST ? this.gap + FOLLOWS * (gap - this.gap) : 0;
    if (this.measuring) {
      const at = performance.now();
      const first = this.first || began;
      this.frames.push({ at, work: this.handled + at - began, since: at - first, paths });
    }
    this.forget();
  }

  destroy() {
    for (const kind of KINDS) {
      removeEventListener(kind, this.enter, { capture: true });
      removeEventListener(kind, this.leave);
    }
  }
}
