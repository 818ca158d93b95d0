"""All measurements of speed, one after the other: ``python benchmarks``; ``--write`` puts them into docs/benchmarks.md.

Within each table the ways take turns, and each number is a median of at least five turns; ratios are what carries over
to other machines. All of it takes most of an hour where nothing else runs. Each section is written as soon as it is
measured, with the day and the versions, and the others stay: ``python benchmarks --write files growth`` measures two.
Each part is a script of its own, too: ``python benchmarks/building.py``.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import measuring

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"

PARTS = {
    "start": "Starting",
    "building": "Building Keras models",
    "files": "Writing `.keras` files",
    "growth": "Growth with the number of blocks",
    "memory": "Memory",
    "running": "Running ResNet-50",
    "training": "Training with grouped convolutions",
    "counting": "Counting",
    "figures": "Figures",
    "editing": "Editing",
}
"""The scripts, in order, with their titles."""

ON_ALL_BACKENDS = frozenset({"building", "running"})

INTRODUCTION = """\
# Speed

What `python benchmarks --write` measures, each section when it says so.

Medians of several turns, the ways of a table taking turns in one run. Times are those of a machine that others share;
ratios are what carries over. That what is fast is also right is proved by `tests/specs/test_ways.py`: the fast and the
plain way of building, and the optimised and the original network, are compared on every network that ships. JAX,
PyTorch, pydot and Graphviz are measured where they are installed.
"""
PACKAGES = ("keras", "tensorflow", "jax", "torch", "onnxruntime", "lark", "pydantic")


def backends(part: str) -> tuple[str, ...]:
    """The backends of Keras that a part is measured on: all that are installed, or TensorFlow."""
    if part not in ON_ALL_BACKENDS:
        return ("tensorflow",)
    return tuple(name for name in ("tensorflow", "jax", "torch") if find_spec(name) is not None)


def measure(part: str, backend: str, repetitions: int) -> str:
    """What a part prints. Raises CalledProcessError where it fails."""
    command = [sys.executable, str(HERE / f"{part}.py"), "--repetitions", str(repetitions)]
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return run.stdout.strip()


def explanation(part: str) -> str:
    """What stands at the head of a part's script, without its first sentence and how to run it."""
    doc = (HERE / f"{part}.py").read_text(encoding="utf-8").split('"""')[1]
    return doc.partition("\n\n")[2].replace(f"Run: python benchmarks/{part}.py\n\n", "").strip()


def section(part: str, repetitions: int) -> str:
    """A part's section of the page, below its title; measures it."""
    tables = [measure(part, backend, repetitions) for backend in backends(part)]
    when = f"{datetime.date.today()}, {repetitions} turns or more, with {measuring.here(*PACKAGES)}."
    return "\n\n".join((explanation(part), textwrap.fill(when, 120), *tables))


def write(title: str, measured: str) -> None:
    """Puts a section into the page, in the place of the one of its title; the others stay."""
    _, *known = PAGE.read_text(encoding="utf-8").split("\n## ")
    sections = dict(one.split("\n\n", 1) for one in known) | {title: measured}
    shown = [f"## {one}\n\n{sections[one].strip()}" for one in PARTS.values() if one in sections]
    PAGE.write_text("\n\n".join((INTRODUCTION.strip(), *shown)) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"of: {', '.join(PARTS)}")
    parser.add_argument(
        "--repetitions", type=int, default=measuring.REPETITIONS, metavar="N", help="turns (default: 5)"
    )
    parser.add_argument("--write", action="store_true", help="write what is measured into docs/benchmarks.md")
    options = parser.parse_args()
    for part in options.parts or PARTS:
        measured = section(part, options.repetitions)
        print(f"## {PARTS[part]}\n\n{measured}\n", flush=True)
        if options.write:
            write(PARTS[part], measured)


if __name__ == "__main__":
    main()
