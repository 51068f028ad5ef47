/**
 * The words of the stage: what its modules hand to one another. Types only.
 *
 * payload → model (numbers, paths) → views (picture, curves, panel, bar). Views read the model and
 * call actions; the model never calls a view: the stage draws what an action made stale, once a frame.
 *
 * @typedef {[number, number]} Point
 * @typedef {[[number, number], [number, number]]} Window ((x0, x1), (y0, y1))
 *
 * @typedef {Object} Knob a number that can be turned
 * @property {string} name the field @property {string} symbol MathML @property {string} text plain
 * @property {string} about its meaning @property {number} low @property {number} high
 * @property {number} home the value that a reset gives @property {"log"|"linear"|"one"} spacing of
 *   the slider: by ratios, even, or ever finer towards 1 @property {boolean} whole @property {string} unit
 *
 * @typedef {Object} RunInfo what the server says of a run, beside the Scene
 * @property {string} id @property {string} rule slug @property {string} title @property {string} label
 * @property {string} colour @property {number[]} dash canvas dash, [] solid
 * @property {Knob[]} knobs of the rule @property {Knob[]} scheduleKnobs
 * @property {{name: string, about: string}[]} switches
 * @property {string[]} equations MathML, one a line @property {string} about first line of the rule's text
 * @property {boolean} adaptive whether the limit is one of the preconditioned Hessian
 * @property {string} kernel @property {string|null} theory names of texts @property {string[]} tunings
 * @property {Object[]} [lines] under the lens: the equations with places for numbers (see equations.js)
 * @property {"gd"|"heavy_ball"|"nesterov"|null} [plane] whose (lr, ρ) plane its setting lies in
 * @property {string|null} [length] text: how long its steps are on a constant gradient
 * @property {import("../maps/map-settings.js").MapKnob[]} [axes] on the maps' page: what it depends on
 * @property {[string, string]} [usualAxes] @property {string[]} [searched] what a fair race turns
 * @property {string[]} names @property {number} carry @property {number} width
 * @property {Object<string, [number, number]>} row where a step's quantities lie: first, count
 *
 * @typedef {Object} SurfaceInfo
 * @property {string} slug @property {string} title @property {Window} domain @property {Point} start
 * @property {Knob[]} knobs also "penalty.strength" where there is a penalty @property {string} equation MathML
 * @property {string|null} notSmooth @property {string|null} boxed @property {string|null} unbounded
 * @property {number|null} fMin @property {Point[]} minima @property {Point[]} localMinima @property {Point[]} saddles
 * @property {number} detail grid points a side @property {string} kernel @property {string[]} names
 *
 * @typedef {Object} Payload
 * @property {number} epoch grows when the server's scene wins (Back, a link) @property {number} revision
 *   the report of the stage that this answers @property {Object} scene the Scene as JSON, every field
 * @property {SurfaceInfo} surface @property {RunInfo[]} runs
 * @property {Object<string, string>} texts ES modules by name @property {string} growth @property {string} point
 * @property {string} noise base64 of float64 unit draws, two a step @property {string[]} problems sentences
 * @property {Object} menus {surfaces, rules, presets, schedules, noises, penalties}: [{slug, title, group?}]
 * @property {string} sentence of the preset that this scene is, or "" @property {Object<string, string>} words
 * @property {{light: Ground, dark: Ground}} grounds @property {string} plotly address of plotly.js
 * @property {string} page "race", "microscope", "own" or "maps" @property {string} typed where texts are read
 * @property {string} atlas where maps of many runs are made
 * @property {string} share where files to take away are made
 * @property {boolean} [alone] whether there is no server and never was
 *
 * @typedef {Object} Ground
 * @property {string} paper @property {string} ink @property {string} faint @property {[string, string]} ramp
 * @property {string} contour @property {string} veil @property {string} alarm red, for growing and not finite
 * @property {string} accent
 *
 * @typedef {Object} LiveRun a run in the model
 * @property {string} id @property {RunInfo} info @property {Object} scene its entry in the Scene
 * @property {Float64Array} numbers @property {import("./run.js").Path} path
 * @property {Float64Array|null} ghost the points before the last change
 * @property {boolean} stale whether its path must be computed again
 * @property {{kind: "fine"|"growing"|"notFinite"|"capped", text: string}} verdict
 * @property {{limit: number, best: {name: string, lr: number, rho: number, rate: number}[]}|null} theory
 *   the largest stable lr and the best settings at the surface's minimum, where theory knows them
 *
 * @typedef {Object} Model see model.js
 * @property {Payload} payload @property {Object} scene @property {LiveRun[]} runs
 * @property {import("./run.js").Surface} surface @property {Float64Array} surfaceNumbers
 * @property {{minima: Point[], localMinima: Point[], saddles: Point[], fMin: number|null}} known
 *   for the current numbers @property {number} step shown by all, at most scene.steps
 * @property {boolean} playing @property {number} speed @property {boolean} loop
 * @property {Window} window what the picture shows @property {Ground} ground @property {boolean} dark
 * @property {boolean} lecture @property {boolean} predicting paths hidden until play
 * @property {Set<string>} linked fields turned together @property {number|null} hover a step
 * @property {string|null} selected id of the run whose card is open
 * @property {string|null} dragging what a gesture in progress turns, "OWNER.FIELD" or "start"
 * @property {boolean} hurried whether the machine lags behind this gesture: lines go without their
 *   halo and dots until it ends
 * @property {string|null} lit an arrow on the surface that is pointed at in the equations
 * @property {any[]|null} critical points found on the surface (see known.js), where they were asked for
 * @property {Object<string, {text: string, problem: Object|null}>} typed what was last typed, by what it
 *   is of: "surface" or a run's id
 * @property {string} mapSays what a map of many runs shows, as a sentence
 * @property {boolean} touched whether the Scene is no longer the preset that the payload's sentence is of
 *
 * What a view's draw is told is stale: "scene" (other runs or kinds, an opened card), "labels" (words
 * of the server changed, nothing else), "numbers", "paths", "surface" (its numbers changed; after the
 * gesture once more), "window", "step" (playing too), "hover", "theme", "size", "mode", "map" (another of many runs).
 *
 * @typedef {"start"|"move"|"end"} Phase of a gesture; a change without gesture is "end"
 *
 * @typedef {Object} Actions
 * @property {(owner: string, field: string, value: number, phase: Phase) => void} setNumber owner: a
 *   run's id, "surface", "noise" (sigma, batch); schedule fields are "schedule.NAME"
 * @property {(owner: string, values: Object<string, number>, phase: Phase) => void} setNumbers several
 *   fields of a run as one gesture
 * @property {(x: number, y: number, phase: Phase) => void} setStart
 * @property {(x: number, y: number) => void} clickStart @property {() => void} takeBackStart the click on the surface just made was half a double click
 * @property {(patch: Object) => void} change a change of the Scene that may need other kernels
 *   (surface, rules, switches, schedule kinds, steps, seed, penalty …); merged deeply, runs by index
 * @property {(window: Window|null) => void} setWindow null: the surface's own
 * @property {(step: number) => void} seek @property {() => void} play @property {() => void} pause
 * @property {(speed: number) => void} setSpeed @property {(on: boolean) => void} setLoop
 * @property {(slug: string) => void} addRun @property {(id: string) => void} duplicateRun
 * @property {(id: string) => void} removeRun @property {(id: string, shown: boolean) => void} showRun
 * @property {(id: string) => void} soloRun @property {(id: string|null) => void} select
 * @property {(field: string, on: boolean) => void} link @property {(step: number|null) => void} hover
 * @property {(of: string, text: string) => void} type what somebody types: "surface" or a run's id
 * @property {(request: Object) => void} ask for something done to the Scene: see stage/requests.py
 * @property {(name: string, on: boolean) => void} setOverlay @property {(arrow: string|null) => void} light
 * @property {(name: string) => void} setCurve @property {(slug: string) => void} openPreset
 * @property {(slug: string) => void} setSurface @property {(mode: "2d"|"3d") => void} setMode
 * @property {(on: boolean) => void} setLecture @property {(on: boolean) => void} setPredicting
 * @property {() => void} undo @property {() => void} redo @property {() => void} resetAll
 * @property {(id: string, tuning: number) => void} takeBest
 * @property {(map: Object) => void} setMap which map of many runs is shown: scene.view.map
 * @property {(sentence: string) => void} mapMade it has come, and says this
 * @property {(id: string, values: Object<string, number>, phase: Phase) => void} setCell numbers of a run
 *   and of its surroundings, named as in a sweep: "lr", "surface.condition", "noise.sigma"
 */
export {};
