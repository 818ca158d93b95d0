"""A program with its blocks written out, and a digest of what it computes."""

from __future__ import annotations

from functools import lru_cache

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.normal import digest
from resnet_dsl.importing.words import Args
from resnet_dsl.ir.operations import OPERATIONS


@lru_cache(maxsize=4096)
def digest_of(program: Program) -> bytes:
    """Equal where two programs compute alike, whatever their blocks are called; the slot `drop` counts for nothing."""
    return _digests(program, tuple(digest("in", one) for one in range(len(program.entries))))


def _digests(program: Program, entering: tuple[bytes, ...]) -> bytes:
    found = [*entering]
    for line in program.lines:
        found.append(_line(line, tuple(found[one] for one in line.reads)))
    return found[program.end]


def _line(line: Line, read: tuple[bytes, ...]) -> bytes:
    if line.name == "skip":
        other = read[1:] if line.body is None else (_digests(line.body, read[1:]),)
        return _merged(str(line.args.get("by", "add")), {}, (read[0], *other))
    if line.name == "drop":
        return read[0]
    return _merged(line.name, line.args, read) if line.body is None else _digests(line.body, read)


def _merged(name: str, args: Args, read: tuple[bytes, ...]) -> bytes:
    commutes = OPERATIONS[name].merge in ("sum", "product")
    return digest(name, sorted(args.items()), sorted(read) if commutes else read)
