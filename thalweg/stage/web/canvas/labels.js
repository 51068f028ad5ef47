/**
 * Where the labels of the runs stand: beside their heads, clear of one another and of the edges.
 *
 * Rectangles only. A label keeps its place beside its head from frame to frame unless another is
 * clearly better, so that it does not jump about.
 *
 * @typedef {Object} Label
 * @property {string} id @property {number} x @property {number} y the head
 * @property {number} width @property {number} height
 * @property {number} from positive where the path comes from the right
 * @property {number} left @property {number} top what is found
 */

/** Between a head and its label. */
const GAP = 11;
/** Rows of labels that may stand above and below a head. */
const MOST_ROWS = 6;
/** Costs: pixels of another label covered, a head covered, pixels over the edge, under
 * something else, rows away, on the side where the path comes from. */
const COVERED = 3;
const HEAD_COVERED = 150;
const OUTSIDE = 12;
const UNDER = 400;
const AWAY = 12;
const WRONG_SIDE = 34;
/** What a new place must be better by. */
const KEPT = 60;

/** Find a place for each label. A place is one of 26: side and row beside the head, as a number.
 * @param {Label[]} labels left and top are written
 * @param {import("./polyline.js").Box} box they must lie in
 * @param {Map<string, number>} places of the frame before; written
 * @param {import("./polyline.js").Box[]} covered by other things */
export function placeLabels(labels, box, places, covered) {
  const rows = Math.min(MOST_ROWS, labels.length + covered.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    const before = places.get(label.id);
    let least = Infinity;
    let chosen = 0;
    for (let row = -rows; row <= rows; row++) {
      for (let side = 0; side < 2; side++) {
        const place = 2 * (row + MOST_ROWS) + side;
        moveTo(label, place);
        let cost = costOf(labels, i, box, row, side) - (place === before ? KEPT : 0);
        for (const other of covered) if (isUnder(label, other)) cost += UNDER;
        if (cost < least) {
          least = cost;
          chosen = place;
        }
      }
    }
    places.set(label.id, chosen);
    moveTo(label, chosen);
    label.left = within(label.left, box.left, box.right - label.width);
    label.top = within(label.top, box.top, box.bottom - label.height);
  }
}

/** @param {number} v @param {number} low @param {number} high */
const within = (v, low, high) => Math.max(low, Math.min(v, high));

/** @param {Label} label @param {number} place */
function moveTo(label, place) {
  const row = (place >> 1) - MOST_ROWS;
  label.left = place & 1 ? label.x - GAP - label.width : label.x + GAP;
  label.top = label.y - label.height / 2 + row * (label.height + 1);
}

/** How bad a label's place is. @param {Label[]} labels @param {number} i which
 * @param {import("./polyline.js").Box} box @param {number} row @param {number} side */
function costOf(labels, i, box, row, side) {
  const label = labels[i];
  const { left, top, width, height } = label;
  const over =
    Math.max(0, box.left - left) +
    Math.max(0, left + width - box.right) +
    Math.max(0, box.top - top) +
    Math.max(0, top + height - box.bottom);
  // Below reads a little more naturally than above.
  let cost = OUTSIDE * over + AWAY * Math.abs(row) + (row < 0 ? 1 : 0);
  // Labels of runs that meet stand in one column, away from where the paths come from.
  if ((side === 0) === label.from > 0) cost += WRONG_SIDE;
  for (let j = 0; j < labels.length; j++) {
    const other = labels[j];
    if (j < i) cost += COVERED * shared(label, other);
    const dx = other.x - within(other.x, left, left + width);
    const dy = other.y - within(other.y, top, top + height);
    if (dx * dx + dy * dy < 36) cost += HEAD_COVERED;
  }
  return cost;
}

/** @param {Label} label @param {import("./polyline.js").Box} other */
function isUnder({ left, top, width, height }, other) {
  const beside = left > other.right || left + width < other.left;
  return !beside && top <= other.bottom && top + height >= other.top;
}

/** How far two labels lie over one another, in pixels of width. @param {Label} a @param {Label} b */
function shared(a, b) {
  const wide = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const high = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return wide > 0 && high > 0 ? wide + high : 0;
}
