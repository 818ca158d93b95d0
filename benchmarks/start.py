"""How long a cold `resnet-dsl check resnet50` takes, beside what it is compared with. Run: python benchmarks/start.py

Each command is a process of its own, Python's start included; the commands take turns, so that what else the machine
does hits all alike. Times are processor time (user and system) of the process; ratios are what carries over.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
from importlib.metadata import version

BARE = "bare `import lark, pydantic`"
COMMANDS = {
    "python": ["-c", "pass"],
    BARE: ["-c", "import lark, pydantic"],
    "resnet-dsl check resnet50": ["-m", "resnet_dsl", "check", "resnet50"],
    "resnet-dsl summary resnet50": ["-m", "resnet_dsl", "summary", "resnet50"],
    "import keras": ["-c", "import keras"],
    "keras.applications.ResNet50": ["-c", "import keras; keras.applications.ResNet50(weights=None)"],
}
SLOW = ("import keras", "keras.applications.ResNet50")


def seconds(arguments: list[str]) -> float:
    """The processor time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # With PYTHONDONTWRITEBYTECODE nothing compiled is kept, and every start would compile everything anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(rounds: int) -> dict[str, float]:
    """The median of each command over some rounds, after one that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            if name in SLOW and number > 5:
                continue
            taken = seconds(arguments)
            if number:
                times[name].append(taken)
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="how often each command runs (default: 15)")
    medians = measure(parser.parse_args().rounds)
    print(
        f"Python {platform.python_version()}, {', '.join(f'{p} {version(p)}' for p in ('lark', 'pydantic', 'keras'))}"
    )
    print(f"{'':<30}{'ms':>9}{'/ bare':>9}")
    for name, taken in medians.items():
        print(f"{name:<30}{taken * 1e3:>9.1f}{taken / medians[BARE]:>9.2f}")


if __name__ == "__main__":
    main()
