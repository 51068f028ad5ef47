/**
 * The pieces of a picture: each knows its size, and paints itself from its upper left corner.
 *
 * @typedef {Object} Piece
 * @property {string} name @property {number} width @property {number} height
 * @property {(ctx: CanvasRenderingContext2D) => void} paint
 */

import { frameOf } from "../curves/frame.js";
import { axisFor, curveTitle, emptinessOf, paintCurves, paintNow } from "../curves/plot.js";
import { Field } from "../canvas/field.js";
import { axesOn, paintFurniture, paintStart } from "./axes-image.js";
import { paintIsolines } from "../canvas/isolines.js";
import { mappingOf, marginsOf } from "../canvas/viewport.js";
import { drawLabel, familyOf, styleFor, widthOf } from "../canvas/marks.js";
import { paintPaths } from "../picture/paint.js";
import { settingsOf } from "./backdrop.js";
import { fineOf } from "../picture/contour-plot.js";
import { paintKnown } from "../canvas/point-marks.js";
import { emptySeries, seriesOf } from "../model/series.js";
import { FAULT_WORDS, faultOf, shownRuns } from "../model/shown-runs.js";
import { namesIn, paintNames, spaceImage } from "./image-3d.js";

/** @typedef {import("../model/types.js").Model} Model */

const SPARE = 8;

/** The surface with all that is on it. @param {Model} model @param {HTMLElement} place where Plotly draws
 * @param {{width: number, height: number}} size @param {boolean} filled whether with tones
 * @returns {Piece} */
export function surfacePiece(model, place, size, filled) {
  const mapping = mappingOf(model.window, size, marginsOf(size.width, model.lecture));
  const field = new Field(fineOf(model));
  field.sample(model.surface, model.window, model.known.fMin);
  const axes = axesOn(place, model, size);
  return {
    name: "surface",
    ...size,
    paint(ctx) {
      paintIsolines(ctx, mapping, field, model.ground, filled);
      paintFurniture(ctx, mapping, model, axes);
      paintKnown(ctx, mapping, model);
      paintPaths(ctx, mapping, model);
      paintStart(ctx, mapping, model);
    },
  };
}

/** The surface in three dimensions, which only Plotly draws. @param {Model} model
 * @param {HTMLElement} place where it does @param {{width: number, height: number}} size
 * @param {number} scale points for each pixel @returns {Promise<Piece>} */
export async function spacePiece(model, place, size, scale) {
  const names = namesIn(place);
  const image = await spaceImage(place, model, size, scale);
  return {
    name: "surface",
    ...size,
    paint(ctx) {
      ctx.drawImage(image, 0, 0, size.width, size.height);
      paintNames(ctx, model, names);
    },
  };
}

/** The curves with their quantity above them. @param {Model} model
 * @param {{width: number, height: number}} size @returns {Piece} */
export function curvesPiece(model, size) {
  const { words } = model.payload;
  const { curve } = model.scene.view;
  const type = model.lecture ? 20 : 13;
  const row = 2 * type;
  const room = { width: size.width, height: size.height - row };
  const runs = shownRuns(model);
  const curves = runs.map((run) => seriesOf(model, run, curve, emptySeries()));
  const axis = axisFor(model, runs, curves);
  const missing = model.predicting ? words.curveHidden : emptinessOf(runs, curves, words);
  return {
    name: "curves",
    ...size,
    paint(ctx) {
      const text = (words, x, y, colour) => {
        ctx.font = `${type}px ${familyOf(ctx.canvas)}`;
        ctx.textBaseline = "middle";
        ctx.fillStyle = colour;
        ctx.fillText(words, x, y);
      };
      ctx.textAlign = "left";
      text(curveTitle(curve, model), SPARE, row / 2, model.ground.ink);
      ctx.textAlign = "center";
      if (missing) return text(missing, size.width / 2, size.height / 2, model.ground.faint);
      ctx.translate(0, row);
      const frame = frameOf(ctx, room.width, room.height, axis, model);
      paintCurves(ctx, frame, axis, runs, curves, model);
      paintNow(ctx, frame, axis, runs, curves, model, styleFor(ctx, model));
    },
  };
}

