"""PyTorch's networks in a process of their own: importing PyTorch beside TensorFlow can end the process that does.

Both sides of the pipe: ``OfTorch`` asks, and this file, run, answers.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import partial
from typing import Any, Literal, TypeAlias

import measuring

Cores: TypeAlias = Literal["all", "one"]


class OfTorch:
    """One of in_torch.py, as `torch.compile` makes it, on all cores or on one. Raises ImportError without PyTorch."""

    def __init__(self, name: str, cores: Cores = "all") -> None:
        command = [sys.executable, __file__, name, cores]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not self._heard():
            raise ImportError(name)

    def __del__(self) -> None:
        self.process.communicate()  # it ends where nobody can ask any more

    def __call__(self, values: Any) -> Any:
        return self._ask(values)

    def seconds(self) -> float:
        """Of one more turn with the same values: by the clock, on one core those of the processor."""
        return float(self._ask(None))

    def _ask(self, values: Any) -> Any:
        assert self.process.stdin is not None
        pickle.dump(values, self.process.stdin)
        self.process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self.process.stdout is not None
        return pickle.load(self.process.stdout)


def serve(name: str, cores: str) -> None:
    """Says whether there is PyTorch; then answers values with results, and None with the time of the same."""
    try:
        import in_torch
    except ImportError:
        say(False)
        return
    if cores == "one":
        in_torch.torch.set_num_threads(1)
    timed = measuring.cpu if cores == "one" else measuring.wall
    module = in_torch.made(name)
    say(True)
    values = None
    while True:
        try:
            asked = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        values = values if asked is None else asked
        run = partial(in_torch.run, module, values)
        say(timed(run) if asked is None else run())


def say(what: Any) -> None:
    pickle.dump(what, sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve(*sys.argv[1:])
