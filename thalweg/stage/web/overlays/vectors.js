/** The arrows of a step, as numbers: what the rule took from the gradient, and what it made of it. */

import { squaresOf } from "./rates.js";

const ofRun = ({ lens }) => lens.run.info.colour;
const ink = ({ model }) => model.ground.ink;
const faint = ({ model }) => model.ground.faint;
const accent = ({ model }) => model.ground.accent;

/** Each arrow writes its tail and its vector, from lens.from, in data units; false: it has none. */
export const KINDS = [
  { name: "update", word: "arrowStep", colour: ofRun, width: 3, dash: [], write: writeUpdate },
  { name: "velocity", word: "arrowVelocity", colour: accent, width: 1.75, dash: [9, 3, 2, 3],
    write: writeVelocity },
  { name: "lookahead", word: "arrowAhead", colour: faint, width: 1.75, dash: [2, 2.5],
    write: writeAhead },
  { name: "downhill", word: "arrowGradient", colour: ink, width: 1.75, dash: [6, 3],
    write: writeDownhill },
  { name: "raw", word: "arrowRaw", colour: faint, width: 1.5, dash: [12, 4], write: writeRaw },
  { name: "newton", word: "arrowNewton", colour: accent, width: 1.5, dash: [], write: writeNewton },
];

/** A number of the step's record. @param {import("../model/step-detail.js").StepDetail} lens @param {string} name
 * @param {number} k coordinate @returns {number} */
export function recorded({ run, row }, name, k) {
  const [first, count] = run.info.row[name];
  return run.path.rows[row + first + (count > 1 ? k : 0)];
}

function writeUpdate({ lens: { from, to } }, at) {
  if (!to) return false;
  at.fill(0);
  for (let k = 0; k < 2; k++) at[2 + k] = to[k] - from[k];
  return true;
}

function writeVelocity({ lens }, at) {
  if (lens.row < 0) return false;
  at.fill(0);
  for (let k = 0; k < 2; k++) at[2 + k] = recorded(lens, "velocity", k);
  return true;
}

function writeAhead({ lens }, at) {
  if (lens.row < 0) return false;
  at.fill(0);
  for (let k = 0; k < 2; k++) at[2 + k] = recorded(lens, "query", k) - lens.from[k];
  return true;
}

function writeDownhill({ lens }, at) {
  if (lens.row >= 0) return against(lens, "rate", at);
  // No step yet, so no rate: the way down as far as the learning rate alone would go.
  const { info, numbers } = lens.run;
  const lr = numbers[info.names.indexOf("lr")] ?? 1;
  at.fill(0);
  for (let k = 0; k < 2; k++) at[2 + k] = -lr * lens.g[k];
  return true;
}

function writeRaw({ lens }, at) {
  return lens.row >= 0 && squaresOf(lens.run) !== null && against(lens, "lr", at);
}

/** Against the gradient from where it was taken. */
function against(lens, rate, at) {
  for (let k = 0; k < 2; k++) {
    at[k] = recorded(lens, "query", k) - lens.from[k];
    at[2 + k] = -recorded(lens, rate, k) * recorded(lens, "grad", k);
  }
  return true;
}

/** Most steps are far shorter: this one is drawn when it is asked for. */
function writeNewton({ lens, model }, at) {
  if (model.highlighted !== "newton") return false;
  at.fill(0);
  for (let k = 0; k < 2; k++) at[2 + k] = lens.newton[k];
  return true;
}