/** Title and settings above the rest. @param {CanvasRenderingContext2D} ctx to measure on
 * @param {Model} model @param {{title: boolean, settings: boolean}} wanted @param {number} left
 * @param {number} width @returns {Piece} */
export function headPiece(ctx, model, wanted, left, width) {
  const family = familyOf(ctx.canvas);
  const [large, small] = model.lecture ? [32, 20] : [20, 13];
  const fonts = [`600 ${large}px ${family}`, `${small}px ${family}`];
  const room = width - left - SPARE;
  const titles = wanted.title ? rowsOf(ctx, fonts[0], [model.payload.surface.title], room) : [];
  const rows = wanted.settings ? rowsOf(ctx, fonts[1], settingsOf(model), room) : [];
  const above = 2 * SPARE;
  const pitch = [Math.round(1.3 * large), Math.round(1.5 * small)];
  const height = above + titles.length * pitch[0] + rows.length * pitch[1];
  return {
    name: "head",
    width,
    height: titles.length + rows.length ? height : 0,
    paint(ctx) {
      ctx.textBaseline = "middle";
      ctx.textAlign = "left";
      let y = above;
      /** @type {[number, string[], string][]} */
      const lines = [[0, titles, model.ground.ink], [1, rows, model.ground.faint]];
      for (const [i, some, colour] of lines) {
        ctx.font = fonts[i];
        ctx.fillStyle = colour;
        for (const row of some) {
          ctx.fillText(row, left, y + pitch[i] / 2);
          y += pitch[i];
        }
      }
    },
  };
}

/** Parts in rows, with dots between them; a part that is too long is broken between its words.
 * @param {CanvasRenderingContext2D} ctx @param {string} font @param {string[]} parts
 * @param {number} room @returns {string[]} */
function rowsOf(ctx, font, parts, room) {
  ctx.font = font;
  const rows = [];
  const add = (text, between) => {
    const longer = rows.length ? `${rows.at(-1)}${between}${text}` : text;
    if (rows.length && ctx.measureText(longer).width <= room) rows[rows.length - 1] = longer;
    else rows.push(text);
  };
  for (const part of parts) {
    if (ctx.measureText(part).width <= room) add(part, " · ");
    else part.split(" ").forEach((word, i) => add(word, i ? " " : " · "));
  }
  return rows;
}

/** Each run with a sample of its line, and what is wrong with it, in columns.
 * @param {CanvasRenderingContext2D} ctx to measure on @param {Model} model @param {number} left
 * @param {number} width @returns {Piece} */
export function legendPiece(ctx, model, left, width) {
  const style = styleFor(ctx, model);
  const { words } = model.payload;
  const labels = shownRuns(model).map((run) => {
    const fault = model.predicting ? null : faultOf(run, model.step);
    const outcome = fault ? words[FAULT_WORDS[fault]] : "";
    const { colour, dash, label } = run.info;
    const text = outcome ? `${label} ` : label;
    return { text, outcome, colour, dash, width: widthOf(ctx, text, outcome, style), height: style.label.height };
  });
  const widest = Math.max(1, ...labels.map((label) => label.width)) + 2 * SPARE;
  const columns = Math.max(1, Math.floor((width - left) / widest));
  const pitch = style.label.height + 4 * style.scale;
  const count = Math.ceil(labels.length / columns);
  return {
    name: "legend",
    width,
    height: count ? count * pitch + SPARE : 0,
    paint(ctx) {
      labels.forEach((label, i) => {
        const [x, y] = [left + (i % columns) * widest, Math.floor(i / columns) * pitch];
        drawLabel(ctx, { ...label, left: x, top: y }, style);
      });
    },
  };
}
