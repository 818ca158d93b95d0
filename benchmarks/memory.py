"""The most memory that a process ever held: building models, ours beside the same by hand.

Run: python benchmarks/memory.py

Each line is a process of its own; what it held is the operating system's figure (maximum resident set size).
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import measuring

_OURS = "import building; model = {}.to_keras()"
_HAND = "import by_hand; model = by_hand.{}"
_COMMAND = "from resnet_dsl.cli import main; main(['{}', 'resnet50'])"
_SHOW = "; import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"

WAYS = {
    "`resnet-dsl check resnet50`": _COMMAND.format("check"),
    "`resnet-dsl summary resnet50`": _COMMAND.format("summary"),
    "`import keras`": "import keras",
    "ResNet-152, `keras.applications`": "import keras; model = keras.applications.ResNet152(weights=None)",
    "ResNet-152, by hand": _HAND.format("imagenet((3, 8, 36, 3))"),
    "ResNet-152, ours": _OURS.format("building.shipped('resnet152')"),
    "ResNet-1202, by hand": _HAND.format("cifar(600)"),
    "ResNet-1202, ours": _OURS.format("building.cifar(600)"),
}


def mebibytes(code: str) -> float:
    """What a process that runs the code held."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    here = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-c", code + _SHOW], capture_output=True, text=True, check=True, cwd=here, env=environment
    )
    return int(run.stdout.split()[-1]) / 1024


def main() -> None:
    held = measuring.medians(
        {name: partial(mebibytes, code) for name, code in WAYS.items()}, measuring.repetitions(__doc__)
    )
    bare = held["`import keras`"]
    rows = [(name, f"{found:,.0f}", f"{found - bare:,.0f}" if "ResNet" in name else "") for name, found in held.items()]
    print(measuring.table(("process", "MiB", "MiB beyond `import keras`"), rows))


if __name__ == "__main__":
    main()
