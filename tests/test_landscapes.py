"""Every surface: what it says about itself is true."""

import functools
import inspect
import pickle
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from landscapes import LANDSCAPES
from landscapes.base import contour_levels
from landscapes.field import field

pytestmark = pytest.mark.float64

MENU = [
    "valley", "saddle", "monkey_saddle", "double_well", "cliff", "plateau", "rosenbrock", "beale",
    "himmelblau", "rastrigin", "ackley", "styblinski_tang", "goldstein_price", "six_hump_camel",
    "three_hump_camel", "booth", "matyas", "levy13", "easom", "mccormick", "branin",
    "heavy_ball_cycle", "bukin6", "eggholder", "drop_wave",
]  # fmt: skip

every_surface = pytest.mark.parametrize("slug", MENU)


def make(slug: str, **fields: float) -> Any:
    return LANDSCAPES[slug](**fields)


def at(cls, share):
    """An instance with every knob at this share of its slider."""
    return cls(
        **{
            name: float(k.low * (k.high / k.low) ** share)
            if k.log
            else k.low + share * (k.high - k.low)
            for name, k in cls.knobs().items()
        }
    )


def settings(slug):
    """The defaults, and for a surface with knobs both ends of the sliders and two in between."""
    cls = LANDSCAPES[slug]
    return [cls(), *(at(cls, share) for share in (0.0, 0.3, 0.85, 1.0) if cls.knobs())]


def critical(surface):
    """(kind, points) of everything listed."""
    best = np.zeros((0, 2)) if surface.minima is None else surface.minima
    yield "minimum", best
    yield "minimum", surface.local_minima
    yield "saddle", surface.saddles
    yield "maximum", surface.maxima


@jax.jit
def _jet(surface, p):
    def both(p):
        return surface(p), jax.grad(surface)(p), jax.hessian(surface)(p)

    return jax.vmap(both)(p)


