/** Numbers, points and arcs as SVG has them. */

/** A number: a hundredth of a pixel is not seen. @param {number} v @returns {string} */
export const svgNumber = (v) => String(Math.round(v * 100) / 100 || 0);

/** @param {number} x @param {number} y @returns {string} */
export const svgPair = (x, y) => `${svgNumber(x)} ${svgNumber(y)}`;

/** An attribute, unless it says what is so anyway.
 * @param {string} name @param {string} value @param {string} usual @returns {string} */
export const svgAttribute = (name, value, usual) => (value === usual ? "" : ` ${name}="${value}"`);

/** @param {number} x @param {number} y @returns {boolean} */
export const isFinitePair = (x, y) => Number.isFinite(x) && Number.isFinite(y);

const ROUND = 2 * Math.PI;

/** An arc of an ellipse, from angle to angle as a canvas has them, in two halves: a whole one has no
 * arc of its own in SVG. @param {number} x @param {number} y @param {number} rx @param {number} ry
 * @param {number} turn @param {number} begin @param {number} end @param {boolean} back
 * @returns {{first: [number, number], last: [number, number], shape: string}} */
export function svgArc(x, y, rx, ry, turn, begin, end, back) {
  const way = back ? -1 : 1;
  const whole = way * (end - begin) >= ROUND - 1e-9;
  const sweep = way * (whole ? ROUND : (((way * (end - begin)) % ROUND) + ROUND) % ROUND);
  const at = (angle) => {
    const [u, v] = [rx * Math.cos(angle), ry * Math.sin(angle)];
    return [x + u * Math.cos(turn) - v * Math.sin(turn), y + u * Math.sin(turn) + v * Math.cos(turn)];
  };
  const head = `A${svgPair(rx, ry)} ${svgNumber((turn * 180) / Math.PI)} 0 ${back ? 0 : 1} `;
  const [half, last] = [at(begin + sweep / 2), /** @type {[number, number]} */ (at(begin + sweep))];
  const shape = head + svgPair(half[0], half[1]) + head + svgPair(last[0], last[1]) + (whole ? "Z" : "");
  return { first: /** @type {[number, number]} */ (at(begin)), last, shape };
}
