"""The films hold the run from its start to its last step, in files that players open."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import av
import numpy as np
import pytest
from PIL import Image

from thalweg.export.film import Film
from thalweg.export.picture.files import png
from thalweg.export.picture.style import Look
from thalweg.export.video import frames, gif, mp4
from thalweg.messages.export import Refused
from thalweg.scenes import Scene

SCENE = replace(Scene.default(rules=("sgd", "adam")), steps=40)
LOOK = Look(401, 301, 1)
FILM = Film(2.0, 20)


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """The mean difference of two images, of 255."""
    return float(np.abs(a.astype(float) - b.astype(float)).mean())


def still(look: Look, step: int | None = None) -> np.ndarray:
    scene = replace(SCENE, view=replace(SCENE.view, step=step))
    return np.asarray(Image.open(io.BytesIO(png(scene, look))).convert("RGB"))


def test_the_ends_are_held_and_every_frame_goes_on() -> None:
    steps = Film(10, 25).steps(300)
    assert len(steps) == 250
    assert steps[:12] == [0] * 12
    assert steps[-37:] == [300] * 37
    assert (np.diff(steps) >= 0).all()
    assert Film(0.2, 10).steps(5) == [0, 5]


def test_an_mp4_is_what_slides_play() -> None:
    data = mp4(SCENE, LOOK, FILM)
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == 20
        pictures = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    assert len(pictures) == 40
    even = replace(LOOK, width=402, height=302)
    assert pictures[0].shape == (302, 402, 3)
    assert data.index(b"moov") < data.index(b"mdat")  # it plays before it is loaded
    first, last = still(even, 0), still(even)
    assert apart(pictures[0], first) < 1.5
    assert apart(pictures[-1], last) < 1.5
    assert apart(pictures[0], first) < apart(pictures[0], last)
    assert apart(pictures[-1], last) < apart(pictures[-1], first)


def test_the_last_frame_is_the_still_to_the_bit() -> None:
    *_, last = frames(SCENE, LOOK, FILM)
    np.testing.assert_array_equal(last, still(LOOK))


def test_a_gif_plays_for_ever_and_is_small() -> None:
    data = gif(SCENE, Look(800, 600, 1), FILM)
    assert len(data) < 1_000_000
    film = Image.open(io.BytesIO(data))
    assert film.info["loop"] == 0
    assert film.size == (800, 600)
    durations = []
    for i in range(film.n_frames):  # type: ignore[attr-defined]
        film.seek(i)
        durations.append(film.info["duration"])
    assert sum(durations) == 2000
    assert 20 < len(durations) <= 40
    look = Look(800, 600, 1)
    shown = np.asarray(film.convert("RGB"))
    assert apart(shown, still(look)) < 1
    assert tuple(shown[2, 2]) == (255, 255, 255)


def test_a_film_tells_how_far_it_is_and_can_be_stopped() -> None:
    told: list[tuple[int, int]] = []

    def watch(done: int, count: int) -> bool:
        told.append((done, count))
        return done < 5

    with pytest.raises(Refused, match="stopped"):
        gif(SCENE, LOOK, FILM, watch)
    assert told == [(i, 40) for i in range(6)]


def test_without_av_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(Refused, match=r"^Films in MP4 need the package av, .*pip install"):
        mp4(SCENE, LOOK, FILM)


@pytest.mark.parametrize(("seconds", "rate"), [(0.0, 25), (1e9, 25), (5.0, 0), (5.0, 1000)])
def test_a_film_out_of_range_is_a_sentence(seconds: float, rate: int) -> None:
    with pytest.raises(Refused, match=r"^The .* must be a number from"):
        Film(seconds, rate)


def test_a_gif_has_no_rate_that_its_format_lacks() -> None:
    with pytest.raises(Refused, match=r"must be one of: 20, 25\.$"):
        gif(SCENE, LOOK, Film(1.0, 30))
