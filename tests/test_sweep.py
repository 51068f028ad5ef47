"""The batch: every cell is the run it stands for, and only what is asked for is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from simulation import SCHEDULES, Noise, run, sweep
from simulation.run import BLOCK
from simulation.sweep import _begin, _block, _finish

VALLEY = LANDSCAPES["valley"](condition=100.0)
FAR = (-2.0, 1.0)
SGD, ADAM, MOMENTUM = (OPTIMIZERS[slug] for slug in ("sgd", "adam", "momentum"))
COSINE = SCHEDULES["cosine"]
KEEP = ("x", "f")
# XLA may fuse a batch otherwise than a single run; a rule that is stable forgets the difference.
CLOSE: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-12}

# One case for each kind of axis: what is swept, what stays, and the run that a cell stands for.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "two fields": (
        {"lr": [0.01, 0.1, 0.3], "beta1": [0.0, 0.5, 0.9, 0.99]},
        {"rule": ADAM()},
        lambda lr, beta1: {"rule": ADAM(lr=lr, beta1=beta1)},
    ),
    "surface": (
        {"surface.condition": [1.0, 10.0, 300.0], "surface.angle": [-30.0, 0.0, 80.0]},
        {"rule": SGD(lr=0.005)},
        lambda c, a: {"surface": VALLEY.replace(condition=c, angle=a)},
    ),
    "schedule": (
        {"schedule.warmup": [0.0, 10.0, 50.0], "lr": [0.01, 0.02]},
        {"rule": SGD(), "schedule": COSINE()},
        lambda w, lr: {"schedule": COSINE(warmup=w), "rule": SGD(lr=lr)},
    ),
    "start": (
        {"start": [(-2.0, 1.0), (0.5, -1.5), (0.0, 0.0)], "rho": [0.0, 0.9]},
        {"rule": MOMENTUM(lr=0.01), "start": None},
        lambda start, rho: {"start": start, "rule": MOMENTUM(lr=0.01, rho=rho)},
    ),
    "seed and noise": (
        {"seed": [0, 3, 11], "noise.sigma": [0.0, 0.5], "noise.batch": [1, 4]},
        {"rule": SGD(lr=0.01), "noise": 1.0},
        lambda s, sigma, b: {"seed": int(s), "noise": Noise(sigma=sigma, batch=b)},
    ),
    "clip": (
        {"clip": [1.0, 30.0, np.inf]},
        {"rule": SGD(lr=0.01)},
        lambda clip: {"clip": clip},
    ),
    "line search": (
        {"gamma": [0.3, 0.5, 0.8]},
        {"rule": OPTIMIZERS["backtracking"]()},
        lambda gamma: {"rule": OPTIMIZERS["backtracking"](gamma=gamma)},
    ),
}


@pytest.mark.parametrize("steps", [60, BLOCK + 3])
@pytest.mark.parametrize("case", CASES)
def test_every_cell_is_the_run_it_stands_for(case: str, steps: int) -> None:
    axes, settings, cell = CASES[case]
    common: dict[str, Any] = {"surface": VALLEY, "start": FAR, "steps": steps} | settings
    s = sweep(axes=axes, keep=KEEP, **common)
    shape = tuple(len(v) for v in axes.values())
    assert s.loss.shape == s.diverged_at.shape == s.growing.shape == shape
    assert s.x is not None
    assert s.f is not None
    assert s.x.shape == (*shape, 2)
    assert s.f.shape == (*shape, steps + 1)
    assert s.diverged_at.dtype == np.int64
    assert s.growing.dtype == np.bool_
    for where in np.ndindex(*shape):
        values = [axis[i] for axis, i in zip(axes.values(), where, strict=True)]
        t = run(**(common | cell(*values)))
        np.testing.assert_allclose(s.x[where], t.x[-1], **CLOSE)
        np.testing.assert_allclose(s.f[where], t.f, **CLOSE)
        np.testing.assert_allclose(s.loss[where], t.f[-1], **CLOSE)
        assert s.diverged_at[where] == (-1 if t.diverged_at is None else t.diverged_at)
        assert s.growing[where] == t.growing


def test_verdicts_are_those_of_run_on_both_sides_of_the_limit() -> None:
    rates = np.array([1e-4, 0.0198, 0.0202, 0.023, 0.1, 1.0, 9.0])
    for steps in (2, 300, 1500):
        s = sweep(VALLEY, SGD(), {"lr": rates}, FAR, steps, keep=("f", "x"))
        runs = [run(VALLEY, SGD(lr=lr), FAR, steps) for lr in rates]
        assert s.growing.tolist() == [t.growing for t in runs]
        assert s.diverged_at.tolist() == [
            -1 if t.diverged_at is None else t.diverged_at for t in runs
        ]
        assert s.f is not None
        for ours, t in zip(s.f, runs, strict=True):
            np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(t.f))
    assert s.growing.any()
    assert not s.growing.all()
    assert (s.diverged_at > 0).sum() == 4
    np.testing.assert_array_equal(np.isnan(s.loss), s.diverged_at >= 0)


def test_falling_without_end_is_not_growing_here_either() -> None:
    saddle = LANDSCAPES["saddle"]()
    s = sweep(saddle, SGD(), {"lr": [0.01, 0.1, 1.0]}, (-1.8, 0.01), 1500)
    assert not s.growing.any()
    assert (s.diverged_at > 0).any()


def test_a_sweep_of_nothing_is_one_run() -> None:
    s = sweep(VALLEY, ADAM(), {}, FAR, 50)
    assert s.loss.shape == ()
    assert float(s.loss) == pytest.approx(run(VALLEY, ADAM(), FAR, 50).f[-1], rel=1e-9)


def test_nothing_is_kept_unless_asked_for() -> None:
    s = sweep(VALLEY, ADAM(), {"lr": np.geomspace(1e-3, 1, 50)}, FAR, 300)
    assert s.x is None
    assert s.f is None
    kept = sweep(VALLEY, ADAM(), {"lr": [0.1]}, FAR, 300, keep=("x",))
    assert kept.x is not None
    assert kept.f is None


def test_no_step_allocates_for_a_loss_that_nobody_asked_for() -> None:
    cells, lr = 10_000, np.geomspace(1e-4, 1e-2, 10_000)
    s = sweep(VALLEY, SGD(), {"lr": lr}, FAR, BLOCK)
    assert np.isfinite(s.loss).all()
    for every_loss, rows in ((False, 0), (True, BLOCK)):
        setting, values, carry = _prepared(lr)
        lowered = _block.lower(
            setting, values, carry, 0, BLOCK, BLOCK, np.zeros((1, BLOCK, 2)), None,
            leaves=(2,), every_loss=every_loss,
        )  # fmt: skip
        memory: Any = lowered.compile().memory_analysis()
        size = memory.output_size_in_bytes
        assert (size > 8 * cells * BLOCK) == bool(rows)


def _prepared(lr: Any) -> Any:
    from simulation.noise import as_noise
    from simulation.run import as_setting
    from simulation.sweep import _places

    setting = as_setting(VALLEY, SGD(), None, as_noise(None), None)
    leaf = _places(setting)["lr"]
    assert leaf == 2
    carry = _begin(setting, (lr,), np.broadcast_to(FAR, (len(lr), 2)), leaves=(leaf,))
    return setting, (lr,), carry


def test_noise_swept_over_sigma_is_gaussian_where_none_was_named() -> None:
    s = sweep(VALLEY, SGD(lr=0.01), {"noise.sigma": [0.0, 1.0]}, FAR, 50, keep=("x",))
    assert s.x is not None
    np.testing.assert_allclose(s.x[1], run(VALLEY, SGD(lr=0.01), FAR, 50, noise=1.0).x[-1], **CLOSE)
    assert np.abs(s.x[1] - s.x[0]).max() > 1e-3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"axes": {"speed": [1.0]}}, "'speed' is not an axis here; axes are: "),
        ({"axes": {"surface.speed": [1.0]}}, "'surface.speed' is not an axis here; axes are: "),
        ({"axes": {"schedule.drop": [1.0]}}, "'schedule.drop' is not an axis here; axes are: "),
        ({"axes": {"lr": 0.1}}, "the axis 'lr' has shape (); it must be a list of numbers."),
        ({"axes": {"start": [1.0]}}, "the axis 'start' has shape (1,); it must be points (k, 2)."),
        ({"axes": {"seed": [0.5]}}, "seed is 0.5; it must be a whole number from 0 to 4294967295."),
        ({"axes": {"noise.sigma": [-1.0]}}, "noise sigma is -1.0; it must be a number from 0 up."),
        ({"axes": {"noise.batch": [0.0]}}, "noise batch is 0.0; it must be a number from 1 up."),
        ({"axes": {"clip": [1.0, -1.0]}}, "clip is -1.0; it must be a number above 0, or None."),
        ({"keep": ("x", "grad")}, "keep has 'grad'; it may have: f, x."),
        ({"steps": 20_001}, "steps is 20001; it must be a whole number from 0 to 20000."),
        ({"start": None}, "start is None; it must be two finite numbers."),
    ],
)
def test_what_cannot_be_swept_gets_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    settings: dict[str, Any] = {"axes": {"lr": [0.1]}, "start": FAR, "steps": 5} | wrong
    with pytest.raises(ValueError) as error:  # noqa: PT011
        sweep(VALLEY, SGD(), **settings)
    assert str(error.value).startswith(sentence)


def test_the_sentence_names_the_axes() -> None:
    with pytest.raises(ValueError, match=r"axes are: .*surface\.condition.*lr.*start, seed\.$"):
        sweep(VALLEY, SGD(), {"speed": [1.0]}, FAR, 5)


def test_other_numbers_compile_nothing() -> None:
    def go(values: Any, steps: int = 300, **more: Any) -> None:
        sweep(VALLEY, ADAM(), {"lr": values, "beta1": [0.5, 0.9]}, FAR, steps, **more)

    def compiled() -> list[int]:
        programs: Any = (_begin, _block, _finish)
        return [program._cache_size() for program in programs]

    go([0.1, 0.2, 0.3])
    before = compiled()
    go([1, 2, 3])
    for steps in (0, 3, 700, 2000):
        go([0.1, 0.2, 0.3], steps=steps)
    go([0.1, 0.2, 0.3], noise=1.0, seed=4, clip=3.0)
    sweep(
        VALLEY.replace(condition=3), ADAM(eps=1e-3), {"lr": [1, 2, 3], "beta1": [0, 0]}, (0, 1), 9
    )
    assert compiled() == before
