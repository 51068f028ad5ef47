"""Where the stage asks the server for what it does not compute itself, from the server's root."""

FORMULAS = "/typed"
"""A formula that is being typed: see `thalweg.server.formula_routes`."""
MAPS = "/map-jobs"
"""Maps of many runs: see `thalweg.server.map_routes`."""
EXPORTS = "/exports"
"""Files to take away: see `thalweg.server.export_routes`."""
