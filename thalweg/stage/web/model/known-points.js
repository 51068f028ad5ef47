/**
 * A surface's known points while its numbers change: each moves with the surface.
 *
 * The server knows them exactly for the Scene it sent. From there Newton's method follows them; one
 * that it loses is not shown until the server answers.
 */

const MOST_ROUNDS = 30;
const grad = new Float64Array(2);
const hess = new Float64Array(4);

/** @typedef {import("./run.js").Surface} Surface @typedef {import("./run.js").PointKernel} PointKernel
 * @typedef {import("./types.js").KnownPoints} KnownPoints @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").CriticalPoint} CriticalPoint
 * @typedef {import("./types.js").CriticalDetails} CriticalDetails */

/** The critical point near (x, y), or null. @param {Surface} surface
 * @param {number} x @param {number} y @param {number} size of the window
 * @returns {Point|null} */
function follow(surface, x, y, size) {
  const [x0, y0] = [x, y];
  for (let i = 0; i < MOST_ROUNDS; i++) {
    surface.grad(x, y, grad);
    surface.hess(x, y, hess);
    const det = hess[0] * hess[3] - hess[1] * hess[2];
    const dx = (hess[3] * grad[0] - hess[1] * grad[1]) / det;
    const dy = (hess[0] * grad[1] - hess[2] * grad[0]) / det;
    if (!Number.isFinite(dx + dy)) return grad[0] === 0 && grad[1] === 0 ? [x, y] : null;
    x -= dx;
    y -= dy;
    if (Math.hypot(x - x0, y - y0) > size / 4) return null;
    if (Math.hypot(dx, dy) < 1e-12 * size) return [x, y];
  }
  return null;
}

/** The known points for the surface's numbers now, from those of the payload or of the last frame.
 * @param {Surface} surface @param {KnownPoints} known
 * @param {import("./types.js").SurfaceInfo} info the payload's surface @returns {KnownPoints} */
export function followKnown(surface, known, info) {
  const [[x0, x1], [y0, y1]] = info.domain;
  const size = Math.max(x1 - x0, y1 - y0);
  if (info.notSmooth) return known;
  /** @param {Point[]} points */
  const moved = (points) =>
    points.map(([x, y]) => follow(surface, x, y, size)).filter((p) => p !== null);
  const minima = moved(known.minima);
  const local = moved(known.localMinima);
  const heights = [...minima, ...local].map(([x, y]) => surface.value(x, y));
  const lowest = heights.length ? Math.min(...heights) : known.fMin;
  const fMin = known.fMin === null ? null : lowest;
  return { minima, localMinima: local, saddles: moved(known.saddles), fMin };
}

/**
 * Critical points with all that is shown of them. Their kind follows their curvatures, but where
 * second derivatives do not decide.
 * @param {Surface} surface @param {PointKernel} point @param {CriticalPoint[]} points
 * @returns {CriticalDetails[]} */
export function criticalDetails(surface, point, points) {
  return points.map(({ x, kind, extended }) => {
    const [eigenvalues, vectors] = [new Float64Array(2), new Float64Array(4)];
    surface.hess(x[0], x[1], hess);
    point.eigen(hess, 0, eigenvalues, 0, vectors, 0);
    const now = kind === "degenerate" ? kind : kindOf(eigenvalues);
    return { x, kind: now, extended, value: surface.value(x[0], x[1]), eigenvalues, vectors };
  });
}

/** @param {Float64Array} eigenvalues ascending */
const kindOf = ([low, high]) => (low > 0 ? "minimum" : high < 0 ? "maximum" : "saddle");

/** Critical points for the surface's numbers now, from those before.
 * @param {Surface} surface @param {PointKernel} point @param {CriticalDetails[]|null} points
 * @param {import("./types.js").Window} domain @returns {CriticalDetails[]|null} */
export function followCritical(surface, point, points, [[x0, x1], [y0, y1]]) {
  if (!points) return null;
  const size = Math.max(x1 - x0, y1 - y0);
  /** @type {CriticalPoint[]} */
  const moved = [];
  for (const p of points) {
    const x = follow(surface, p.x[0], p.x[1], size);
    if (x) moved.push({ ...p, x });
  }
  return criticalDetails(surface, point, moved);
}
