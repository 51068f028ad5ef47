"""The race on the page: trajectories on the surface, and their losses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from figures.palette import GROUNDS, Ground

Column = NDArray[np.float64]
Point = tuple[float, float]
MARKED_STEPS = 60
"""Up to so many steps each gets its dot."""
FARTHEST = 1e6
"""Points farther out than this many windows are not handed to the browser; the line ends before."""


@dataclass(frozen=True)
class Path:
    """One run as it is drawn: ``x`` (steps+1, 2) and ``height`` (steps+1,), the loss as plotted."""

    label: str
    colour: str
    dash: str
    x: Column
    height: Column


@dataclass(frozen=True)
class Map:
    """The surface as it is drawn: values ``f`` (m, n) over ``x`` (n,), ``y`` (m,); known points.

    ``f_min`` is None where the surface has no minimum.
    """

    x: Column
    y: Column
    f: Column
    levels: Column
    f_min: float | None
    minima: Column
    local_minima: Column
    saddles: Column


def surface_figure(
    surface: Map, paths: Sequence[Path], start: Point, step: int, theme: str
) -> go.Figure:
    """The contour with every path up to ``step``, all at the same step."""
    ground = GROUNDS[theme]
    figure = go.Figure([_contour(surface, ground), *_known_points(surface, ground)])
    limits = _limits(surface)
    for path in paths:
        for trace in _path_traces(path, step, limits, ground):
            figure.add_trace(trace)
    figure.add_trace(
        go.Scatter(
            x=[start[0]], y=[start[1]], mode="markers", hoverinfo="skip", showlegend=False,
            marker={"symbol": "circle-cross-open", "size": 15, "color": ground.ink},
        )
    )  # fmt: skip
    figure.update_layout(_layout(ground))
    figure.update_xaxes(range=[surface.x[0], surface.x[-1]], title="x", **_axis(ground))
    figure.update_yaxes(range=[surface.y[0], surface.y[-1]], title="y", **_axis(ground))
    return figure


def loss_figure(paths: Sequence[Path], step: int, known_minimum: bool, theme: str) -> go.Figure:
    """The loss over the steps: log f − f_min, or symlog f where there is no minimum."""
    ground = GROUNDS[theme]
    figure = go.Figure()
    scale = 1.0 if known_minimum else _unit([p.height for p in paths])
    for path in paths:
        steps = np.arange(len(path.height))
        y = np.where(path.height > 0, path.height, np.nan)
        if not known_minimum:
            y = np.arcsinh(path.height / scale)
        figure.add_trace(
            go.Scatter(
                x=steps, y=y, customdata=path.height, name=path.label, showlegend=False,
                mode="lines", line={"color": path.colour, "dash": path.dash, "width": 2},
                hovertemplate="%{customdata:.4g}",
            )
        )  # fmt: skip
        if step < len(y) and np.isfinite(y[step]):
            head = {"color": path.colour, "size": 8, "line": {"color": ground.paper, "width": 1.5}}
            figure.add_trace(
                go.Scatter(
                    x=[step],
                    y=[y[step]],
                    mode="markers",
                    marker=head,
                    hoverinfo="skip",
                    showlegend=False,
                )
            )
    figure.update_layout(_layout(ground), hovermode="x unified", margin_l=72)
    figure.update_layout(hoverlabel={"bgcolor": ground.paper, "font": {"color": ground.ink}})
    figure.add_vline(x=step, line={"color": ground.faint, "width": 1})
    figure.update_xaxes(title="step", **_axis(ground))
    if known_minimum:
        figure.update_yaxes(type="log", title="f − f_min", exponentformat="power", **_axis(ground))
        limits = _decades([p.height for p in paths])
        figure.update_yaxes(range=limits, dtick=max(1, round((limits[1] - limits[0]) / 5)))
    else:
        values, names = _symlog_ticks([p.height for p in paths], scale)
        figure.update_yaxes(title="f", tickvals=values, ticktext=names, **_axis(ground))
    return figure


def _contour(surface: Map, ground: Ground) -> go.Contour:
    """Contours at the surface's own levels, which are not evenly spaced: drawn by their rank.

    Between grid points the browser interpolates evenly, and near a minimum the root of the height
    is more even than the height: ranks are interpolated in that. −1 is the lowest point.
    """
    levels, height = surface.levels, surface.f
    if levels.size == 0:  # nothing but flat ground in the window
        levels = np.array([float(np.nanmax(height))])
    if surface.f_min is not None:
        floor = min(float(np.nanmin(surface.f)), surface.f_min)
        levels, height = np.sqrt(levels - floor), np.sqrt(height - floor)
    below, above = np.nanmin(height), np.nanmax(height)
    ends = np.concatenate([[min(below, levels[0] - 1e-9)], levels, [max(above, levels[-1] + 1e-9)]])
    rank = np.interp(height, ends, np.arange(-1, len(levels) + 1))
    return go.Contour(
        x=surface.x.astype(np.float32), y=surface.y.astype(np.float32), z=rank.astype(np.float32),
        contours={"start": 0, "end": len(levels) - 1, "size": 1},
        colorscale=[[0, ground.ramp[0]], [1, ground.ramp[1]]],
        line={"color": ground.contour, "width": 0.7}, showscale=False, hoverinfo="skip",
    )  # fmt: skip


def _known_points(surface: Map, ground: Ground) -> list[go.Scatter]:
    """Minima ○, the global ones larger; saddles ×."""
    kinds = (
        (surface.minima, "circle-open", 12, "minimum"),
        (surface.local_minima, "circle-open", 8, "local minimum"),
        (surface.saddles, "x-thin-open", 8, "saddle"),
    )
    return [
        go.Scatter(
            x=points[:, 0], y=points[:, 1], mode="markers", showlegend=False,
            marker={"symbol": shape, "size": size, "color": ground.faint, "line": {"width": 1.5}},
            hovertemplate=name + " (%{x:.4g}, %{y:.4g})<extra></extra>",
        )
        for points, shape, size, name in kinds
        if len(points)
    ]  # fmt: skip


def _path_traces(path: Path, step: int, limits: Column, ground: Ground) -> list[go.Scatter]:
    """The line up to ``step`` and the head, where the run is at that step."""
    x = path.x[: step + 1]
    drawable = (np.abs(x) < limits).all(axis=1)  # False for NaN, too
    shown = x if drawable.all() else x[: int(np.argmin(drawable))]
    mode = "lines+markers" if len(shown) <= MARKED_STEPS else "lines"
    line = go.Scatter(
        x=shown[:, 0], y=shown[:, 1], name=path.label, mode=mode,
        showlegend=True, line={"color": path.colour, "dash": path.dash, "width": 2},
        marker={"size": 4, "color": path.colour}, customdata=np.arange(len(shown)),
        hovertemplate="step %{customdata}: (%{x:.4g}, %{y:.4g})<extra>" + path.label + "</extra>",
    )  # fmt: skip
    if len(shown) < len(x):
        return [line]
    head = {"color": path.colour, "size": 11, "line": {"color": ground.paper, "width": 2}}
    return [
        line,
        go.Scatter(
            x=x[-1:, 0],
            y=x[-1:, 1],
            mode="markers",
            marker=head,
            hoverinfo="skip",
            showlegend=False,
        ),
    ]


def _limits(surface: Map) -> Column:
    widths = np.array([np.ptp(surface.x), np.ptp(surface.y)])
    return FARTHEST * np.maximum(widths, 1.0)


def _layout(ground: Ground) -> dict[str, Any]:
    return {
        "margin": {"l": 56, "r": 8, "t": 14, "b": 40},
        "paper_bgcolor": ground.paper,
        "plot_bgcolor": ground.paper,
        "font": {"color": ground.ink, "size": 13, "family": "Source Sans, sans-serif"},
        "legend": {
            "x": 0.99,
            "y": 0.99,
            "xanchor": "right",
            "yanchor": "top",
            "bgcolor": ground.veil,
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "uirevision": "kept",
        "dragmode": "pan",
    }


def _axis(ground: Ground) -> dict[str, Any]:
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": ground.faint,
        "ticks": "outside",
        "tickcolor": ground.faint,
        "nticks": 6,
        "title_standoff": 4,
    }


def _finite(heights: Sequence[Column]) -> Column:
    joined = np.concatenate([np.zeros(0), *heights])
    return joined[np.isfinite(joined)]


def _decades(heights: Sequence[Column]) -> list[float]:
    """The range of a log axis: the losses from 1e-20 on, up to 8 decades above the first ones.

    A run that grows without end leaves it at the top and does not squeeze the others flat.
    """
    seen = _finite(heights)
    seen = np.log10(seen[seen > 0])
    if seen.size == 0:
        return [-1.0, 1.0]
    firsts = _finite([height[:1] for height in heights])
    above = np.log10(firsts[firsts > 0]).max(initial=-20.0) + 8
    top = max(min(seen.max(), above), -19.0)
    return [min(max(seen.min(), -20.0), top - 1) - 0.3, top + 0.3]


def _unit(heights: Sequence[Column]) -> float:
    """Where the symlog scale turns from even to logarithmic: a hundredth of the first losses."""
    firsts = [abs(h[0]) for h in heights if len(h) and np.isfinite(h[0]) and h[0] != 0]
    return max(firsts, default=1.0) / 100


def _symlog_ticks(heights: Sequence[Column], scale: float) -> tuple[list[float], list[str]]:
    """0 and a few powers of ten on each side that is reached, not so close to 0 as to overlap."""
    seen = _finite(heights)
    reach = np.log10(np.abs(seen).max() / scale) if seen.size and seen.any() else 1.0
    apart = max(1, int(reach // 3))
    decades = np.arange(apart, max(reach, apart) + 1, apart) + np.ceil(np.log10(scale))
    values, names = [0.0], ["0"]
    for sign, mark in ((-1, "−"), (1, "")):
        for d in decades[10.0**decades <= 10 * (sign * seen).max(initial=0.0)]:
            values.append(float(np.arcsinh(sign * 10.0**d / scale)))
            names.append(f"{mark}10<sup>{d:.0f}</sup>")
    return values, names
