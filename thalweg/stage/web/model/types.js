/**
 * The types that the stage's modules hand to one another. Types only.
 *
 * payload → model (numbers, paths) → views (picture, curves, panel, bar). Views read the model and
 * call actions; the model never calls a view: the stage draws what an action made stale, once a frame.
 *
 * @typedef {[number, number]} Point
 * @typedef {import("./scene-types.js").Window} Window ((x0, x1), (y0, y1))
 * @typedef {import("./scene-types.js").Scene} Scene
 * @typedef {import("./scene-types.js").SceneRun} SceneRun
 * @typedef {import("./scene-types.js").SceneMap} SceneMap
 * @typedef {Record<string, string>} Messages texts for a person, by key: see thalweg.messages
 *
 * @typedef {Object} Knob a number that can be turned
 * @property {string} name the field @property {string} symbol MathML @property {string} text plain
 * @property {string} about its meaning @property {number} low @property {number} high
 * @property {number} home the value that a reset gives @property {Spacing} spacing of the slider
 * @property {boolean} whole @property {string} unit
 *
 * @typedef {"log"|"linear"|"one"|"cube"} Spacing by ratios, even, ever finer towards 1, finer towards a
 *   low end of 0 (the stage's own knobs only)
 *
 * @typedef {Object} RunInfo what the server says of a run, beside the Scene
 * @property {string} id @property {string} rule slug @property {string} title @property {string} label
 * @property {string} colour @property {number[]} dash canvas dash, [] solid
 * @property {Knob[]} knobs of the rule @property {Knob[]} scheduleKnobs
 * @property {{name: string, about: string}[]} switches
 * @property {string[]} equations MathML, one a line @property {string} about first line of the rule's text
 * @property {[number, number, number]} initCalls calls of f, gradient and Hessian before step 1
 * @property {boolean} adaptive whether the limit is one of the preconditioned Hessian
 * @property {string} kernel @property {string|null} theory names of texts @property {string[]} tunings
 * @property {EquationLine[]} [lines] on the microscope's page: the equations with places for numbers
 * @property {"gd"|"heavy_ball"|"nesterov"|null} [plane] whose (lr, ρ) plane its setting lies in
 * @property {string|null} [length] text: how long its steps are on a constant gradient
 * @property {import("../maps/types.js").MapKnob[]} [axes] on the maps' page: what it depends on
 * @property {[string, string]} [usualAxes] @property {string[]} [searched] what a fair race turns
 * @property {string[]} names @property {number} carry @property {number} width
 * @property {Record<string, [number, number]>} row where a step's quantities lie: first, count
 *
 * @typedef {Object} EquationLine one equation of a rule: see thalweg.stage.equation_slots
 * @property {string} symbols MathML @property {string|null} numbers MathML with marks for the slots
 * @property {EquationSlot[]} slots @property {string|null} arrow what it is on the surface
 *
 * @typedef {Object} EquationSlot where a number comes from
 * @property {"number"|"term"|"row"|"x"|"update"|"t"} of @property {string} name
 * @property {number} back so many steps ago, below 0 ahead @property {number[]} start before step 1
 *
 * @typedef {Object} KnownPoints what is known of a surface
 * @property {Point[]} minima @property {Point[]} localMinima @property {Point[]} saddles
 * @property {number|null} fMin
 *
 * @typedef {{x: Point, kind: string, extended: boolean}} CriticalPoint extended: one of a line of them
 * @typedef {CriticalPoint & {value: number, eigenvalues: Float64Array, vectors: Float64Array}} CriticalDetails
 *
 * @typedef {Object} SurfaceText beside what is known of the surface
 * @property {string} slug @property {string} title @property {Window} domain @property {Point} start
 * @property {Knob[]} knobs also "penalty.strength" where there is a penalty @property {string} equation MathML
 * @property {string|null} notSmooth @property {string|null} boxed @property {string|null} unbounded
 * @property {CriticalPoint[]|null} critical null: not asked for
 * @property {number} detail grid points a side @property {string} kernel @property {string[]} names
 * @typedef {SurfaceText & KnownPoints} SurfaceInfo
 *
 * @typedef {{slug: string, title: string, group?: string}} MenuItem
 * @typedef {Record<"surfaces"|"rules"|"presets"|"schedules"|"noises"|"penalties"|"curves"|"ownSurfaces"|"ownRules",
 *   MenuItem[]>} Menus
 * @typedef {"race"|"microscope"|"own"|"maps"} Page
 *
 * @typedef {Object} Payload
 * @property {number} generation grows when the server's scene wins (Back, a link) @property {number} revision
 *   the report of the stage that this answers @property {Scene} scene
 * @property {SurfaceInfo} surface @property {RunInfo[]} runs
 * @property {Record<string, string>} texts ES modules by name @property {string} growth @property {string} point
 * @property {string} noise base64 of float64 unit draws, two a step @property {string[]} problems sentences
 * @property {Menus} menus
 * @property {string} sentence of the preset that this scene is, or "" @property {Messages} words
 * @property {{light: Ground, dark: Ground}} grounds @property {string} plotly address of plotly.js
 * @property {Page} page @property {string} typed where texts are read
 * @property {string} atlas where maps of many runs are made
 * @property {string} share where files to take away are made
 * @property {boolean} [alone] whether there is no server and never was
 *
 * @typedef {Object} Ground the colours of a theme
 * @property {string} paper @property {string} ink @property {string} faint @property {[string, string]} ramp
 * @property {string} contour @property {string} veil @property {string} alarm red, for growing and not finite
 * @property {string} accent @property {string} line of axes and frames @property {string} raised of sheets
 * @property {string[]} basins
 *
 * @typedef {{limit: number, limitValue: number, lambdaMax: number,
 *   best: {name: string, lr: number, rho: number, rate: number}[]}} Theory the largest stable lr and the
 *   best settings at the surface's minimum; limitValue is lr·λmax at the limit
 *
 * @typedef {"growing"|"notFinite"|"capped"} Fault
 *
 * @typedef {Object} LiveRun a run in the model
 * @property {string} id @property {RunInfo} info @property {SceneRun} scene its entry in the Scene
 * @property {import("./run.js").RuleKernel} kernel
 * @property {import("./run.js").TheoryKernel|null} theoryKernel null: theory does not know its rule
 * @property {import("./run.js").LengthKernel|null} lengthKernel
 * @property {Float64Array} numbers @property {import("./run.js").Path} path
 * @property {Float64Array|null} ghost the points before the last change
 * @property {boolean} stale whether its path must be computed again
 * @property {{kind: "fine"|Fault, text: string}} verdict
 * @property {Theory|null} theory where theory knows them
 *
 * @typedef {Object} Model see model.js
 * @property {Payload} payload @property {Scene} scene @property {LiveRun[]} runs
 * @property {Record<string, import("./run.js").KernelModule>} modules kernels by the name of their text
 * @property {import("./run.js").Surface} surface @property {Float64Array} surfaceNumbers
 * @property {import("./run.js").GrowthKernel} growth @property {import("./run.js").PointKernel} point
 * @property {KnownPoints} known for the current numbers
 * @property {CriticalDetails[]|null} critical points found on the surface, where they were asked for
 * @property {Float64Array} z unit draws of the noise, two a step
 * @property {number} step shown by all, at most scene.steps
 * @property {boolean} playing @property {number} speed @property {boolean} loop
 * @property {Window} window what the picture shows @property {Ground} ground @property {boolean} dark
 * @property {boolean} lecture @property {boolean} predicting paths hidden until play
 * @property {Set<string>} linked fields turned together @property {number|null} hover a step
 * @property {string|null} selected id of the run whose card is open
 * @property {string|null} dragging what a gesture in progress turns, "OWNER.FIELD" or "start"
 * @property {boolean} lagging whether the machine lags behind this gesture: lines go without their
 *   halo and dots until it ends
 * @property {boolean} surfaceStale whether the surface's numbers changed since the last frame
 * @property {boolean} logCurves whether the curves' axis is logarithmic
 * @property {string|null} highlighted an arrow on the surface that is pointed at in the equations
 * @property {Record<string, TypedText>} typed what was last typed, by what it is of: "surface" or a run's id
 * @property {string} mapSentence what a map of many runs shows
 * @property {boolean} edited whether the Scene is no longer the preset that the payload's sentence is of
 *
 * @typedef {{sentence: string, line: number, start: number, end: number}} TextProblem line and columns from 0
 * @typedef {{text: string, problem: TextProblem|null}} TypedText
 *
 * What a view's draw is told is stale: "scene" (other runs or kinds, an opened card), "labels" (words
 * of the server changed, nothing else), "numbers", "paths", "surface" (its numbers changed; after the
 * gesture once more), "window", "step" (playing too), "hover", "theme", "size", "mode", "map" (another of many
 * runs), "view" (other overlays), "words" (the sentence), "typed", "tick" (a frame while playing).
 * @typedef {"scene"|"labels"|"numbers"|"paths"|"surface"|"window"|"step"|"hover"|"theme"|"size"|"mode"|"map"
 *   |"view"|"words"|"typed"|"tick"} StalePart
 * @typedef {Set<StalePart>} Stale
 *
 * @typedef {{draw: (stale: Stale) => void, destroy: () => void}} View
 * @typedef {(root: HTMLElement, model: Model, actions: Actions, wake: () => void) => View} ViewFactory
 *   wake asks for a frame
 *
 * @typedef {"start"|"move"|"end"} Phase of a gesture; a change without gesture is "end"
 *
 * @typedef {Record<string, string>} SceneRequest something done to the Scene by who knows the registries:
 *   see thalweg/stage/reports.py
 * @typedef {{revision: number, generation: number, scene: Scene, request: SceneRequest|null}} Report to the page
 */

