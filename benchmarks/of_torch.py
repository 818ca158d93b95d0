"""Networks of torchvision in a process of their own: importing PyTorch beside TensorFlow can end the process that does.

Both sides of the pipe: ``OfTorch`` asks, and this file, run, answers.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import partial
from typing import Any

import measuring


class OfTorch:
    """One of its networks, with random weights, as `torch.compile` makes it. Raises ImportError where there is none."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen([sys.executable, __file__, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not self._heard():
            raise ImportError(name)

    def __call__(self, values: Any) -> Any:
        return self._ask(values)

    def seconds(self) -> float:
        """Of one more turn with the same values, by that process' clock."""
        return float(self._ask(None))

    def _ask(self, values: Any) -> Any:
        assert self.process.stdin is not None
        pickle.dump(values, self.process.stdin)
        self.process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self.process.stdout is not None
        return pickle.load(self.process.stdout)


def serve(name: str) -> None:
    """Says whether there is such a network; then answers values with results, and None with the time of the same."""
    try:
        import torch
        import torchvision

        module = torch.compile(getattr(torchvision.models, name)(weights=None).eval())
    except (ImportError, AttributeError):
        say(False)
        return
    say(True)

    def run(values: Any) -> Any:
        with torch.inference_mode():
            return module(torch.from_numpy(values.transpose(0, 3, 1, 2).copy())).numpy()

    values = None
    while True:
        try:
            asked = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        values = values if asked is None else asked
        say(measuring.wall(partial(run, values)) if asked is None else run(values))


def say(what: Any) -> None:
    pickle.dump(what, sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
