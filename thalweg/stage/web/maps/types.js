/**
 * The types of the maps: what the server answers (thalweg/maps/builders.py writes it), and what the
 * modules of this room hand to one another. Types only.
 *
 * A cell's place in an array is row · columns + column, rows from the low end of y.
 *
 * @typedef {import("../model/types.js").Point} Point
 * @typedef {import("../model/types.js").Window} Window
 * @typedef {import("../model/types.js").Scene} Scene
 * @typedef {import("../model/types.js").SceneMap} SceneMap
 * @typedef {import("../model/types.js").LiveRun} LiveRun
 *
 * @typedef {"log"|"linear"|"one"} AxisSpacing by ratios, even, ever finer towards 1
 * @typedef {Omit<import("../model/types.js").Knob, "spacing"> & {spacing: AxisSpacing, label: string,
 *   title: string, group: string, span: [number, number]}} MapKnob a number that may lie along a
 *   side; its name is as in a sweep, its span what is shown at first, its label its symbol as plain text
 *
 * @typedef {{low: number, high: number, spacing: AxisSpacing, text: string}} Side an axis of a map or
 *   chart: its ends, and what is written beside it
 * @typedef {{left: number, top: number, width: number, height: number}} Rect in CSS pixels
 * @typedef {Rect & {x: Side, y: Side}} Plot where a map or a chart is drawn, and its sides
 * @typedef {Plot & {family: string}} MapPlot with the font family of its letters
 * @typedef {[number, number]} Shares of both sides, 0 at the low end, 1 at the high one
 * @typedef {number[]} Rgb red, green, blue, 0 … 255
 *
 * @typedef {Object} StabilityMap two numbers of a run along the sides
 * @property {"stability"} kind @property {string} run its id
 * @property {[string, string]} names along x and y, as in a sweep
 * @property {Window} span @property {Float64Array} x @property {Float64Array} y the cells' numbers
 * @property {Float32Array} heights log₁₀ of the loss above the lowest; −∞: rounding leaves nothing
 * @property {Int32Array} settled the step from which on the loss stays low; −1: never
 * @property {Uint8Array} verdict 0 fine, 1 growing, 2 not finite
 * @property {Float32Array|null} margins above 0 inside theory's border, null: theory has none
 * @property {string} why theory has none, as a sentence
 *
 * @typedef {Object} RunBasins of one run @property {string} id
 * @property {Int8Array|Int16Array} which minimum each start arrives at; −1: none, −2: it grows
 * @property {Int16Array|Int32Array} settled the step of arrival
 *
 * @typedef {Object} BasinMap starts in the plane
 * @property {"basins"} kind @property {Window} span
 * @property {Float64Array} x @property {Float64Array} y the starts' coordinates
 * @property {Point[]} ends the minima @property {number[]} losses at each @property {RunBasins[]} maps
 * @typedef {BasinMap & {hues: number[]}} ColouredBasinMap hues: each minimum's place in the ground's
 *   colours
 *
 * @typedef {Object} BatchLaw the variance at rest by the size of the batch; pairs: along the shallow
 *   and the steep direction of the minimum
 * @property {number[]} sizes @property {[number|null, number|null][]} variance one pair a size; null:
 *   not finite @property {[number|null, number|null][]} error its standard error
 * @property {[number, number][]|null} theory @property {[number, number]} curvatures
 * @property {number} steps of each run @property {boolean} enough whether the start is forgotten by then
 *
 * @typedef {Object} CloudMap many seeds of one run
 * @property {"ensemble"} kind @property {string} run its id @property {number} seeds
 * @property {boolean} log whether losses are log₁₀ of what is above the minimum
 * @property {Float32Array} cloud (steps + 1, seeds, 2) points @property {Float64Array} covariance
 *   (steps + 1, 2, 2) of the points
 * @property {Float32Array} low @property {Float32Array} median @property {Float32Array} high losses by step
 * @property {BatchLaw|null} law null: the surface has no minimum that curves
 *
 * @typedef {Object} BestFound a run's best setting, and its loss at every rate
 * @property {string} id @property {Record<string, number>} fields of the best setting
 * @property {number|null} height its loss, as `heights`; null: not finite
 * @property {number} settled evaluations until it stayed below the level, −1: never
 * @property {number} steps @property {number} trials @property {number|null} level as `heights`
 * @property {Float64Array} lr the rates, ascending
 * @property {Float32Array} heights the best loss at each; log₁₀ above the minimum where the race is log
 * @property {Float64Array} others (rates, names) the other numbers there @property {string[]} names
 * @property {number|null} width powers of ten of good rates
 *
 * @typedef {Object} FairRaceMap every shown run at its best
 * @property {"fair"} kind @property {BestFound[]} runs @property {number} budget evaluations
 * @property {boolean} log
 *
 * @typedef {StabilityMap|BasinMap|CloudMap|FairRaceMap} ServerMap
 * @typedef {Omit<Scene, "view"> & {view: {map: SceneMap}}} MapRequest what the server is asked for
 *
 * @typedef {Object} MapView a kind of map on the page
 * @property {(map: ServerMap) => void} receive a map has come; only of the view's own kind
 * @property {(stale: import("../model/types.js").Stale) => void} draw
 * @property {() => string} sentence what the map shows; "" before there is one
 * @property {(factor: number) => void} [zoom] about the middle; below 1: closer
 * @property {() => void} destroy
 * @typedef {(root: HTMLElement, model: import("../model/types.js").Model,
 *   actions: import("../model/types.js").Actions, show: (span: Window|null) => void) => MapView
 *   } MapViewFactory show: another span
 *
 * @typedef {(patch: Partial<SceneMap>) => void} SetMap changes some of the map's settings
 *
 * @typedef {Object} RaceCurve a run of a fair race: how good it is at every rate
 * @property {LiveRun} run of the model @property {BestFound} found
 * @property {Float64Array} lr ascending @property {Float64Array} loss above the minimum at each; ∞: none
 * @property {boolean[]} good whether each is within the level, or near the least where none is
 * @property {boolean} near whether none is within the level: then good is what comes within ten times the least
 * @property {number} best its loss at its best; NaN where there is none
 * @typedef {{own: RaceCurve, k: number, x: number, y: number}} RacePoint its k-th rate, in pixels
 * @typedef {Plot & {floor: number, row: number, size: number, unit: number,
 *   measure: (loss: number) => number}} RacePlot floor: the lowest loss that has a place of its own,
 *   below it a row for each run; size: of the letters; measure: of a loss, as numbers on y
 */
export {};
