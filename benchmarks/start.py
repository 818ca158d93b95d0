"""How long a cold `resnet-dsl check resnet50` takes, and `list`, beside others. Run: python benchmarks/start.py

Each command is a process of its own, Python's start included. Processor time (user and system) of the process.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from functools import partial

import measuring

BARE = '`python -c "import lark, pydantic"`'
COMMANDS = {
    "`python -c pass`": ["-c", "pass"],
    BARE: ["-c", "import lark, pydantic"],
    "`resnet-dsl check resnet50`": ["-m", "resnet_dsl", "check", "resnet50"],
    "`resnet-dsl summary resnet50`": ["-m", "resnet_dsl", "summary", "resnet50"],
    "`resnet-dsl list`": ["-m", "resnet_dsl", "list"],
    "`import keras`": ["-c", "import keras"],
    "`keras.applications.ResNet50`": ["-c", "import keras; keras.applications.ResNet50(weights=None)"],
}


def seconds(arguments: Sequence[str]) -> float:
    """The processor time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # With PYTHONDONTWRITEBYTECODE nothing compiled is kept, and every start would compile everything anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    ways = {name: partial(seconds, arguments) for name, arguments in COMMANDS.items()}
    measuring.medians(ways, 1)  # not counted: it fills the caches
    taken = measuring.medians(ways, repetitions)
    rows = [(name, f"{1000 * found:,.0f}", measuring.times(found / taken[BARE])) for name, found in taken.items()]
    print(measuring.table(("cold process", "ms", "times bare import"), rows))


if __name__ == "__main__":
    main()
