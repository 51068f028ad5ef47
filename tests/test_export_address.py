"""The QR code is read by a scanner, and the frame's HTML carries nothing but the address."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import zxingcpp

from thalweg.export.address import QUIET, iframe, qr_svg
from thalweg.messages.export import Refused
from thalweg.scenes import Scene

ADDRESS = f"http://192.168.0.17:8501/?s={Scene.default().to_link()}"


def modules(svg: str) -> np.ndarray:
    """The modules of a QR code as an image: 0 dark, 255 light."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    picture = np.full((side, side), 255, np.uint8)
    dark = next(p for p in root.iter("{http://www.w3.org/2000/svg}path") if p.get("stroke"))
    assert dark.get("stroke") == "#000"
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", dark.attrib["d"]):
        values = [float(v) for v in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            picture[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return picture


@pytest.mark.parametrize("address", [ADDRESS, "https://example.org/?a=1&b=%22" + "x" * 1500])
def test_a_scanner_reads_the_address(address: str) -> None:
    picture = modules(qr_svg(address))
    assert (picture[:QUIET] == 255).all()
    assert (picture[:, -QUIET:] == 255).all()
    large = np.kron(picture, np.ones((4, 4), np.uint8))
    assert [found.text for found in zxingcpp.read_barcodes(large)] == [address]


def test_the_code_has_the_size_that_was_asked_for() -> None:
    root = ET.fromstring(qr_svg(ADDRESS, 640))
    assert root.attrib["width"] == root.attrib["height"] == "640"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "address", [ADDRESS, 'http://a/?s=1"onload="x()"', "http://a/?s=</iframe><script>x()</script>"]
)
def test_a_frame_is_one_element_with_the_address_in_it(address: str) -> None:
    tags = Tags()
    tags.feed(iframe(address, 800, 500))
    ((tag, attributes),) = tags.found
    assert tag == "iframe"
    assert set(attributes) <= {
        "src",
        "title",
        "width",
        "height",
        "style",
        "loading",
        "allowfullscreen",
    }
    query = parse_qs(urlsplit(str(attributes["src"])).query)
    assert query["embed"] == ["true"]
    assert query["s"] == parse_qs(urlsplit(address).query)["s"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "ftp://a/b",
        "http://",
        "http://a b",
        "http://a\n/",
        "http://[/",
    ],
)
def test_what_is_no_address_of_a_page_is_a_sentence(address: str) -> None:
    for make in (qr_svg, iframe):
        with pytest.raises(Refused, match=r"^The address .*\.$"):
            make(address)


def test_an_address_that_no_code_holds_is_a_sentence() -> None:
    with pytest.raises(Refused, match="a QR code holds at most"):
        qr_svg("http://a/?s=" + "x" * 3000)
