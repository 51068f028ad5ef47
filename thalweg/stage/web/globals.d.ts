/** What the stage adds to the page's own objects, and what it finds there. Types only. */

import type { StageApi } from "./shell/stage-api.js";

/** The two calls of plotly.js that the stage makes. */
export interface PlotlyLibrary {
  react(place: HTMLElement, data: object[], layout: object, config: object): Promise<HTMLElement>;
  toImage(figure: object, options: { format: "png"; width: number; height: number; scale: number }): Promise<string>;
}

declare global {
  interface Window {
    Plotly?: PlotlyLibrary;
  }
  interface HTMLElement {
    /** On the root of a stage. */
    stage?: StageApi;
  }
}
