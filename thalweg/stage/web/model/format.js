/** Words and numbers as a person reads them. */

/** A sentence with its places filled: "{run} is growing" and {run: "SGD"}.
 * @param {string} template @param {Record<string, string|number>} values @returns {string} */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/** @type {Record<string, string>} */
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A number as read aloud: 2.37·10⁻¹³, −0.5; a dash for what is none.
 * @param {number} value @param {number} [digits] @returns {string} */
export function number(value, digits = 3) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const plain = value === 0 || (size >= 1e-4 && size < 10 ** Math.max(digits, 5));
  const text = plain ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1);
  const [mantissa, power] = text.split("e");
  const raised = power ? `·10${[...String(Number(power))].map((c) => RAISED[c]).join("")}` : "";
  const shown = power ? String(Number(mantissa)) : mantissa;
  return shown.replace("-", "−") + raised;
}

/** A whole number with its digits in threes. @param {number} count @returns {string} */
export const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

/** A number as a power of ten where it is one: 10⁻⁶. @param {number} value @returns {string} */
export function powerText(value) {
  const power = Math.round(Math.log10(value));
  if (Number(`1e${power}`) !== value) return number(value);
  return `10${[...String(power)].map((c) => RAISED[c]).join("")}`;
}
