/**
 * The Scene as JSON, every field written out: see thalweg.scenes. Types only.
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
 * @property {string} [text] of a surface that was typed
 * @property {Window} [window] of a surface that was typed
 * @property {Record<string, number>} fields
 * @property {{kind: string, strength: number}} penalty
 *
 * @typedef {Object} SceneRun
 * @property {string} id
 * @property {string} rule its slug
 * @property {string} [text] of a rule that was typed
 * @property {Record<string, number>} fields
 * @property {Record<string, boolean>} switches
 * @property {{kind: string} & Record<string, number>} schedule with its numbers
 * @property {number|null} clip
 * @property {boolean} shown
 *
 * @typedef {Object} SceneNoise
 * @property {string} kind
 * @property {number} sigma
 * @property {number} batch
 * @property {number} dof
 * @property {number} seed
 *
 * @typedef {Object} SceneView
 * @property {number|null} step null: the last
 * @property {Window|null} window null: the surface's own
 * @property {string} curve
 * @property {string[]} overlays
 * @property {"2d"|"3d"} mode
 * @property {SceneMap|null} [map]
 *
 * @typedef {Object} SceneMap which map of many runs is shown; null stands for what is usual there
 * @property {string} kind
 * @property {string|null} run id of the run that it is of
 * @property {string|null} x field along its axis, named as in a sweep
 * @property {string|null} y
 * @property {Window|null} span
 * @property {string} measure
 * @property {number} tolerance
 * @property {number} budget
 */
export {};
