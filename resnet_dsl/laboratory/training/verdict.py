"""What a comparison came to: final errors as a table, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from resnet_dsl import tabular
from resnet_dsl.laboratory.training.curves import Curve
from resnet_dsl.laboratory.training.progress import percent
from resnet_dsl.sentences import counted

COLUMNS = ("network", "depth", "parameters", "seeds", "training error", "test error")


@dataclass(frozen=True)
class JudgedEntrant:
    """One network of a comparison. ``params`` is what trains, ``diverged`` how many of its seeds did."""

    curve: Curve
    depth: int
    params: int
    diverged: int = 0

    @property
    def name(self) -> str:
        return self.curve.name

    def final(self, part: str) -> NDArray[np.float64]:
        """Each seed's error in its last epoch, as a fraction, shape (seeds,). ``part``: train, test."""
        return np.asarray([getattr(rows[-1], f"{part}_error") for rows in self.curve.histories])


def mean_and_range(errors: NDArray[np.float64]) -> str:
    """12.3 % (11.9 to 12.8), or the error alone where there is one seed."""
    spread = f" ({100 * errors.min():.1f} to {100 * errors.max():.1f})" if len(errors) > 1 else ""
    return percent(float(errors.mean())) + spread


def markdown(entrants: Sequence[JudgedEntrant]) -> str:
    """The table of final errors, means and ranges over the seeds, as Markdown."""
    rows = [COLUMNS, tuple("---" if column == "network" else "---:" for column in COLUMNS), *map(_cells, entrants)]
    return "".join(f"{tabular.markdown(row)}\n" for row in rows)


def _cells(entrant: JudgedEntrant) -> tuple[str, ...]:
    numbers = (str(entrant.depth), f"{entrant.params:,}", str(len(entrant.curve.histories)))
    return (entrant.name, *numbers, mean_and_range(entrant.final("train")), mean_and_range(entrant.final("test")))


def as_csv(entrants: Sequence[JudgedEntrant]) -> str:
    """The final errors of every seed, as fractions: one row a network and seed."""
    rows = [
        (entrant.name, entrant.depth, entrant.params, seed, *errors)
        for entrant in entrants
        for seed, errors in enumerate(zip(entrant.final("train").tolist(), entrant.final("test").tolist(), strict=True))
    ]
    return tabular.comma_separated([("network", "depth", "params", "seed", "train_error", "test_error"), *rows])


def words(entrants: Sequence[JudgedEntrant]) -> list[str]:
    """The verdict: what depth does to each kind of network, which is best, and what diverged; a sentence each."""
    found = [
        f"{one.name} diverged with {one.diverged} of {counted(len(one.curve.histories), 'seed')}"
        for one in entrants
        if one.diverged
    ]
    for kind in ("plain", "residual"):
        alike = (one for one in entrants if one.curve.residual == (kind == "residual"))
        by_depth = sorted(alike, key=lambda one: one.depth)
        if len({one.depth for one in by_depth}) > 1:
            found.append(_of_depth(kind, by_depth))
    return [*found, _best(entrants)] if len(entrants) > 1 else found


def _of_depth(kind: str, by_depth: Sequence[JudgedEntrant]) -> str:
    """How the training error goes with depth. It is what the paper argues with: it is not overfitting."""
    errors = [one.final("train") for one in by_depth]
    course = ", ".join(
        f"{one.name} {percent(float(error.mean()))}" for one, error in zip(by_depth, errors, strict=True)
    )
    steps = [_change(before, after) for before, after in pairwise(errors)]
    if len(set(steps)) == 1:
        return f"{kind}: training error {steps[0]} with depth: {course}"
    pairs = zip(steps, pairwise(by_depth), strict=True)
    return (
        f"{kind}: training error {'; '.join(f'{step} from {a.name} to {b.name}' for step, (a, b) in pairs)}: {course}"
    )


def _change(before: NDArray[np.float64], after: NDArray[np.float64]) -> str:
    """Clear is a change where every seed of the one lies above every seed of the other: their ranges are apart."""
    seeds = len(before)
    if before.max() < after.min():
        return f"rises in {_every(seeds)}"
    if after.max() < before.min():
        return f"falls in {_every(seeds)}"
    higher, lower = int((after > before).sum()), int((after < before).sum())
    return f"does not clearly change (higher in {higher} of {counted(seeds, 'seed')}, lower in {lower})"


def _every(seeds: int) -> str:
    return "the one seed" if seeds == 1 else f"every one of {seeds} seeds"


def _best(entrants: Sequence[JudgedEntrant]) -> str:
    first, second, *_ = sorted(entrants, key=lambda one: float(one.final("test").mean()))
    clear = first.final("test").max() < second.final("test").min()
    ranges = "the ranges are apart" if clear else "the ranges overlap"
    pair = f"{mean_and_range(first.final('test'))}, then {second.name}, {mean_and_range(second.final('test'))}"
    return f"lowest test error: {first.name}, {pair}" + (f"; {ranges}" if len(first.curve.histories) > 1 else "")
