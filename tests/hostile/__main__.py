"""Looks for texts that cost more than they may: ``python -m tests.hostile --minutes M --seed S [--into FOLDER]``.

Families of texts are measured with n, 2n and 4n units: what grows faster than the text is told, and so is every text
that takes longer or more memory than it may, ends in a failure of ours, or without a word. Seconds are those of the
processor; a suspect is measured three times beside a text whose cost is known, and the smallest counts. Ends with 1
where something was found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.hostile.growing import Family, family
from tests.hostile.measure import BOUNDS, Bound, Cost, cost, slowness, warm_up
from tests.hostile.mutating import mutated

_FASTER = 3.2  # times the growth from n to 2n that the growth from 2n to 4n may be: 2 is linear, 4 quadratic
_LEAST = 0.6  # seconds below which growth is not judged
_TIMES = 3  # measurements of a suspect
_SOUND, _TRIES = 0.7, 20  # how often a family is to be fine, and families that are tried for it
_WORST = 5  # texts that are told at the end


class Measured(NamedTuple):
    cost: Cost
    command: str
    text: str


class Search:
    """One search: what was measured, and what was found."""

    def __init__(self, seed: int, into: Path, work: Path) -> None:
        self.chance = Random(seed)
        self.into = into
        self.work = work
        self.count = 0
        self.found = 0
        self.measured: list[Measured] = []

    def run(self, seconds: float) -> None:
        """Families and mutations by turns, until the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            command = self.chance.choices([*BOUNDS], [bound.share for bound in BOUNDS.values()])[0]
            if self.chance.random() < 0.6:
                self._family(command)
            else:
                self._judge(command, mutated(self.chance))

    def _family(self, command: str) -> None:
        drawn = self._drawn()
        texts = [drawn.text(times) for times in (1, 2, 4)]
        seconds: list[float] = []
        for text in texts:
            found = self._judge(command, text)
            if found is None or (len(seconds) == 1 and found.seconds < _LEAST / 4):
                return  # however it grows, the largest would take too little to be judged
            seconds.append(found.seconds)
        again = [self._least(command, text).seconds for text in texts] if grows(seconds) else seconds
        if grows(again):
            told = ", ".join(f"{one:.2f}" for one in again)
            self._tell(command, texts[-1], f"grows faster than the text: {told} s")

    def _drawn(self) -> Family:
        """A family; mostly one whose smallest texts are fine, since a mistake ends most of the work."""
        drawn = family(self.chance)
        for _ in range(_TRIES if self.chance.random() < _SOUND else 0):
            if self._cost("check {spec}", drawn._replace(size=2).text(1)).code == 0:
                break
            drawn = family(self.chance)
        return drawn

    def _judge(self, command: str, text: str) -> Cost | None:
        """What a text costs; None where that is a finding."""
        bound = BOUNDS[command]
        self.count += 1
        found = self._cost(command, text)
        if wrong(found, bound):
            found = self._least(command, text)
        self._keep(Measured(found, command, text))
        finding = wrong(found, bound)
        if finding:
            self._tell(command, text, finding)
        return None if finding else found

    def _least(self, command: str, text: str) -> Cost:
        """The smallest of three measurements, each in the seconds of the machine that the bounds are meant for."""
        found = []
        for _ in range(_TIMES):
            slower = slowness(self.work)
            one = self._cost(command, text)
            found.append(one._replace(seconds=one.seconds / slower))
        return min(found, key=_seconds_of)

    def _cost(self, command: str, text: str) -> Cost:
        path = self.work / "hostile.resnet"
        path.write_text(text, encoding="utf-8")
        return cost([word.format(spec=path, folder=self.work) for word in command.split()], self.work)

    def _keep(self, measured: Measured) -> None:
        """The worst few by time and by memory."""
        rows = [*self.measured, measured]
        kept = [sorted(rows, key=key, reverse=True)[:_WORST] for key in (_seconds, _megabytes)]
        self.measured = [one for number, one in enumerate(rows) if any(one is other for row in kept for other in row)]

    def _tell(self, command: str, text: str, finding: str) -> None:
        self.found += 1
        self.into.mkdir(parents=True, exist_ok=True)
        path = self.into / f"{self.found:03}.resnet"
        path.write_text(text, encoding="utf-8")
        print(f"{path}: {command.split(maxsplit=1)[0]}: {finding}", flush=True)

    def report(self) -> Iterator[str]:
        yield f"{self.count:,} texts, {self.found} findings"
        for words, key in (("seconds", _seconds), ("megabytes", _megabytes)):
            yield f"most {words}:"
            for one in sorted(self.measured, key=key, reverse=True)[:_WORST]:
                shown = " ".join(one.text[:70].split())
                yield f"  {key(one):8.2f}  {one.command.split(maxsplit=1)[0]:8} {len(one.text):8,} bytes  {shown}"


def _seconds_of(one: Cost) -> float:
    return one.seconds


def _seconds(one: Measured) -> float:
    return one.cost.seconds


def _megabytes(one: Measured) -> float:
    return one.cost.megabytes


def grows(seconds: list[float]) -> bool:
    """Whether the time grows faster than the text, of n, 2n and 4n units."""
    small, middle, large = seconds
    return large > _LEAST and large - middle > _FASTER * max(middle - small, _LEAST / 10)


def wrong(found: Cost, bound: Bound) -> str:
    """What is wrong with an outcome, "" where nothing is."""
    if found.code not in (0, 1, 2) or "Traceback" in found.said:
        return f"ends with {found.code}: {found.said.strip()[-200:]}"
    if found.code and not found.said.strip():
        return f"ends with {found.code} and no word"
    if found.seconds > bound.seconds:
        return f"takes {found.seconds:.2f} s"
    return f"takes {found.megabytes:.0f} MB" if found.megabytes > bound.megabytes else ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--into", type=Path, default=Path(tempfile.gettempdir()) / "hostile", help="for what is found")
    options = parser.parse_args()
    warm_up()
    with tempfile.TemporaryDirectory() as work:
        search = Search(options.seed, options.into, Path(work))
        search.run(options.minutes * 60)
    print("\n".join(search.report()))
    return 1 if search.found else 0


if __name__ == "__main__":
    sys.exit(main())
