/**
 * The Scene as JSON. `python -m thalweg.scenes.javascript` writes this module
 * from the declaration in thalweg.scenes.parts: change that.
 *
 * @typedef {[[number, number], [number, number]]} Window ((x0, x1), (y0, y1))
 *
 * @typedef {Object} Scene
 * @property {number} version
 * @property {SceneSurface} surface
 * @property {SceneRun[]} runs
 * @property {[number, number]} start
 * @property {number} steps
 * @property {SceneNoise} noise
 * @property {SceneView} view
 *
 * @typedef {Object} SceneSurface
 * @property {string} name its slug
 * @property {string} [text] of what was typed
 * @property {Window} [window] of a surface that was typed
 * @property {Record<string, number>} fields
 * @property {ScenePenalty} penalty
 *
 * @typedef {Object} ScenePenalty
 * @property {string} kind of: none, l2, l1, elastic
 * @property {number} strength
 *
 * @typedef {Object} SceneRun
 * @property {string} id
 * @property {string} rule its slug
 * @property {string} [text] of what was typed
 * @property {Record<string, number>} fields
 * @property {Record<string, boolean>} switches
 * @property {{kind: string} & Record<string, number>} schedule with its numbers
 * @property {number|null} clip the gradient's largest norm
 * @property {boolean} shown
 *
 * @typedef {Object} SceneNoise of all runs
 * @property {string} kind of: none, gaussian, student_t
 * @property {number} sigma on each coordinate of the gradient
 * @property {number} batch the noise is sigma / √batch
 * @property {number} dof degrees of freedom of Student's t
 * @property {number} seed
 *
 * @typedef {Object} SceneView nothing in it changes a path
 * @property {number|null} step null: the last
 * @property {Window|null} window null: the surface's own
 * @property {string} curve of: loss, gradient, distance, rate, update, lr
 * @property {string[]} overlays of: arrows, rates, hessian, taylor, plane, critical, ghost
 * @property {"2d"|"3d"} mode of: 2d, 3d
 * @property {SceneMap|null} [map]
 *
 * @typedef {Object} SceneMap a map of many runs; null stands for what is usual there
 * @property {string} kind of: stability, basins, ensemble, fair
 * @property {string|null} run id of the run that it is of
 * @property {string|null} x field along its axis, named as in a sweep
 * @property {string|null} y
 * @property {Window|null} span what its axes show
 * @property {string} measure of: loss, settled, growth
 * @property {number} tolerance f − f* below which a run has settled
 * @property {number} budget evaluations that a run of a fair race may make
 */

/** The map where nothing was chosen. @type {SceneMap} */
export const DEFAULT_MAP = {"kind": "stability", "run": null, "x": null, "y": null, "span": null, "measure": "loss", "tolerance": 1e-06, "budget": 300};

/** What can be drawn over the paths. */
export const OVERLAYS = ["arrows", "rates", "hessian", "taylor", "plane", "critical", "ghost"];
