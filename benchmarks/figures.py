"""Figures beside keras.utils.plot_model, and of deep networks: time, size, boxes. Run: python benchmarks/figures.py

Each line is a process of its own. Times are wall-clock seconds in it, without Python's start and without building the
model (keras) or compiling the spec (ours), which is given apart. plot_model needs `pip install pydot` and a system
Graphviz; it is left out where these are missing. Pages and pixels are those of the file as it comes out.
"""

from __future__ import annotations

import argparse
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

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
HEAD = ("figure", "before (s)", "drawing (s)", "width x height", "file (kB)", "boxes")


def pixels(path: Path) -> str:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return f"{width:,} x {height:,} px"


def draw_ours(name: str, level: str, ending: str, folder: Path) -> dict[str, object]:
    sys.path.insert(0, str(ROOT))
    import resnet_dsl
    from resnet_dsl.targets.figure import figure

    start = perf_counter()
    network = resnet_dsl.load(name).network(name).compiled
    compiled = perf_counter()
    drawn = figure(network, level)
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


def draw_keras(name: str, folder: Path) -> dict[str, object]:
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


def measure(*arguments: str) -> dict[str, object] | None:
    """The result of this script in a process of its own; None where it cannot run."""
    run = subprocess.run([sys.executable, __file__, "--one", *arguments], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    return json.loads(lines[-1]) if run.returncode == 0 and lines else None


def line(title: str, found: dict[str, object] | None) -> str:
    if found is None:
        return f"| {title} | could not run here |" + " |" * (len(HEAD) - 2)
    cells = (title, f"{found['before']:.2f}", f"{found['time']:.2f}", found["size"], f"{found['bytes'] / 1000:,.0f}")
    return "| " + " | ".join(map(str, (*cells, found["boxes"]))) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-keras", action="store_true", help="leave plot_model out")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        with tempfile.TemporaryDirectory() as folder:
            draw = draw_keras if len(options.one) == 1 else draw_ours
            print(json.dumps(draw(*options.one, Path(folder))))
        return
    print("| " + " | ".join(HEAD) + " |\n" + "|---" * len(HEAD) + "|")
    for name, level, ending in OURS:
        print(line(f"{name}, {level} level, {ending}", measure(name, level, ending)), flush=True)
    for name in () if options.no_keras else KERAS:
        print(line(f"keras plot_model of {name}, png", measure(name)), flush=True)


if __name__ == "__main__":
    main()
