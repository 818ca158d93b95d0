"""No text costs more than two seconds and 500 MB to check, counted for a whole process that checks it.

Seconds are those of the processor, beside those that a text takes whose cost is known: a machine that is slower, or has
other things to do, changes nothing.
"""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.errors.costly import NETWORK, SLOW_TEXTS, SOUND_TEXTS, TEXTS, UNPREDICTABLE
from tests.hostile.measure import YARDSTICK, YARDSTICK_SECONDS

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


@pytest.fixture(scope="module")
def seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """What this machine may take now."""
    path = tmp_path_factory.mktemp("yardstick") / "yardstick.resnet"
    path.write_text(YARDSTICK)
    return SECONDS * max(1.0, cost_of_checking(path).seconds / YARDSTICK_SECONDS)


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
def test_a_costly_text_is_refused_cheaply(name: str, tmp_path: Path, seconds: float) -> None:
    code, text = TEXTS[name]
    path = tmp_path / "costly.resnet"
    path.write_text(text)
    cost = cost_of_checking(path)
    assert cost.code == (2 if code == "E0004" else 1)
    assert f'"{code}"' in cost.said
    assert cost.seconds < seconds


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW_TEXTS)
def test_the_worst_texts_are_refused_within_bounds(name: str, tmp_path: Path, seconds: float) -> None:
    code, text = SLOW_TEXTS[name]
    path = tmp_path / "costly.resnet"
    path.write_text(text)
    cost = cost_of_checking(path)
    assert cost.code == 1
    assert f'"{code}"' in cost.said
    assert cost.seconds < 1.5 * seconds


@pytest.mark.parametrize("name", SOUND_TEXTS)
def test_a_long_text_is_checked_in_time(name: str, tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "long.resnet"
    path.write_text(SOUND_TEXTS[name])
    cost = cost_of_checking(path)
    assert cost.code == 0, cost.said[:1_000]
    assert cost.seconds < seconds


@pytest.mark.parametrize("name", UNPREDICTABLE)
def test_what_takes_too_long_to_predict_is_said(name: str, tmp_path: Path) -> None:
    """NumPy sets more memory aside than it uses, and the prediction has a bound of its own."""
    path = tmp_path / "unpredictable.resnet"
    path.write_text(NETWORK.format(UNPREDICTABLE[name]))
    program = PROGRAM.replace(str(MEGABYTES * 2**20), str(2**32))
    cost = cost_of(program, ["check", "--signal", str(path)], tmp_path / "said")
    assert cost.code == 0, cost.said
    assert "no signal is predicted for net" in cost.said
    assert cost.seconds < 20


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
