"""What the benchmarks share: ways that take turns, medians of what they cost, and tables of them in Markdown."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from statistics import median

REPETITIONS = 5


def cpu(action: Callable[[], object]) -> float:
    """Seconds of processor time that an action takes in this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


def wall(action: Callable[[], object]) -> float:
    """Seconds by the clock that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def medians(ways: Mapping[str, Callable[[], float]], repetitions: int) -> dict[str, float]:
    """The median cost of each way. They take turns, so that what else the machine does hits all alike."""
    costs: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repetitions):
        for name, cost in ways.items():
            costs[name].append(cost())
    return {name: median(found) for name, found in costs.items()}


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown: the first column left, the others right."""
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|---" + "|---:" * (len(names) - 1) + "|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def times(ratio: float) -> str:
    """A ratio as it is written: ``12.3``, ``0.84``, ``1,460``."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 2 else f"{ratio:.2f}"


def here(*packages: str) -> str:
    """The machine and the versions of what was measured."""
    found = []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} is not installed")
    return f"Python {platform.python_version()}, {', '.join(found)}; {platform.machine()}, {os.cpu_count()} cores"


def repetitions(description: str | None) -> int:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--repetitions", type=int, default=REPETITIONS, metavar="N", help=f"turns of each way (default: {REPETITIONS})"
    )
    return int(parser.parse_args().repetitions)
