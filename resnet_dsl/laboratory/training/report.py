"""``report``: what trained networks cost and how well they do, from run folders alone. Without Keras."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from resnet_dsl.analyses.foreign import UnsoundGraphError, read_json
from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.nearest import asked, instead, near_file
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data.limits import expect_regular
from resnet_dsl.laboratory.training import run_folder
from resnet_dsl.laboratory.training.history import DamagedRunError, EpochRecord
from resnet_dsl.laboratory.training.run_folder import MOST_BYTES, Ending, RunFolder
from resnet_dsl.outputs import reads
from resnet_dsl.sentences import counted, first
from resnet_dsl.targets.table.listing import Listed, Listing, ListingColumn, Value, list_networks

_TELLING = ("network", "ir_sha256", "data", "data_sha256", "backend", "recipe")
"""What runs that differ in nothing but the seed have in common."""
_MOST_NAMED = 5
_MOST_FOLDERS = 100_000
_PERCENT = (0.01, "%")
_LEAVE_OUT = "leave this training out, or train it anew: `--restart` of `train` and `compare`"


class ReportedRun(NamedTuple):
    """One training: its folder, what is told of it, and how it ended; None where it is not finished."""

    folder: RunFolder
    told: dict[str, Any]
    outcome: tuple[Ending, list[EpochRecord]] | None


@dataclass(frozen=True)
class Entrant:
    """A network that was trained with some seeds. ``last``: each run's last epoch; ``diverged``: how many did."""

    told: dict[str, Any]
    facts: Facts
    last: tuple[EpochRecord, ...]
    diverged: int

    def errors(self, part: str) -> list[float]:
        """Of each run in its last epoch, a fraction; ``part``: train, test."""
        return [getattr(row, f"{part}_error") for row in self.last]


def report(paths: Sequence[Path], baseline: str | None = None) -> Listing:
    """A row for each network: its counts, its errors over the seeds, how far they are from the baseline's, and marks.

    paths: run folders, and folders in which some lie. Raises Failure where there is none, one is damaged, or no network
    is called as the baseline.
    """
    runs = [_run(path) for path in dict.fromkeys(path.resolve() for path in _found(paths))]
    entrants = [*_entrants(run for run in runs if run.outcome)]
    if not entrants:
        raise Failure("none of these trainings is finished", "train on: the same call of `train` or `compare` goes on")
    named = dict(zip(_names(entrants), entrants, strict=True))
    if baseline is not None and baseline not in named:
        raise Failure(f"no trained network is called `{baseline}`", instead(baseline, named))
    rows = {name: Listed(name, one.facts) for name, one in named.items()}
    counts = list_networks([*rows.values()], None if baseline is None else rows[baseline])
    shown = [named[str(row[0])] for row in counts.rows]
    measured = [_measured(one, None if baseline is None else named[baseline]) for one in shown]
    columns = _columns(baseline is not None)
    return replace(
        counts,
        columns=(*counts.columns, *columns),
        rows=tuple((*row, *more) for row, more in zip(counts.rows, measured, strict=True)),
        notes=(*counts.notes, *_notes(shown, [run for run in runs if not run.outcome])),
    )


def _found(paths: Iterable[Path]) -> Iterator[Path]:
    """The run folders at and below these paths."""
    for path in paths:
        inside = [*_below(path)]
        if not inside:
            near = near_file(str(path))
            remedy = asked(str(path), near) if near else "name run folders, or a folder of them, such as `runs`"
            raise Failure(f"no training lies in {path}", remedy)
        yield from inside


def _below(path: Path) -> Iterator[Path]:
    for number, (place, folders, files) in enumerate(os.walk(path, onerror=_unreadable)):
        folders.sort()
        if number > _MOST_FOLDERS:
            raise Failure(f"{path} holds more than {_MOST_FOLDERS:,} folders", "name the folder of the runs themselves")
        if {"options.json", "network.json"} <= {*files}:
            folders.clear()
            yield Path(place)


