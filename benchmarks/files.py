"""Writing `.keras` files: without Keras, and by it.

Run: python benchmarks/files.py

Whole processes of `resnet-dsl compile --quiet`, Python's start included: processor time (user and system), and the most
memory that each held. Beside it the same command, which builds the model with Keras, the fast way, and has Keras save
it, as it was done before; both files hold the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import measuring

_DEEP = "network deep { input 32x32x3 stem { conv(16, 3) } stage s { BLOCKS x basic(16) } head { avgpool(global) } }"
_BY_KERAS = "from resnet_dsl.targets.keras import writing; writing._needs_no_keras = lambda request: False; "
_COMMAND = "import sys; from resnet_dsl.cli import main; sys.exit(main(sys.argv[1:]))"

NETWORKS = {
    "ResNet-50": "resnet50",
    "ResNet-152": "resnet152",
    "CIFAR ResNet-1202": "cifar_resnet1202",
    "999 basic blocks": 999,
}


def cost(program: str, spec: str, folder: str) -> tuple[float, float]:
    """(seconds of processor time, MiB) of one process that compiles a network."""
    arguments = ["compile", spec, "--quiet", "--force", "--seed", "0", "-o", f"{folder}/out.keras"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    process = os.posix_spawn(
        sys.executable, [sys.executable, "-c", program, *arguments], environment, file_actions=silent
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"compiling {spec} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def spec_of(network: str | int, folder: str) -> str:
    """A shipped network's name, or a file of so many blocks."""
    if isinstance(network, str):
        return network
    path = Path(folder, f"deep{network}.resnet")
    path.write_text(_DEEP.replace("BLOCKS", str(network)), encoding="utf-8")
    return str(path)


def row(name: str, spec: str, folder: str, repetitions: int) -> Sequence[str]:
    """The medians of both ways in both costs, and their ratios."""
    held: dict[str, list[float]] = {"ours": [], "keras": []}

    def seconds(way: str, program: str) -> float:
        taken, memory = cost(program, spec, folder)
        held[way].append(memory)
        return taken

    ways = {"ours": partial(seconds, "ours", _COMMAND), "keras": partial(seconds, "keras", _BY_KERAS + _COMMAND)}
    taken = measuring.medians(ways, repetitions)
    ours, keras = max(held["ours"]), max(held["keras"])
    clock = (f"{taken['keras']:.2f}", f"{taken['ours']:.2f}", measuring.times(taken["keras"] / taken["ours"]))
    return (name, *clock, f"{keras:,.0f}", f"{ours:,.0f}", measuring.times(keras / ours))


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    head = ("whole process", "by Keras (s)", "ours (s)", "ratio", "by Keras (MiB)", "ours (MiB)", "ratio")
    with TemporaryDirectory() as folder:
        cost(_COMMAND, "resnet18", folder)  # not counted: it fills the caches
        rows = [row(name, spec_of(network, folder), folder, repetitions) for name, network in NETWORKS.items()]
        seconds, memory = cost(_COMMAND, spec_of(9_999, folder), folder)
    rows.append(("9,999 basic blocks", "", f"{seconds:.2f}", "", "", f"{memory:,.0f}", ""))
    print(measuring.table(head, rows))


if __name__ == "__main__":
    main()
