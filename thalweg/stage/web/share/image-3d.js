/** The 3-D view as an image, which Plotly alone can draw, in the colours and the size that are asked for. */

import { Field } from "../canvas/field.js";
import { spaceTraces } from "../picture/paths-3d.js";
import { familyOf } from "../canvas/marks.js";

/** @typedef {import("../model/types.js").Model} Model */

/** Grid points a side, as on the screen (see space.js). */
const GRID = 81;

/** @param {HTMLElement} place where Plotly draws the scene @param {Model} model with the ground of the picture
 * @param {{width: number, height: number}} size @param {number} scale
 * @returns {Promise<HTMLImageElement>} rejected with a sentence where it cannot be made */
export async function spaceImage(place, model, size, scale) {
  const { Plotly } = /** @type {any} */ (window);
  const shown = /** @type {any} */ (place).layout;
  if (!Plotly || !shown?.scene) throw new Error(model.payload.words.noPlotly);
  const field = new Field(GRID);
  field.sample(model.surface, model.window, model.known.fMin);
  const scene = sceneIn(shown.scene, model.ground);
  const layout = { ...shown, ...size, paper_bgcolor: model.ground.paper, scene };
  const figure = { data: spaceTraces(model, field), layout };
  const address = await Plotly.toImage(figure, { format: "png", ...size, scale });
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/** The scene as the viewer has turned it, in the picture's colours; an image has no fonts of the
 * page, so names are painted over it. */
function sceneIn(scene, ground) {
  const inColour = (axis) => ({
    ...axis,
    color: ground.faint,
    gridcolor: ground.line,
    title: { ...axis.title, font: { ...axis.title.font, color: ground.ink } },
  });
  const { xaxis, yaxis, zaxis } = scene;
  const axes = { xaxis: inColour(xaxis), yaxis: inColour(yaxis), zaxis: inColour(zaxis) };
  return { ...scene, ...axes, annotations: [] };
}

/** The names of the runs where the screen has them. @param {HTMLElement} place where Plotly draws
 * @returns {{left: number, top: number, width: number, height: number, text: string, colour: string}[]} */
export function namesIn(place) {
  const box = place.getBoundingClientRect();
  return [...place.querySelectorAll(".annotation-text-g")].map((name) => {
    const { left, top, width, height } = name.getBoundingClientRect();
    const dot = name.querySelector("tspan");
    const text = (name.textContent ?? "").replace("●", "").trim();
    return { left: left - box.left, top: top - box.top, width, height, text, colour: dot?.style.fill ?? "" };
  });
}

/** @param {CanvasRenderingContext2D} ctx @param {Model} model
 * @param {ReturnType<typeof namesIn>} names */
export function paintNames(ctx, { ground, lecture }, names) {
  const size = lecture ? 20 : 13;
  ctx.font = `${size}px ${familyOf(ctx.canvas)}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const { left, top, width, height, text, colour } of names) {
    ctx.fillStyle = ground.veil;
    ctx.fillRect(left, top, width, height);
    ctx.beginPath();
    ctx.arc(left + 0.4 * size, top + height / 2, 0.25 * size, 0, 2 * Math.PI);
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.fillStyle = ground.ink;
    ctx.fillText(text, left + 0.9 * size, top + height / 2 + 0.5);
  }
}
