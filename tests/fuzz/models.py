"""Mutated files of models: each must be read, or refused with what is wrong.

``python -m tests.fuzz.models --count 12000 --seed 0`` says how many were which, and what they took. Bytes, entries of
archives, fields of JSON and parts of HDF5 are changed. HDF5's library may end a process or keep it for ever, so each
batch runs in a process of its own; what ended one, or took too long, is read once more as users read it.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import os
import random
import resource
import signal
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

from resnet_dsl.analyses.foreign import UnsoundGraphError, read_json
from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.weights import read_graph_json, read_weights
from resnet_dsl.weights.worker import answer
from tests.fuzz.memory import limit_memory

FIXTURES = Path(__file__).parents[1] / "fixtures" / "0.1.0"
BATCH = 100
SECONDS = 10
MEMORY = 2 * 2**30
_FINE = ("read", "refused", "refused while reading arrays")

_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 10**9, 10**20, 1.5, 1e300, "", "x", "half", "../x", "\x1b", [], [0], [[1, 2]], {}, {"a": 1},
)  # fmt: skip


class Mutant(NamedTuple):
    """A changed file. ``kind``: of the file; ``part``: what is read of it."""

    kind: str
    part: str
    content: bytes


def mutant(seed: int) -> Mutant:
    """The same seed gives the same file."""
    chance = random.Random(seed)
    kind = chance.choice(["archive", "archive", "weights", "older", "graph"])
    return _MUTATE[kind](chance)


def _bytes(content: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, filled or copied from elsewhere; now and then cut off."""
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        place, length = chance.randrange(len(changed)), chance.choice([1, 1, 1, 2, 4, 8, 60])
        source = chance.randrange(len(changed))
        changed[place : place + length] = chance.choice(
            [bytes(length), b"\xff" * length, chance.randbytes(length), bytes(changed[source : source + length])]
        )
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.05 else changed)


