"""Reads what sample_output writes, as others would: JSON by json, pictures by an XML parser. In TAP."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tap import case, run_all

SVG = "{http://www.w3.org/2000/svg}"


def picture(folder, name):
    return ElementTree.parse(folder / name).getroot()


def texts(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def extent(element):
    """Left and right edge of a text, at 0.62 of its size a character (DejaVu Sans is narrower)."""
    width = len("".join(element.itertext())) * float(element.get("font-size")) * 0.62
    shift = {"start": 0, "middle": width / 2, "end": width}[element.get("text-anchor")]
    left = float(element.get("x")) - shift
    return left, left + width


@case("every picture is valid XML with a title, a description and a size")
def _(folder):
    for name in ("latency.svg", "ratios.svg", "odd.svg"):
        root = picture(folder, name)
        assert root.tag == f"{SVG}svg" and root.get("viewBox")
        assert root.find(f"{SVG}title") is not None and root.find(f"{SVG}desc") is not None


@case("every number in a picture is finite")
def _(folder):
    for name in ("latency.svg", "ratios.svg", "odd.svg"):
        assert not re.search(r"\b(nan|inf)\b", (folder / name).read_text(), re.IGNORECASE), name


@case("everything drawn lies inside the picture")
def _(folder):
    for name in ("latency.svg", "ratios.svg"):
        root = picture(folder, name)
        width, height = float(root.get("width")), float(root.get("height"))
        for element in root.iter():
            for key in ("x", "x1", "x2", "cx"):
                assert 0 <= float(element.get(key, 0)) <= width, (name, element.attrib)
            for key in ("y", "y1", "y2", "cy"):
                assert 0 <= float(element.get(key, 0)) <= height, (name, element.attrib)
            if element.tag == f"{SVG}text" and element.get("transform") is None:
                left, right = extent(element)
                assert left >= 0 and right <= width, (name, "".join(element.itertext()), left, right)


@case("no two texts of a picture overlap")
def _(folder):
    for name in ("latency.svg", "ratios.svg"):
        boxes = []
        for element in picture(folder, name).iter(f"{SVG}text"):
            if element.get("transform") is not None:
                continue
            left, right = extent(element)
            bottom, top = float(element.get("y")), float(element.get("y")) - float(element.get("font-size")) * 0.7
            text = "".join(element.itertext())
            for other in boxes:
                apart = right <= other[0] or left >= other[1] or bottom <= other[2] or top >= other[3]
                assert apart, (name, text, other[4])
            boxes.append((left, right, top, bottom, text))


@case("the latency picture names its axes, units, backends and percentiles")
def _(folder):
    found = texts(picture(folder, "latency.svg"))
    for part in ("offered load, packets a second", "latency from the scheduled time", "kernel", "dpdk", "median", "99 %",
                 "99.9 %", "packets were lost", "at most 12.5 M/s", "10 us"):
        assert any(part in text for text in found), part


@case("each side has a line for each percentile and a point for each load")
def _(folder):
    root = picture(folder, "latency.svg")
    lines = list(root.iter(f"{SVG}polyline"))
    assert len(lines) == 6
    assert all(len(line.get("points").split()) == 12 for line in lines)
    assert len(list(root.iter(f"{SVG}circle"))) == 6 * 12 + 1


@case("points at which packets were lost are hollow")
def _(folder):
    hollow = [circle for circle in picture(folder, "latency.svg").iter(f"{SVG}circle") if circle.get("fill") == "#ffffff"]
    assert len(hollow) == 2 * 2 * 3 + 1  # two loads of each side, three percentiles; the legend


@case("the ratios picture says of each row what came out and whether the goal was reached")
def _(folder):
    found = texts(picture(folder, "ratios.svg"))
    for part in ("33.4x  (31.2 to 36.9)", "goal 31x or more: reached", "goal 2.6x or more: NOT REACHED",
                 "goal 0.1x or less: reached", "goal 0.41x or less: NOT REACHED", "not measured",
                 "no goal; more is better"):
        assert part in found, part


@case("any bytes in names are replaced or escaped")
def _(folder):
    root = picture(folder, "odd.svg")
    assert root.find(f"{SVG}title").text == '<&> "\ufffd\ufffd'
    assert "a&b" in texts(root)


@case("the report is JSON with everything in it")
def _(folder):
    report = json.loads((folder / "report.json").read_text())
    ndr, pdr = report["search"]["goals"]
    assert ndr["converged"] and ndr["lower"] <= pdr["lower"] and ndr["width"] <= 0.005
    trial = report["last_trial"]
    assert trial["received"] + trial["lost"] == trial["sent"] <= trial["offered"]
    assert sum(count for _, count in trial["latency"]["slots"]) == trial["latency"]["count"]
    assert report["comparison"]["ratio"] == 12.5 and report["comparison"]["values"] == [[1, 12.5]] * 6
    assert report["memory"]["rss"] == -4096


with tempfile.TemporaryDirectory() as name:
    subprocess.run([sys.argv[1], name], check=True)
    run_all(Path(name))