def jet(surface, p, chunk=64):
    """Values, gradients and Hessians at points (k, 2), compiled once a class whatever k."""
    p = np.asarray(p, dtype=float).reshape(-1, 2)
    padded = np.resize(p, (-(-len(p) // chunk) * chunk, 2))
    parts = [_jet(surface, block) for block in padded.reshape(-1, chunk, 2)]
    f, g, h = (np.concatenate(part)[: len(p)] for part in zip(*parts, strict=True))
    return f, g, h


@functools.cache
def picture(slug):
    surface = make(slug)
    return field(surface, surface.domain, 201)


def inside(surface, p):
    low, high = np.array(surface.domain).T
    return ((p >= low) & (p <= high)).all(axis=-1)


# --- what the classes declare -------------------------------------------------------------------


def test_menu_has_all_surfaces_in_order():
    assert list(LANDSCAPES) == [*MENU, "own"]


@every_surface
def test_class_explains_itself(slug):
    cls = LANDSCAPES[slug]
    assert cls.lines(), "no equation in the docstring"
    assert cls.title
    assert cls.source
    first, *_ = (inspect.getdoc(cls) or "").splitlines()
    assert first.endswith(".")
    default = cls()
    for reason in (default.not_smooth, default.boxed, default.unbounded):
        assert reason is None or reason.endswith(".")
    assert len({c.title for c in LANDSCAPES.values()}) == len(LANDSCAPES)


@every_surface
def test_default_of_every_knob_is_allowed(slug):
    for name, k in LANDSCAPES[slug].knobs().items():
        assert k.check(name, k.default) == k.default
        assert k.low < k.high
        assert k.symbol
        assert k.about


@every_surface
def test_equations_use_the_symbol_of_every_knob(slug):
    cls = LANDSCAPES[slug]
    text = " ".join(line.latex for line in cls.lines())
    for k in cls.knobs().values():
        assert k.symbol in text


@every_surface
def test_surfaces_are_hashable_values(slug):
    a, b = make(slug), make(slug)
    assert a == b
    assert hash(a) == hash(b)
    assert pickle.loads(pickle.dumps(a)) == a


@every_surface
def test_start_and_critical_points_lie_in_the_window(slug):
    for surface in settings(slug):
        assert inside(surface, np.array(surface.start))
        for _, p in critical(surface):
            assert p.shape == (len(p), 2)
            assert inside(surface, p).all()


@every_surface
def test_only_surfaces_unbounded_below_have_no_minimum(slug):
    surface = make(slug)
    without = surface.unbounded is not None and surface.boxed is None
    assert (surface.minima is None) == without
    assert (surface.f_min is None) == without


# --- values and derivatives ---------------------------------------------------------------------


@every_surface
def test_every_field_is_traced(slug):
    traces = 0

    @jax.jit
    def value(surface, p):
        nonlocal traces
        traces += 1
        return surface(p)

    seen = {float(value(surface, jnp.array([0.3, -0.7]))) for surface in settings(slug)}
    assert traces == 1
    assert len(seen) > 1 or not LANDSCAPES[slug].knobs()


@every_surface
def test_gradient_agrees_with_central_differences(slug):
    for surface in settings(slug)[:3]:
        low, high = np.array(surface.domain).T
        p = np.random.default_rng(7).uniform(low, high, (64, 2))
        f, g, _ = jet(surface, p)
        h = 1e-6 * (high - low).max()
        for i in (0, 1):
            step = h * np.eye(2)[i]
            slope = (jet(surface, p + step)[0] - jet(surface, p - step)[0]) / (2 * h)
            assert np.abs(slope - g[:, i]).max() <= 1e-5 * np.abs(g).max()
            rounding = 1e-14 * (1 + np.abs(f)) / h
            near = 1e-5 * (1 + np.abs(g).max(axis=1))
            assert (np.abs(slope - g[:, i]) <= near + rounding).all()


@every_surface
def test_gradient_is_finite_everywhere_also_on_edges_and_tips(slug):
    numbers = (-1000.0, -512.0, -47.0, -10.0, -1.0, 0.0, 1e-300, 1e-160, 1.0, 2.0, 10.0, 512.0)
    lattice = [(x, y) for x in numbers for y in numbers]
    floor = [(x, x * x / 100) for x in (-10.0, -20.0, 0.5, 3.0)]
    edges = [(x, x - 47) for x in numbers] + [(2 * x, -x - 47) for x in numbers]
    for surface in settings(slug):
        listed = [tuple(p) for _, points in critical(surface) for p in points]
        f, g, _ = jet(surface, lattice + floor + edges + listed)
        assert np.isfinite(f).all()
        assert np.isfinite(g).all()


@pytest.mark.parametrize("r", [0.0, 1e-300, 1e-160, 1e-120, 1e-20, 1e-8, 1e-5])
def test_drop_wave_is_smooth_at_the_origin(r):
    _, g, h = jet(make("drop_wave"), [(0.6 * r, 0.8 * r)])
    assert g[0] == pytest.approx([72.5 * 0.6 * r, 72.5 * 0.8 * r], rel=1e-6)
    assert h[0] == pytest.approx(72.5 * np.eye(2), abs=1e-5)


def test_drop_wave_keeps_its_curvature_where_series_and_sine_meet():
    for r in (1.6e-4, 1.7e-4):
        _, _, h = jet(make("drop_wave"), [(r, 0.0)])
        assert h[0, 0, 0] == pytest.approx(72.5 - 12 * 441.0625 * r**2, abs=1e-6)


def test_bukin_is_exactly_zero_at_its_minimum_under_the_compiler_too():
    surface, p = make("bukin6"), jnp.array([-10.0, 1.0])
    assert float(surface(p)) == 0.0
    assert float(jax.jit(surface)(p)) == 0.0
    assert jax.grad(surface)(p).tolist() == [0.0, 0.0]


def test_bukin_is_the_function_of_the_literature():
    p = np.random.default_rng(1).uniform((-15, -3), (-5, 3), (64, 2))
    x, y = p.T
    literature = 100 * np.sqrt(abs(y - 0.01 * x**2)) + 0.01 * abs(x + 10)
    assert jet(make("bukin6"), p)[0] == pytest.approx(literature, rel=1e-12)


def test_ackley_is_the_function_of_the_literature():
    p = np.random.default_rng(1).uniform(-5, 5, (64, 2))
    far = -20 * np.exp(-0.2 * np.sqrt(np.mean(p**2, axis=1)))
    literature = far - np.exp(np.mean(np.cos(2 * np.pi * p), axis=1)) + 20 + np.e
    assert jet(make("ackley"), p)[0] == pytest.approx(literature, rel=1e-12)


def test_ackley_is_a_cone_of_slope_two_root_two_at_its_tip():
    _, g, _ = jet(make("ackley"), [(6e-9, 8e-9)])
    assert np.linalg.norm(g) == pytest.approx(2 * np.sqrt(2), rel=1e-6)


def test_drop_wave_is_the_function_of_the_literature():
    p = np.random.default_rng(1).uniform(-5.12, 5.12, (64, 2))
    r = np.hypot(*p.T)
    literature = -(1 + np.cos(12 * r)) / (0.5 * r**2 + 2)
    assert jet(make("drop_wave"), p)[0] == pytest.approx(literature, abs=1e-13)


def test_heavy_ball_cycle_has_the_slopes_it_promises_and_no_jumps():
    surface = make("heavy_ball_cycle")
    x = np.array([-2.0, 0.5, 1.0, 1.5, 2.0, 3.0])
    _, g, _ = jet(surface, np.stack([x, 0 * x], axis=1))
    assert g[:, 0].tolist() == [-50.0, 12.5, 25.0, 25.5, 26.0, 51.0]
    for kink, value in ((1.0, 12.5), (2.0, 38.0)):
        f, _, _ = jet(surface, [(kink - 1e-12, 0), (kink, 0), (kink + 1e-12, 0)])
        assert f == pytest.approx(value, abs=1e-9)


# --- critical points ----------------------------------------------------------------------------


@every_surface
def test_gradient_vanishes_at_every_critical_point(slug):
    for surface in settings(slug):
        scale = np.abs(jet(surface, [surface.start])[1]).max() + 1
        low, high = np.array(surface.domain).T
        for _, p in critical(surface):
            if not len(p):
                continue
            _, g, _ = jet(surface, p)
            on_border = (p == low) | (p == high)
            held = np.where(p == low, g >= 0, g <= 0) & on_border & (surface.boxed is not None)
            assert (np.abs(g)[~held] <= 1e-11 * scale).all()


@every_surface
def test_hessian_has_the_signs_of_its_kind(slug):
    for surface in settings(slug):
        if surface.not_smooth:
            continue
        for kind, p in critical(surface):
            if not len(p):
                continue
            smaller, larger = np.linalg.eigvalsh(jet(surface, p)[2]).T
            if kind == "minimum":
                assert (smaller > 0).all()
            elif kind == "maximum":
                assert (larger < 0).all()
            else:
                assert ((smaller <= 0) & (larger >= 0)).all()


@every_surface
def test_neighbours_lie_as_the_kind_of_critical_point_says(slug):
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for surface in settings(slug)[:3]:
        radius = 1e-3 * np.ptp(surface.domain) / 5
        for kind, p in critical(surface):
            for middle in p[:12]:
                around = middle + radius * circle
                if surface.boxed:
                    around = around[inside(surface, around)]
                here, there = jet(surface, [middle])[0], jet(surface, around)[0]
                assert kind == "maximum" or (there > here).any()
                assert kind == "minimum" or (there < here).any()
                assert kind != "maximum" or (there < here).all()
                assert kind != "minimum" or (there > here).all()


@every_surface
def test_nothing_in_the_window_is_lower_than_the_minimum(slug):
    for surface in settings(slug):
        if surface.f_min is not None:
            values = field(surface, surface.domain, 201).f
            assert values.min() >= surface.f_min - 1e-12 * np.abs(values).max()


@every_surface
def test_minima_share_the_lowest_value_and_local_minima_lie_higher(slug):
    for surface in settings(slug):
        if surface.minima is None:
            continue
        f, _, _ = jet(surface, surface.minima)
        assert f == pytest.approx(surface.f_min, abs=1e-12 * (1 + abs(surface.f_min)))
        if len(surface.local_minima):
            assert jet(surface, surface.local_minima)[0].min() > surface.f_min


def test_monkey_saddle_has_no_curvature_at_all():
    assert not jet(make("monkey_saddle"), [(0, 0)])[2].any()


@pytest.mark.parametrize("amplitude", [0.0, 0.03, 0.06, 0.3, 1.0, 3.0, 10.0, 20.0])
def test_rastrigin_lists_every_turn_of_its_profile(amplitude):
    surface = make("rastrigin", amplitude=amplitude)
    x = np.linspace(-5.12, 5.12, 40_000)
    rising = np.sign(2 * x + 2 * np.pi * amplitude * np.sin(2 * np.pi * x))
    bottoms = (np.diff(rising) > 0).sum()
    tops = (np.diff(rising) < 0).sum()
    assert len(surface.local_minima) == bottoms**2 - 1
    assert len(surface.saddles) == 2 * bottoms * tops
    assert len(surface.maxima) == tops**2


@pytest.mark.parametrize(("depth", "barrier"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.2), (0.3, 5.0)])
def test_double_well_differs_in_depth_by_exactly_the_field(depth, barrier):
    surface = make("double_well", depth=depth, barrier=barrier)
    f, _, _ = jet(surface, [(-1, 0), (1, 0)])
    assert f.tolist() == [-depth / 2, depth / 2]
    assert surface.saddles.tolist() == [[3 * depth / (16 * barrier), 0.0]]
    assert len(surface.minima) == (1 if depth else 2)


COUNTS = {  # minima, local minima, saddles, maxima
    "beale": (1, 0, 2, 0),
    "himmelblau": (4, 0, 4, 1),
    "rastrigin": (1, 120, 220, 100),
    "styblinski_tang": (1, 3, 4, 1),
    "goldstein_price": (1, 3, 4, 1),
    "six_hump_camel": (2, 4, 7, 2),
    "three_hump_camel": (1, 2, 2, 0),
    "easom": (1, 4, 4, 4),
    "mccormick": (1, 1, 1, 0),
    "branin": (3, 0, 2, 0),
}


@pytest.mark.parametrize("slug", COUNTS)
def test_as_many_critical_points_are_listed_as_there_are(slug):
    s = make(slug)
    assert tuple(map(len, (s.minima, s.local_minima, s.saddles, s.maxima))) == COUNTS[slug]


# --- figures from the literature, to the digits given -------------------------------------------

S = 2.903534027771177  # Styblinski–Tang
VALUES = [
    ("rosenbrock", (1, 1), 0.0),
    ("rosenbrock", (-1.2, 1), 24.2),
    ("beale", (3, 0.5), 0.0),
    ("beale", (0, 1), 14.203125),
    ("himmelblau", (-2.805118086952745, 3.131312518250573), 0.0),
    ("himmelblau", (-3.779310253377747, -3.283185991286169), 0.0),
    ("himmelblau", (3.584428340330492, -1.848126526964404), 0.0),
    ("himmelblau", (-0.2708445906673476, -0.9230385564799815), 181.6165215225827),
    ("himmelblau", (-3.07302575076439, -0.08135304428796751), 104.0151629),
    ("himmelblau", (-0.1279613467306801, -1.953714980244576), 178.3372392),
    ("himmelblau", (0.08667750455539635, 2.884254701174776), 67.71915009),
    ("himmelblau", (3.385154183607021, 0.07385187983774929), 13.31192627),
    ("rastrigin", (0, 0), 0.0),
    ("rastrigin", (0.9949586376523348, 0), 0.9949590571),
    ("ackley", (0, 0), 0.0),
    ("styblinski_tang", (-S, -S), -78.33233140754283),
    ("styblinski_tang", (-S, 2.746802770990837), -64.19561235905536),
    ("styblinski_tang", (2.746802770990837, 2.746802770990837), -50.05889331056789),
    ("goldstein_price", (0, -1), 3.0),
    ("goldstein_price", (-0.6, -0.4), 30.0),
    ("goldstein_price", (1.8, 0.2), 84.0),
    ("goldstein_price", (1.2, 0.8), 840.0),
    ("six_hump_camel", (0.08984201310031806, -0.7126564030207396), -1.031628453489877),
    ("six_hump_camel", (1.7036067149699808, -0.7960835686726251), -0.2154638244),
    ("six_hump_camel", (1.6071047529201972, 0.5686514548841314), 2.10425031),
    ("three_hump_camel", (0, 0), 0.0),
    ("three_hump_camel", (-1.747552345830289, 0.8737761729151444), 0.2986384422),
    ("booth", (1, 3), 0.0),
    ("matyas", (0, 0), 0.0),
    ("levy13", (1, 1), 0.0),
    ("easom", (np.pi, np.pi), -1.0),
    ("easom", (0, 0), -2.675287991e-9),
    ("eggholder", (512, 404.2318051), -959.640662720851),
    ("mccormick", (0.5 - np.pi / 3, -0.5 - np.pi / 3), -1.913222954981036),
    ("bukin6", (-10, 1), 0.0),
    ("branin", (-np.pi, 12.275), 0.3978873577297382),
    ("branin", (np.pi, 2.275), 0.3978873577297382),
    ("branin", (3 * np.pi, 2.475), 0.3978873577297382),
    ("drop_wave", (0, 0), -1.0),
]


@pytest.mark.parametrize(("slug", "point", "value"), VALUES)
def test_value_is_that_of_the_literature(slug, point, value):
    assert jet(make(slug), [point])[0][0] == pytest.approx(value, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("slug", "lowest"),
    [
        ("styblinski_tang", -78.33233140754283),
        ("six_hump_camel", -1.031628453489877),
        ("branin", 5 / (4 * np.pi)),
        ("mccormick", -np.sqrt(3) / 2 - np.pi / 3),
        ("eggholder", -959.640662720851),
    ],
)
def test_lowest_value_is_known_to_full_precision(slug, lowest):
    assert make(slug).f_min == pytest.approx(lowest, rel=1e-14)


EIGENVALUES = [
    ("valley", (0, 0), (1, 100)),
    ("rosenbrock", (1, 1), (501 - np.sqrt(250601), 501 + np.sqrt(250601))),
    ("rosenbrock", (1, 1), (0.3993607675, 1001.600639)),
    ("beale", (3, 0.5), (0.3014636465, 48.97978635)),
    ("beale", (0, 1), (-27.75, 27.75)),
    ("himmelblau", (3, 2), (25.71572875, 82.28427125)),
    ("rastrigin", (0, 0), (2 + 40 * np.pi**2, 2 + 40 * np.pi**2)),
    ("styblinski_tang", (-S, -S), (34.5831, 34.5831)),
    ("goldstein_price", (0, -1), (402.8310, 965.1690)),
    ("six_hump_camel", (0.08984201310031806, -0.7126564030207396), (7.682251, 16.493195)),
    ("three_hump_camel", (0, 0), (3 - np.sqrt(2), 3 + np.sqrt(2))),
    ("booth", (1, 3), (2, 18)),
    ("matyas", (0, 0), (0.04, 1)),
    ("levy13", (1, 1), (2, 2 + 18 * np.pi**2)),
    ("easom", (np.pi, np.pi), (3, 3)),
    ("mccormick", (0.5 - np.pi / 3, -0.5 - np.pi / 3), (np.sqrt(3), 4)),
    ("branin", (-np.pi, 12.275), (0.8615, 22.2917)),
    ("branin", (np.pi, 2.275), (1.7323, 11.0862)),
    ("branin", (3 * np.pi, 2.475), (1.6950, 11.3302)),
    ("drop_wave", (0, 0), (72.5, 72.5)),
]


@pytest.mark.parametrize(("slug", "point", "eigenvalues"), EIGENVALUES)
def test_hessian_has_the_eigenvalues_of_the_literature(slug, point, eigenvalues):
    h = jet(make(slug), [point])[2][0]
    assert np.linalg.eigvalsh(h) == pytest.approx(eigenvalues, rel=3e-5, abs=1e-12)


@pytest.mark.parametrize(
    ("slug", "limit"),
    [
        ("rosenbrock", 0.0019968038),
        ("beale", 0.040833),
        ("himmelblau", 0.024306),
        ("rastrigin", 0.0050405),
        ("styblinski_tang", 0.057832),
        ("goldstein_price", 0.002072),
        ("six_hump_camel", 0.121262),
        ("three_hump_camel", 0.453082),
        ("booth", 1 / 9),
        ("matyas", 2.0),
        ("levy13", 0.011133),
        ("easom", 2 / 3),
        ("mccormick", 0.5),
        ("branin", 0.0897),
    ],
)
def test_largest_stable_rate_of_gradient_descent_is_known(slug, limit):
    surface = make(slug)
    sharpest = np.linalg.eigvalsh(jet(surface, surface.minima)[2])[0].max()
    assert 2 / sharpest == pytest.approx(limit, rel=3e-4)


def test_eggholder_falls_further_outside_its_box():
    surface = make("eggholder")
    _, g, _ = jet(surface, surface.minima)
    assert g[0] == pytest.approx([-3.3856, 0.0], abs=1e-4)


# --- what each surface is there to show ---------------------------------------------------------


@functools.partial(jax.jit, static_argnames="steps")
def _descend(surface, start, lr, rho, clip, steps):
    def step(state, _):
        x, v = state
        g = jax.grad(surface)(x)
        g = g * jnp.minimum(1.0, clip / jnp.maximum(jnp.linalg.norm(g), 1e-300))
        v = rho * v - lr * g
        return (x + v, v), x + v

    return jax.lax.scan(step, (start, jnp.zeros(2)), length=steps)[1]


def path(surface, lr, rho=0.0, clip=np.inf, start=None, steps=600):
    """The iterates of plain or heavy-ball descent from the surface's start."""
    start = jnp.array(surface.start if start is None else start)
    return np.asarray(_descend(surface, start, lr, rho, clip, steps))


@pytest.mark.parametrize("lr", [0.01, 0.02, 0.03, 0.05])
def test_double_well_holds_descent_in_the_shallow_well_and_lets_momentum_through(lr):
    surface = make("double_well")
    assert path(surface, lr)[-1] == pytest.approx([1, 0], abs=0.01)
    assert path(surface, lr, rho=0.9)[-1] == pytest.approx([-1, 0], abs=1e-3)


@pytest.mark.parametrize("lr", [0.05, 0.08, 0.1, 0.12, 0.15])
def test_cliff_throws_descent_far_beyond_the_minimum_and_clipping_prevents_it(lr):
    surface = make("cliff")
    thrown, clipped = path(surface, lr), path(surface, lr, clip=1.0)
    lengths = np.linalg.norm(np.diff(thrown, axis=0), axis=1)
    assert thrown[:, 0].min() < -2
    assert lengths.max() > 2
    assert np.linalg.norm(np.diff(clipped, axis=0), axis=1).max() <= lr * (1 + 1e-12)
    assert clipped[:, 0].min() > -0.1


def test_plateau_takes_descent_hundreds_of_steps_and_momentum_few():
    surface = make("plateau")

    def arrival(rho):
        return int(np.argmax(path(surface, 0.1, rho)[:, 0] < -0.3))

    assert 300 < arrival(0.0) < 600
    assert 0 < arrival(0.9) < 40


def test_goldstein_price_holds_descent_in_a_local_minimum():
    surface = make("goldstein_price")
    assert path(surface, 1e-4)[-1] == pytest.approx([-0.6, -0.4], abs=1e-3)
    assert path(surface, 1e-4, rho=0.9)[-1] == pytest.approx([0, -1], abs=1e-3)


def test_mccormick_lets_momentum_roll_out_of_the_window():
    surface = make("mccormick")
    assert path(surface, 0.05)[-1] == pytest.approx(surface.minima[0], abs=1e-6)
    assert not inside(surface, path(surface, 0.05, rho=0.9)[-1])


def test_beale_leads_descent_from_the_left_away():
    far = path(make("beale"), 0.003, start=(-1.0, 1.5), steps=2400)
    assert far[-1][0] < -2
    assert far[-1][0] < far[600][0] < far[60][0]


def test_heavy_ball_cycles_where_descent_converges():
    surface = make("heavy_ball_cycle")
    cycle = np.array([792, -2208, 2592]) / 1225
    end = path(surface, 1 / 9, rho=4 / 9)[-3:, 0]
    assert np.sort(end) == pytest.approx(np.sort(cycle), abs=1e-12)
    assert path(surface, 1 / 9, rho=4 / 9, start=(5.0, 1.5))[-1] == pytest.approx([0, 0], abs=1e-9)
    assert path(surface, 1 / 26)[-1] == pytest.approx([0, 0], abs=1e-9)


def test_saddle_is_left_by_the_factor_one_plus_rate_times_curvature():
    surface = make("saddle")
    y = path(surface, 0.1, steps=600)[:50, 1]
    assert y == pytest.approx(0.01 * 1.1 ** np.arange(1, 51), rel=1e-12)
    assert not path(surface, 0.1, start=(-1.8, 0.0))[:, 1].any()


# --- contour levels -----------------------------------------------------------------------------


@every_surface
def test_levels_increase_and_none_of_their_bands_is_empty(slug):
    surface, values = make(slug), picture(slug).f
    levels = surface.levels(values)
    bands = np.histogram(values, [-np.inf, *levels, np.inf])[0] / values.size
    assert levels.shape == (24,)
    assert np.isfinite(levels).all()
    assert (np.diff(levels) > 0).all()
    assert (bands > 0).all()
    assert bands[0] < (0.05 if surface.f_min is None else 0.02), "nothing of the floor is seen"


@every_surface
def test_levels_follow_a_zoom(slug):
    surface = make(slug)
    x, y = surface.start
    reach = 0.05 * np.ptp(surface.domain[0])
    values = field(surface, ((x - reach, x + reach), (y - reach, y + reach)), 201).f
    levels = surface.levels(values, count=16)
    assert (np.diff(levels) > 0).all()
    assert ((levels > values.min()) & (levels < values.max())).sum() >= 12


def test_levels_of_a_constant_field_are_none():
    assert contour_levels(np.full((5, 5), 3.0), 3.0).size == 0
    assert contour_levels(np.full((5, 5), np.nan), 3.0).size == 0


def test_levels_pass_over_what_is_not_finite():
    values = np.array([0.0, 1.0, 2.0, 3.0, np.inf, np.nan])
    levels = contour_levels(values, 0.0, count=5)
    assert np.isfinite(levels).all()
    assert levels.max() <= 3.0


def test_levels_of_a_valley_move_smoothly_with_its_steepness():
    def levels(condition):
        surface = make("valley", condition=condition)
        return surface.levels(field(surface, surface.domain, 201).f)

    for condition in (1.0, 5.0, 30.0, 100.0, 1000.0):
        assert levels(condition * 1.01) == pytest.approx(levels(condition), rel=0.05)
