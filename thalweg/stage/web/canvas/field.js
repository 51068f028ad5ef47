/** The surface as numbers on a grid, its contour levels, and the heights that are drawn. */

const LEVELS = 24;

/**
 * numpy's quantile of sorted numbers, interpolated evenly, rounding included.
 * @param {Float64Array} sorted @param {number} q @param {number} [floor] taken off each number first
 * @returns {number}
 */
export function quantile(sorted, q, floor = 0) {
  const place = (sorted.length - 1) * q;
  const i = Math.floor(place);
  const t = place - i;
  const a = sorted[i] - floor;
  const b = sorted[Math.min(i + 1, sorted.length - 1)] - floor;
  return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

/** Increasing numbers without repetition, of those that are finite.
 * @param {number[]} values @returns {Float64Array} */
function distinct(values) {
  const sorted = Float64Array.from(values).sort();
  return sorted.filter((v, i) => i === 0 || v !== sorted[i - 1]);
}

/**
 * Contour levels for a field of values, as `contour_levels` of landscapes/base.py makes them: each
 * the geometric mean, in height above the minimum, of an even ratio and an even share of the area.
 * @param {Float64Array} sorted the field's finite values in order @param {number|null} fMin
 * @param {number} [count] @returns {Float64Array}
 */
export function contourLevels(sorted, fMin, count = LEVELS) {
  const n = sorted.length;
  if (n === 0 || sorted[0] === sorted[n - 1]) return new Float64Array(0);
  const shares = [];
  for (let i = 1; i <= count; i++) shares.push(quantile(sorted, i / (count + 1)));
  if (fMin === null) return distinct(shares);
  const floor = Math.min(fMin, sorted[0]);
  let first = 0;
  while (sorted[first] <= floor) first++;
  const above = sorted.subarray(first);
  const top = above[above.length - 1] - floor;
  const low = Math.max(quantile(above, 0.002, floor), 1e-8 * top);
  return distinct(
    shares.map((share, i) => {
      const ratio = i === 0 ? low : low * (top / low) ** (i / count);
      return floor + Math.sqrt(ratio * Math.max(share - floor, low));
    }),
  );
}

/**
 * How heights are drawn: by the rank of the level that they reach, between two levels evenly in the
 * root of the height above the minimum, because near a minimum the root is more even. −1 is the
 * lowest point of the field, `count` the highest.
 */
export class Heights {
  /** @param {Float64Array} levels @param {number} least of the field @param {number} most
   * @param {number|null} fMin */
  constructor(levels, least, most, fMin) {
    const known = levels.length ? levels : Float64Array.of(Number.isFinite(most) ? most : 0);
    this.count = known.length;
    this.floor = fMin === null || !Number.isFinite(least) ? null : Math.min(least, fMin);
    const inner = known.map((v) => this.scaled(v));
    this.ends = new Float64Array(this.count + 2);
    this.ends.set(inner, 1);
    const bottom = Number.isFinite(least) ? this.scaled(least) : Infinity;
    const top = Number.isFinite(most) ? this.scaled(most) : -Infinity;
    this.ends[0] = Math.min(bottom, inner[0] - 1e-9);
    this.ends[this.count + 1] = Math.max(top, inner[this.count - 1] + 1e-9);
  }

  /** @param {number} f @returns {number} */
  scaled(f) {
    return this.floor === null ? f : Math.sqrt(Math.max(f - this.floor, 0));
  }

  /** What is drawn of a value; NaN stays NaN. @param {number} f @returns {number} */
  rank(f) {
    const { ends } = this;
    const v = this.scaled(f);
    let low = 0;
    let high = ends.length - 1;
    if (!(v > ends[0])) return Number.isNaN(v) ? NaN : -1;
    if (v >= ends[high]) return high - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ends[middle] <= v) low = middle;
      else high = middle;
    }
    return low - 1 + (v - ends[low]) / (ends[high] - ends[low]);
  }
}

/** A surface sampled on n × n points of a window; its arrays are made once. */
export class Field {
  /** @param {number} n points a side */
  constructor(n) {
    this.n = n;
    this.x = new Float64Array(n);
    this.y = new Float64Array(n);
    this.f = new Float64Array(n * n);
    this.drawn = new Float64Array(n * n);
    this.sorted = new Float64Array(n * n);
    /** Row j is at y[j]. */
    this.rows = Array.from(this.y, (_, j) => this.drawn.subarray(j * n, (j + 1) * n));
    /** @type {Float64Array} */
    this.levels = new Float64Array(0);
    this.heights = new Heights(this.levels, NaN, NaN, null);
  }

  /** @param {import("../model/run.js").Surface} surface @param {import("../model/types.js").Window} window
   * @param {number|null} fMin of the surface, null where it has none */
  sample(surface, [[x0, x1], [y0, y1]], fMin) {
    const { n, x, y, f, drawn, sorted } = this;
    for (let i = 0; i < n; i++) {
      x[i] = x0 + ((x1 - x0) * i) / (n - 1);
      y[i] = y0 + ((y1 - y0) * i) / (n - 1);
    }
    let finite = 0;
    for (let j = 0, k = 0; j < n; j++) {
      for (let i = 0; i < n; i++, k++) {
        const value = surface.value(x[i], y[j]);
        f[k] = value;
        if (Number.isFinite(value)) sorted[finite++] = value;
      }
    }
    const inOrder = sorted.subarray(0, finite).sort();
    this.levels = contourLevels(inOrder, fMin);
    const most = finite ? inOrder[finite - 1] : NaN;
    this.heights = new Heights(this.levels, finite ? inOrder[0] : NaN, most, fMin);
    for (let k = 0; k < f.length; k++) drawn[k] = this.heights.rank(f[k]);
  }
}
