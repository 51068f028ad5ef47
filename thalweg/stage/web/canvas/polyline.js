/**
 * Paths in pixels: projecting, clipping and tracing polylines. Numbers only; the `sink` that is
 * traced into has `moveTo` and `lineTo`, as a canvas has.
 *
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{x: (v: number) => number, y: (v: number) => number, left: number, top: number,
 *   width: number, height: number, covered?: Box[]}} Mapping of data to CSS pixels, the plot's
 *   rectangle, and what lies over it, such as buttons: labels keep clear of that
 */

/** Beyond this a pixel is as far as any other: canvas misdraws larger numbers. */
const FAR_PIXEL = 1e9;

/** @param {number} v */
const bounded = (v) => (v > -FAR_PIXEL ? (v < FAR_PIXEL ? v : FAR_PIXEL) : -FAR_PIXEL);

/** Room for `count` points, in place of an array that is too small.
 * @param {Float64Array} array @param {number} count @returns {Float64Array} */
export function roomFor(array, count) {
  return array.length >= 2 * count ? array : new Float64Array(Math.max(2 * count, 2 * array.length));
}

/** Points (x0, y0, x1, …) as pixels. @param {Mapping} mapping @param {ArrayLike<number>} points
 * @param {number} count @param {Float64Array} into */
export function toPixels(mapping, points, count, into) {
  for (let i = 0; i < 2 * count; i += 2) {
    into[i] = bounded(mapping.x(points[i]));
    into[i + 1] = bounded(mapping.y(points[i + 1]));
  }
}

/** The plot's rectangle, wider by a margin.
 * @param {Pick<Mapping, "left"|"top"|"width"|"height">} mapping @param {number} margin
 * @returns {Box} */
export function boxOf({ left, top, width, height }, margin) {
  return {
    left: left - margin,
    top: top - margin,
    right: left + width + margin,
    bottom: top + height + margin,
  };
}

/** @param {Box} box @param {number} x @param {number} y @returns {boolean} */
export function isInside(box, x, y) {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

const part = new Float64Array(2);

/** The part of a segment that lies in a box, as two fractions of it (Liang and Barsky).
 * @param {Box} box @param {number} ax @param {number} ay @param {number} bx @param {number} by
 * @returns {Float64Array|null} shared, read it at once; null: no part of it */
export function clipSegment(box, ax, ay, bx, by) {
  part[0] = 0;
  part[1] = 1;
  const dx = bx - ax;
  const dy = by - ay;
  const crosses =
    narrow(-dx, ax - box.left) &&
    narrow(dx, box.right - ax) &&
    narrow(-dy, ay - box.top) &&
    narrow(dy, box.bottom - ay);
  return crosses ? part : null;
}

/** Narrow the part to where p·s ≤ q; whether any is left. @param {number} p @param {number} q */
function narrow(p, q) {
  if (p === 0) return q >= 0;
  const s = q / p;
  if (p < 0) {
    if (s > part[1]) return false;
    if (s > part[0]) part[0] = s;
  } else {
    if (s < part[0]) return false;
    if (s < part[1]) part[1] = s;
  }
  return true;
}

/** Trace the straight lines between points, cut to a box.
 * @param {{moveTo: (x: number, y: number) => void, lineTo: (x: number, y: number) => void}} sink @param {Float64Array} pixels
 * @param {number} count @param {Box} box @returns {number} the length that was traced */
export function tracePolyline(sink, pixels, count, box) {
  let length = 0;
  let drawing = false;
  let ax = pixels[0];
  let ay = pixels[1];
  let within = count > 0 && isInside(box, ax, ay);
  for (let t = 1; t < count; t++) {
    const bx = pixels[2 * t];
    const by = pixels[2 * t + 1];
    const dx = bx - ax;
    const dy = by - ay;
    const reaches = isInside(box, bx, by);
    if (within && reaches) {
      const size = Math.sqrt(dx * dx + dy * dy);
      if (!drawing) sink.moveTo(ax, ay);
      sink.lineTo(bx, by);
      drawing = true;
      length += size;
    } else {
      const cut = clipSegment(box, ax, ay, bx, by);
      if (cut) {
        const [from, to] = cut;
        if (!drawing || from > 0) sink.moveTo(ax + from * dx, ay + from * dy);
        sink.lineTo(ax + to * dx, ay + to * dy);
        length += (to - from) * Math.sqrt(dx * dx + dy * dy);
      }
      drawing = cut !== null && reaches;
    }
    ax = bx;
    ay = by;
    within = reaches;
  }
  return length;
}

/** How quickly the average of step lengths follows. */
const FOLLOWS = 1 / 8;

/** Call `mark(x, y)` at every step that is longer than `apart`, while steps are so on average.
 * @param {Float64Array} pixels @param {number} count @param {number} apart @param {Box} box
 * @param {(x: number, y: number) => void} mark */
export function eachDot(pixels, count, apart, box, mark) {
  let average = NaN;
  for (let t = 1; t < count; t++) {
    const x = pixels[2 * t];
    const y = pixels[2 * t + 1];
    const dx = x - pixels[2 * t - 2];
    const dy = y - pixels[2 * t - 1];
    // Growing runs would leave an average of millions behind them.
    const size = Math.min(Math.sqrt(dx * dx + dy * dy), 20 * apart);
    average = t === 1 ? size : average + FOLLOWS * (size - average);
    if (average > apart && size > apart && isInside(box, x, y)) mark(x, y);
  }
}
