"""No text costs more than two seconds and 500 MB to refuse, counted for a whole process that checks it.

Seconds are those of the processor: a machine that has other things to do changes nothing.
"""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.errors.costly import SLOW_TEXTS, TEXTS

SECONDS, MEGABYTES = 2.0, 500


PROGRAM = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEGABYTES * 2**20}, {MEGABYTES * 2**20}))
from resnet_dsl.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Cost(NamedTuple):
    code: int
    seconds: float
    said: str


def cost_of(program: str, arguments: list[str], said: Path) -> Cost:
    """What a process of its own takes that may not have more than MEGABYTES of memory, its output in a file."""
    with said.open("w") as output:
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)]
        command = [sys.executable, "-c", program, *arguments]
        process = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    return Cost(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, said.read_text())


def cost_of_checking(path: Path) -> Cost:
    """`resnet-dsl check` of one file."""
    return cost_of(PROGRAM, ["check", "--format", "json", str(path)], path.with_suffix(".json"))


def test_the_measure_measures(tmp_path: Path) -> None:
    """A network that compiles takes time, and more of it takes more; what needs more memory than is allowed fails."""
    small, large = tmp_path / "small.resnet", tmp_path / "large.resnet"
    for path, count in ((small, 1), (large, 2_000)):
        path.write_text(f"network net {{ input 8x8x3 stage first {{ {count} x basic(3) }} }}\n")
    one, other = (cost_of_checking(path) for path in (small, large))
    assert one.code == other.code == 0
    assert 0.02 < one.seconds < other.seconds
    greedy = PROGRAM.replace("from resnet_dsl", f"bytearray({MEGABYTES * 2**20})\nfrom resnet_dsl")
    assert "MemoryError" in cost_of(greedy, [], tmp_path / "said").said


@pytest.mark.parametrize("name", TEXTS)
def test_a_costly_text_is_refused_cheaply(name: str, tmp_path: Path) -> None:
    code, text = TEXTS[name]
    path = tmp_path / "costly.resnet"
    path.write_text(text)
    cost = cost_of_checking(path)
    assert cost.code == (2 if code == "E0004" else 1)
    assert f'"{code}"' in cost.said
    assert cost.seconds < SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW_TEXTS)
def test_the_worst_texts_are_refused_within_bounds(name: str, tmp_path: Path) -> None:
    code, text = SLOW_TEXTS[name]
    path = tmp_path / "costly.resnet"
    path.write_text(text)
    cost = cost_of_checking(path)
    assert cost.code == 1
    assert f'"{code}"' in cost.said
    assert cost.seconds < 10 * SECONDS


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "picture.resnet"
    path.write_bytes(bytes(range(256)) * 2_000)
    cost = cost_of_checking(path)
    assert cost.code == 2
    assert '"E0005"' in cost.said
    assert cost.seconds < SECONDS


@pytest.mark.slow
def test_ten_thousand_residual_blocks_are_within_the_limits(tmp_path: Path) -> None:
    """Bottlenecks of ten operations each."""
    path = tmp_path / "deep.resnet"
    path.write_text("network deep { input 32x32x3 stage first { 10_000 x bottleneck(4) } expect blocks == 10_000 }\n")
    cost = cost_of_checking(path)
    assert cost.code == 0, cost.said
