"""Figures beside keras.utils.plot_model, and of deep networks: time, size, boxes. Run: python benchmarks/figures.py

Each line is a process of its own. Times are wall-clock seconds in it, without Python's start and without building the
model (keras) or compiling the spec (ours), which is given apart. plot_model needs `pip install pydot` and a system
Graphviz; it is left out where these are missing. Pages and pixels are those of the file as it comes out.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypeAlias

import measuring

ROOT = Path(__file__).resolve().parent.parent
OURS = (
    ("resnet50", "stage", "png"),
    ("resnet50", "block", "png"),
    ("resnet50", "layer", "svg"),
    ("resnet152", "stage", "png"),
    ("resnet152", "block", "png"),
    ("resnet152", "layer", "svg"),
    ("cifar_resnet1202", "stage", "svg"),
    ("cifar_resnet1202", "block", "svg"),
)
KERAS = ("ResNet50", "ResNet152")
Drawn: TypeAlias = dict[str, Any]
HEAD = ("figure", "before (s)", "drawing (s)", "width x height", "file (kB)", "boxes")


def pixels(path: Path) -> str:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return f"{width:,} x {height:,} px"


def draw_ours(name: str, level: str, ending: str, folder: Path) -> Drawn:
    sys.path.insert(0, str(ROOT))
    import resnet_dsl
    from resnet_dsl.targets.figure import figure

    start = perf_counter()
    network = resnet_dsl.load(name).network(name).compiled
    compiled = perf_counter()
    drawn = figure(network.facts, level)
    path = drawn.save(folder / f"{name}.{ending}")
    end = perf_counter()
    across = f"{drawn.geometry.width:,.0f} x {drawn.geometry.height:,.0f} pt"
    boxes = sum(box.shape in {"round", "circle", "pill"} for box in drawn.geometry.boxes)
    size = pixels(path) if ending == "png" else across
    return {
        "before": compiled - start,
        "time": end - compiled,
        "size": size,
        "bytes": path.stat().st_size,
        "boxes": boxes,
    }


def draw_keras(name: str, folder: Path) -> Drawn:
    import keras

    start = perf_counter()
    model = getattr(keras.applications, name)(weights=None)
    built = perf_counter()
    path = folder / "model.png"
    keras.utils.plot_model(model, to_file=str(path), show_shapes=True)
    end = perf_counter()
    boxes = len(model.layers)
    return {
        "before": built - start,
        "time": end - built,
        "size": pixels(path),
        "bytes": path.stat().st_size,
        "boxes": boxes,
    }


def measure(arguments: Sequence[str]) -> Drawn | None:
    """The result of this script in a process of its own; None where it cannot run."""
    run = subprocess.run([sys.executable, __file__, "--one", *arguments], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    return json.loads(lines[-1]) if run.returncode == 0 and lines else None


def row(title: str, found: list[Drawn | None]) -> tuple[object, ...]:
    drawn = [one for one in found if one is not None]
    if not drawn:
        return (title, "could not run here", *[""] * (len(HEAD) - 2))
    before, time = (f"{median(float(one[key]) for one in drawn):.2f}" for key in ("before", "time"))
    last = drawn[-1]
    return title, before, time, last["size"], f"{int(last['bytes']) / 1000:,.0f}", last["boxes"]


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        with tempfile.TemporaryDirectory() as folder:
            draw = draw_keras if len(sys.argv) == 3 else draw_ours
            print(json.dumps(draw(*sys.argv[2:], Path(folder))))
        return
    ways = {f"{name}, {level} level, {ending}": (name, level, ending) for name, level, ending in OURS}
    ways |= {f"`plot_model` of {name}, png": (name,) for name in KERAS}
    found: dict[str, list[Drawn | None]] = {title: [] for title in ways}
    for _ in range(measuring.repetitions(__doc__)):
        for title, arguments in ways.items():
            found[title].append(measure(arguments))
    print(measuring.table(HEAD, [row(title, drawn) for title, drawn in found.items()]))


if __name__ == "__main__":
    main()