/** Some fields of it: see `merge` in scene.js.
 * @template T
 * @typedef {T extends number[]|number[][]|string[] ? T
 *   : T extends (infer U)[] ? Patch<U>[] | Record<number, Patch<U>>
 *   : T extends object ? {[K in keyof T]?: Patch<T[K]>} : T} Patch
 */

/**
 * @typedef {Object} Actions
 * @property {(owner: string, field: string, value: number, phase: Phase) => void} setNumber owner: a
 *   run's id, "surface", "noise" (sigma, batch); schedule fields are "schedule.NAME"
 * @property {(owner: string, values: Record<string, number>, phase: Phase) => void} setNumbers several
 *   fields of a run as one gesture
 * @property {(x: number, y: number, phase: Phase) => void} setStart
 * @property {(x: number, y: number) => void} clickStart
 * @property {() => void} undoClickStart the click on the surface just made was half a double click
 * @property {(patch: Patch<Scene>) => void} change a change of the Scene that may need other kernels
 *   (surface, rules, switches, schedule kinds, steps, seed, penalty …); merged deeply, runs by index
 * @property {(window: Window|null, phase?: Phase) => void} setWindow null: the surface's own; reported
 *   when the gesture has ended
 * @property {(step: number) => void} seek @property {() => void} play @property {() => void} pause
 * @property {(speed: number) => void} setSpeed @property {(on: boolean) => void} setLoop
 * @property {(slug: string) => void} addRun @property {(id: string) => void} duplicateRun
 * @property {(id: string) => void} removeRun @property {(id: string, shown: boolean) => void} showRun
 * @property {(id: string) => void} soloRun @property {(id: string|null) => void} select
 * @property {(field: string, on: boolean) => void} link @property {(step: number|null) => void} hover
 * @property {(of: string, text: string) => void} type what somebody types: "surface" or a run's id
 * @property {(request: SceneRequest) => void} ask
 * @property {(name: string, on: boolean) => void} setOverlay
 * @property {(arrow: string|null) => void} highlight
 * @property {(name: string) => void} setCurve @property {(slug: string) => void} openPreset
 * @property {(slug: string) => void} setSurface @property {(mode: "2d"|"3d") => void} setMode
 * @property {(on: boolean) => void} setLecture @property {(on: boolean) => void} setPredicting
 * @property {() => void} undo @property {() => void} redo @property {() => void} resetAll
 * @property {(id: string, tuning: number) => void} applyBest
 * @property {(map: SceneMap) => void} setMap which map of many runs is shown: scene.view.map
 * @property {(sentence: string) => void} setMapSentence it has come, and says this
 * @property {(id: string, values: Record<string, number>, phase: Phase) => void} setCell numbers of a run
 *   and of its surroundings, named as in a sweep: "lr", "surface.condition", "noise.sigma"
 */
export {};
