/**
 * A field as closed lines around all that is higher than a level: bands that stay sharp at any size.
 * The screen's own bands are Plotly's, or in a drag those of contours.js; both are drawn alike here.
 */

/** @typedef {import("./field.js").Field} Field
 * @typedef {{m: number, values: Float64Array, next: Int32Array}} Grid a field with a rim, m nodes a side
 * @typedef {{xy: number[], soft: boolean[]}} Loop soft: between two values, not at the rim of what has one
 * @typedef {(i: number, j: number) => [number, number]} Place of a node in pixels */

/** Between which corners of a cell its four edges lie, round from the lower left. */
const ROUND = [0, 1, 2, 3];

/** Draw a field as Plotly draws it: bands of the ramp, and a line at every level.
 * @param {CanvasRenderingContext2D} ctx scaled to CSS pixels
 * @param {import("./viewport.js").Mapping} mapping of the window that the field was sampled on
 * @param {Field} field @param {import("../model/types.js").Ground} ground
 * @param {boolean} filled whether with bands */
export function paintIsolines(ctx, { left, top, width, height }, field, ground, filled) {
  const { n, heights } = field;
  const cell = { w: width / (n - 1), h: height / (n - 1) };
  const grid = paddedOf(field);
  /** @type {Place} */
  const place = (i, j) => [left + (i - 1) * cell.w, top + height - (j - 1) * cell.h];
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  const loops = [];
  // Below the lowest level lies all that has a value.
  for (let level = -1; level < heights.count; level++) {
    loops.push(loopsOf(grid, level < 0 ? -2 : level, place));
    if (!filled) continue;
    ctx.beginPath();
    for (const loop of loops[level + 1]) traceLoop(ctx, loop);
    ctx.fillStyle = bandColour(ground, (level + 1) / heights.count);
    ctx.fill();
  }
  ctx.lineWidth = 0.7;
  ctx.lineJoin = "round";
  ctx.strokeStyle = ground.contour;
  for (const some of loops.slice(1)) {
    ctx.beginPath();
    for (const loop of some) traceInner(ctx, loop);
    ctx.stroke();
  }
  ctx.restore();
}

/** @param {import("../model/types.js").Ground} ground @param {number} share of the ramp */
function bandColour({ ramp }, share) {
  const [low, high] = ramp.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return `rgb(${low.map((v, c) => Math.round(v + (high[c] - v) * share)).join(",")})`;
}

/** The field with nothing around it, so that every line is closed; nothing is −∞.
 * @param {Field} field @returns {Grid} */
function paddedOf({ n, drawn }) {
  const m = n + 2;
  const values = new Float64Array(m * m).fill(-Infinity);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const v = drawn[j * n + i];
      if (v === v) values[(j + 1) * m + i + 1] = v;
    }
  }
  return { m, values, next: new Int32Array(2 * m * m).fill(-1) };
}

/**
 * The closed lines of a level. A line goes from edge to edge of the cells: `next` holds where it
 * leaves the cell that it enters at an edge. Edge 2k leads from node k to the right, 2k + 1 up.
 * @param {Grid} grid @param {number} level @param {Place} place @returns {Loop[]}
 */
function loopsOf({ m, values, next }, level, place) {
  const starts = [];
  const corner = [0, 0, 0, 0];
  const edge = [0, 0, 0, 0];
  for (let j = 0; j < m - 1; j++) {
    for (let i = 0; i < m - 1; i++) {
      const k = j * m + i;
      const a = values[k] >= level;
      const b = values[k + 1] >= level;
      const c = values[k + m + 1] >= level;
      const d = values[k + m] >= level;
      if (a === b && b === c && c === d) continue;
      [corner[0], corner[1], corner[2], corner[3]] = [a, b, c, d].map(Number);
      [edge[0], edge[1], edge[2], edge[3]] = [2 * k, 2 * (k + 1) + 1, 2 * (k + m), 2 * k + 1];
      // Where two corners across are high, they are one hill if the middle is.
      const middle = (values[k] + values[k + 1] + values[k + m] + values[k + m + 1]) / 4;
      const way = a === c && b === d && !(middle >= level) ? 3 : 1;
      for (const side of ROUND) {
        const falls = corner[side] && !corner[(side + 1) % 4];
        if (!falls) continue;
        let to = (side + way) % 4;
        while (corner[to] || !corner[(to + 1) % 4]) to = (to + way) % 4;
        next[edge[side]] = edge[to];
        starts.push(edge[side]);
      }
    }
  }
  const loops = [];
  for (const start of starts) {
    if (next[start] < 0) continue;
    /** @type {Loop} */
    const loop = { xy: [], soft: [] };
    for (let at = start; next[at] >= 0; ) {
      push(loop, at, m, values, level, place);
      const to = next[at];
      next[at] = -1;
      at = to;
    }
    loops.push(loop);
  }
  return loops;
}

/** The point where an edge reaches the level; at its node that has a value, if one has none.
 * @param {Loop} loop @param {number} edge @param {number} m @param {Float64Array} values
 * @param {number} level @param {Place} place */
function push({ xy, soft }, edge, m, values, level, place) {
  const k = edge >> 1;
  const upwards = edge & 1;
  const [from, to] = [values[k], values[k + (upwards ? m : 1)]];
  const between = from !== -Infinity && to !== -Infinity;
  const share = between ? (level - from) / (to - from) : from === -Infinity ? 1 : 0;
  const [i, j] = [k % m, Math.floor(k / m)];
  xy.push(...(upwards ? place(i, j + share) : place(i + share, j)));
  soft.push(between);
}

/** @param {CanvasRenderingContext2D} ctx @param {Pick<Loop, "xy">} loop */
function traceLoop(ctx, { xy }) {
  ctx.moveTo(xy[0], xy[1]);
  for (let i = 2; i < xy.length; i += 2) ctx.lineTo(xy[i], xy[i + 1]);
  ctx.closePath();
}

/** What of a loop is a contour line, and not the rim of the field.
 * @param {CanvasRenderingContext2D} ctx @param {Loop} loop */
function traceInner(ctx, { xy, soft }) {
  const count = soft.length;
  if (!soft.includes(false)) {
    traceLoop(ctx, { xy });
    return;
  }
  const first = soft.indexOf(false);
  let down = false;
  for (let s = 1; s <= count; s++) {
    const i = (first + s) % count;
    if (soft[i] && down) ctx.lineTo(xy[2 * i], xy[2 * i + 1]);
    else if (soft[i]) ctx.moveTo(xy[2 * i], xy[2 * i + 1]);
    down = soft[i];
  }
}