def _places(data: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from _places(data[key], (*path, key))


def _json(content: bytes, chance: random.Random) -> bytes:
    """One or a few values replaced, taken out, or put at another place."""
    if chance.random() < 0.2:
        return _bytes(content, chance)
    data = json.loads(content)
    for _ in range(chance.choice([1, 1, 2, 4])):
        *way, last = chance.choice(list(_places(data)))
        inside = data
        for key in way:
            inside = inside[key]
        if chance.random() < 0.2:
            del inside[last]
        else:
            inside[last] = copy.deepcopy(chance.choice(_VALUES))
        if not data:
            break
    return json.dumps(data).encode()


def _hdf5(content: bytes, chance: random.Random) -> bytes:
    """A part taken out, moved, linked or made otherwise, by the library; or bytes changed."""
    if chance.random() < 0.7:
        return _bytes(content, chance)
    file = io.BytesIO(content)
    with h5py.File(file, "r+") as opened:
        found: list[str] = []
        opened.visit(found.append)
        place, other = chance.choice(found), chance.choice(found)
        with suppress(KeyError, ValueError, RuntimeError):  # of a part that was inside another that is gone
            _CHANGES[chance.randrange(len(_CHANGES))](opened, place, other)
    return file.getvalue()


def _reshape(file: Any, place: str, other: str) -> None:
    del file[place]
    file.create_dataset(place, (10**6, 10**3), "f4", chunks=(1000, 10))


def _retype(file: Any, place: str, other: str) -> None:
    del file[place]
    file[place] = np.zeros(3, random.Random(place).choice(["i4", "f2", "f8", "S3", "?", "c8"]))


def _link(file: Any, place: str, other: str) -> None:
    del file[place]
    file[place] = h5py.SoftLink(f"/{other}")


def _link_outside(file: Any, place: str, other: str) -> None:
    del file[place]
    file[place] = h5py.ExternalLink("/etc/hostname", "/")


def _alias(file: Any, place: str, other: str) -> None:
    if not other.startswith(place):
        del file[place]
        file[place] = file[other]
    else:
        file[f"{other}_again"] = file[place] if isinstance(file[place], h5py.Group) else file[other]


def _rename(file: Any, place: str, other: str) -> None:
    file.attrs["name"] = place
    file[place].attrs["name"] = random.Random(place).choice(["", "stem_conv", "\x1b[2J", "x" * 3000])


_CHANGES: tuple[Callable[[Any, str, str], None], ...] = (
    lambda file, place, other: file.__delitem__(place), _reshape, _retype, _link, _link_outside, _alias, _rename,
)  # fmt: skip


def _archive(chance: random.Random) -> Mutant:
    content = (FIXTURES / chance.choice(["small.keras", "own.keras", "optimized.keras"])).read_bytes()
    part = chance.choice(["weights", "graph"])
    if chance.random() < 0.3:
        return Mutant("archive", part, _bytes(content, chance))
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        entries = {name: whole.read(name) for name in whole.namelist()}
    return Mutant("archive", part, _rezipped(entries, chance))


def _rezipped(entries: dict[str, bytes], chance: random.Random) -> bytes:
    """The archive with an entry changed, taken out, doubled, or under another name."""
    name = chance.choice(list(entries))
    what = chance.choice(["inside", "inside", "inside", "out", "name", "kind"])
    if what == "out":
        del entries[name]
    elif what == "name":
        entries[chance.choice(["../x", "/x", "config.json", "model.weights.h5", "x"])] = entries.pop(name)
    elif what == "inside":
        entries[name] = (_hdf5 if name.endswith(".h5") else _json)(entries[name], chance)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", chance.choice([0, 8, 12, 14]) if what == "kind" else zipfile.ZIP_DEFLATED) as out:
        for entry, data in entries.items():
            out.writestr(entry, data)
    return file.getvalue()


def _older_file() -> bytes:
    """The older layout, of the arrays of a newer file."""
    file = io.BytesIO()
    with h5py.File(FIXTURES / "own.weights.h5") as new, h5py.File(file, "w") as old:
        layers = {str(one["vars"].attrs["name"]): one["vars"] for one in new["layers"].values()}
        old.attrs["layer_names"] = [name.encode() for name in layers]
        for name, variables in layers.items():
            group = old.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{key}".encode() for key in variables] or np.array([], "S1")
            for key, array in variables.items():
                group[f"{name}/{key}"] = array[()]
    return file.getvalue()


_OLDER = _older_file()
_MUTATE: dict[str, Callable[[random.Random], Mutant]] = {
    "archive": _archive,
    "weights": lambda chance: Mutant("weights", "weights", _hdf5((FIXTURES / "own.weights.h5").read_bytes(), chance)),
    "older": lambda chance: Mutant("older", "weights", _hdf5(_OLDER, chance)),
    "graph": lambda chance: Mutant("graph", "json", _json((FIXTURES / "own.ir.json").read_bytes(), chance)),
}


def outcome(one: Mutant, path: Path) -> str:
    """``read`` or ``refused``, in this process; what else is raised is a finding, but for damaged arrays."""
    if one.part == "json":
        return _graph_outcome(one.content.decode("utf-8", "replace"))
    path.write_bytes(one.content)
    out = io.BytesIO()
    with open(path, "rb") as file:
        try:
            answer(file, one.part, out)
        except OSError:
            return "refused while reading arrays"
    said = json.loads(out.getvalue().split(b"\n", 1)[0])
    if "damaged" in said:
        return "refused"
    return _graph_outcome(said["graph"]) if said.get("graph") else "read"


def _graph_outcome(text: str) -> str:
    try:
        lower(*read_json(text))
    except (UnsoundGraphError, Failure):
        return "refused"
    return "read"


class Report(NamedTuple):
    """``counts`` by kind and outcome; ``found`` has the seeds whose outcome is wrong; memory in MiB."""

    counts: Counter[str]
    found: list[str]
    memory: int


def run(seeds: range) -> Report:
    """All seeds, in batches."""
    counts: Counter[str] = Counter()
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        pending = list(seeds)
        while pending:
            done = _batch(pending[:BATCH], path)
            for seed, said in done:
                one = mutant(seed)
                final = said if said in _FINE else _once_more(one, path, said)
                counts[f"{one.kind}: {final}"] += 1
                if final != "read" and not final.startswith("refused"):
                    found.append(f"seed {seed} ({one.kind}): {final}")
            pending = pending[len(done) :]
    return Report(counts, found, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)


def _batch(seeds: list[int], path: Path) -> list[tuple[int, str]]:
    """(seed, outcome) of the first seeds, up to the one that ended the process."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        _work(seeds, path, send)
    os.close(send)
    with os.fdopen(receive) as stream:
        said = [line.rstrip("\n") for line in stream]
    _, status = os.waitpid(child, 0)
    done = list(zip(seeds, said, strict=False))
    return done if status == 0 else [*done, (seeds[len(done)], f"the process ended by signal {status & 127}")]


def _work(seeds: list[int], path: Path, send: int) -> None:
    """In the child: an outcome a line."""
    limit_memory(MEMORY)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for seed in seeds:
        signal.alarm(SECONDS)
        try:
            said = outcome(mutant(seed), path)
        except BaseException as wrong:
            said = f"{type(wrong).__name__}: {str(wrong)[:80]!r}"
        os.write(send, f"{said}\n".encode())
    os._exit(0)


def _once_more(one: Mutant, path: Path, said: str) -> str:
    """As users read it: in a process of its own."""
    if one.part == "json" or not said.startswith("the process ended"):
        return said
    path.write_bytes(one.content)
    try:
        (read_weights if one.part == "weights" else read_graph_json)(path)
    except Failure:
        return f"refused, where {said}"
    return f"read, where {said}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    report = run(range(options.seed, options.seed + options.count))
    for outcome, count in sorted(report.counts.items()):
        print(f"{count:7,}  {outcome}")
    print(f"largest process: {report.memory:,} MiB")
    print(*(report.found or ["nothing found"]), sep="\n")


if __name__ == "__main__":
    main()