def _unreadable(error: OSError) -> None:
    """A folder that cannot be looked into may hold runs, too; one that is not there holds none."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def _run(path: Path) -> ReportedRun:
    folder = RunFolder(path)
    reads(*map(str, (folder.options, folder.ir, folder.history, folder.result)))
    try:
        return ReportedRun(folder, run_folder.read_json(folder.options), folder.told())
    except DamagedRunError as damaged:  # who reports trains nothing
        raise Failure(damaged.lines[0], _LEAVE_OUT) from None


def _entrants(runs: Iterable[ReportedRun]) -> Iterator[Entrant]:
    """Runs that differ in their seeds alone, together. Raises Failure where two do not even differ in these."""
    alike: dict[str, dict[object, ReportedRun]] = {}
    for run in runs:
        own = alike.setdefault(json.dumps([run.told.get(name) for name in _TELLING], sort_keys=True), {})
        seed = json.dumps(run.told.get("seed"))
        if seed in own:
            twice = f"{own[seed].folder.path} and {run.folder.path} hold one training"
            raise Failure(twice, "leave one of them out: it would count as another seed")
        own[seed] = run
    for same in (list(own.values()) for own in alike.values()):
        outcomes = [run.outcome for run in same if run.outcome]
        diverged = sum(ending == "diverged" for ending, _ in outcomes)
        yield Entrant(same[0].told, _facts(same[0].folder.ir), tuple(rows[-1] for _, rows in outcomes), diverged)


def _facts(path: Path) -> Facts:
    """Of the network that was trained. Raises Failure where the file is none."""
    try:
        expect_regular(path)
        if path.stat().st_size > MOST_BYTES:
            raise UnsoundGraphError(f"it has more than {MOST_BYTES // 1024**2} MiB")
        return Facts(*read_json(path.read_text(encoding="utf-8")))
    except (UnsoundGraphError, ValueError) as error:
        raise Failure(f"{path} is damaged: {error}", _LEAVE_OUT) from None


def _names(entrants: Sequence[Entrant]) -> Iterator[str]:
    """Those of the networks; where several have one name, with what their trainings differ in."""
    plain = [str(one.told.get("network")) for one in entrants]
    counts = Counter(plain)
    given: Counter[str] = Counter()
    for name, one in zip(plain, entrants, strict=True):
        alike = [other.told for other, own in zip(entrants, plain, strict=True) if own == name]
        told = f"{name} ({_telling(one.told, alike)})" if counts[name] > 1 else name
        given[told] += 1
        yield told if given[told] == 1 else f"{told} {given[told]}"


def _telling(told: dict[str, Any], alike: Sequence[dict[str, Any]]) -> str:
    flat = [_flat(one) for one in (told, *alike)]
    keys = [key for key, value in flat[0].items() if any(other.get(key) != value for other in flat[1:])]
    return ", ".join(f"{key.replace('_', ' ')} {flat[0][key]}" for key in keys) or "another network"


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    recipe = told.get("recipe")
    return {"data": told.get("data"), "backend": told.get("backend"), **(recipe if isinstance(recipe, dict) else {})}


def _columns(compared: bool) -> tuple[ListingColumn, ...]:
    change = [ListingColumn("Δ test error", "change", _PERCENT, 2)] if compared else []
    errors = (ListingColumn(name, "number", _PERCENT, 2) for name in ("training error", "test error"))
    return (*errors, *change, ListingColumn("range", "words"), ListingColumn("seeds", "number"))


def _measured(one: Entrant, baseline: Entrant | None) -> tuple[Value, ...]:
    train, test = (_mean(one.errors(part)) for part in ("train", "test"))
    values: list[Value] = [_shown(train), _shown(test)]
    if baseline is not None:
        other = _mean(baseline.errors("test"))
        values.append(None if one is baseline else _shown(test - other))
    return (*values, _range(one.errors("test")), len(one.last))


def _mean(errors: Sequence[float]) -> float:
    return sum(errors) / len(errors)


def _shown(error: float) -> Value:
    return error if isfinite(error) else "?"


def _range(errors: Sequence[float]) -> str:
    return f"{100 * min(errors):.2f} to {100 * max(errors):.2f}" if len(errors) > 1 else ""


def _notes(shown: Sequence[Entrant], unfinished: Sequence[ReportedRun]) -> Iterator[str]:
    yield "Errors: of the last epoch, the mean over the seeds; the range is that of the test errors."
    for one in shown:
        if one.diverged:
            yield f"{one.facts.graph.name} diverged with {one.diverged} of {counted(len(one.last), 'seed')}."
    if len({one.told.get("data_sha256") for one in shown}) > 1:
        yield "The networks were trained on different data: " + first(_data(shown), _MOST_NAMED) + "."
    if unfinished:
        yield (
            "Not finished, left out: "
            + first([os.path.relpath(run.folder.path) for run in unfinished], _MOST_NAMED)
            + "."
        )


def _data(shown: Sequence[Entrant]) -> list[str]:
    return [*dict.fromkeys(str(one.told.get("data")) for one in shown)]
