"""What a text costs: each is run in a process of its own, with limits that a bomb cannot break."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from resnet_dsl.cli import main


class Bound(NamedTuple):
    """What a command may take of the processor and of memory, for any text; ``share``: how often it is tried."""

    seconds: float
    megabytes: float
    share: int


BOUNDS = {
    "check {spec}": Bound(2.5, 500, 70),
    "summary {spec}": Bound(5, 500, 6),
    "fmt --check {spec}": Bound(5, 500, 6),
    "signal {spec}": Bound(20, 1200, 4),
    "draw -o {folder}/figure.svg {spec}": Bound(10, 800, 5),
    "draw -o {folder}/figure.dot {spec}": Bound(10, 800, 3),
    "table {spec}": Bound(5, 500, 2),
    "diff {spec} {spec}": Bound(10, 600, 2),
    "paths {spec}": Bound(10, 600, 2),
}
"""As docs/language.md says them, under its limits."""

_MOST_SECONDS, _MOST_BYTES = 30, 2 * 2**30  # for one process: behind them nothing is measured, and the text has failed


class Cost(NamedTuple):
    """code: the exit code, negative where the system ended the process. Seconds are those of the processor."""

    code: int
    seconds: float
    megabytes: float
    said: str


def cost(command: Sequence[str], folder: Path) -> Cost:
    """A command of `resnet-dsl`, run in a fork of this process, in which the compiler is loaded already."""
    said = folder / "said"
    process = os.fork()
    if process == 0:
        os._exit(_run(command, said))
    _, status, usage = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    return Cost(code, seconds, usage.ru_maxrss / 1024, said.read_text(encoding="utf-8", errors="replace"))


YARDSTICK = "network net { input 32x32x3 stage first { 17_000 x basic(16) } }\n"
YARDSTICK_SECONDS = 1.8
"""What `check` takes for the yardstick where the bounds were measured, with nothing else running."""


def slowness(folder: Path) -> float:
    """How many times slower than that this machine is now, at least 1: others may be at work on it."""
    path = folder / "yardstick.resnet"
    path.write_text(YARDSTICK, encoding="utf-8")
    return max(1.0, cost(["check", str(path)], folder).seconds / YARDSTICK_SECONDS)


def _run(command: Sequence[str], said: Path) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    with said.open("w", encoding="utf-8") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        try:
            return main(command)
        except BaseException as error:  # what ends a process otherwise is the finding
            print(f"Traceback: {error!r}")
            return 3
        finally:
            _flush()


def _flush() -> None:
    import sys

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


def warm_up() -> None:
    """Loads what the commands load, so that what is measured is the text."""
    import importlib

    for name in ("check", "summary", "fmt", "signal", "draw", "table", "diff", "paths"):
        importlib.import_module(f"resnet_dsl.cli.commands.{name}")
    for name in ("diagnostics.draw", "syntax.slips", "ir.graph", "laboratory.signal.propagate", "targets.figure"):
        importlib.import_module(f"resnet_dsl.{name}")
