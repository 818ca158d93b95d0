"""A program with its blocks written out, and a digest of what it computes."""

from __future__ import annotations

from functools import lru_cache

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.normal import digest
from resnet_dsl.importing.words import Args
from resnet_dsl.ir.operations import OPERATIONS


def digest_of(program: Program, *, noise: bool = True) -> bytes:
    """Equal where two programs compute alike, whatever their blocks are called. ``noise``: whether it counts."""
    return _digests(program, tuple(digest("in", one) for one in range(len(program.entries))), noise)


def _digests(program: Program, entering: tuple[bytes, ...], noise: bool) -> bytes:
    found = [*entering]
    for line in program.lines:
        read = tuple(found[one] for one in line.reads)
        found.append(_line(line, read, noise))
    return found[program.end]


def _line(line: Line, read: tuple[bytes, ...], noise: bool) -> bytes:
    if line.name == "skip":
        other = read[1:] if line.body is None else (_digests(line.body, read[1:], noise),)
        return _merged(str(line.args.get("by", "add")), {}, (read[0], *other))
    if line.body is not None:
        return _digests(line.body, read, noise)
    if not noise and OPERATIONS[line.name].role == "noise":
        return read[0]
    return _merged(line.name, line.args, read)


def _merged(name: str, args: Args, read: tuple[bytes, ...]) -> bytes:
    commutes = OPERATIONS[name].merge in ("sum", "product")
    return digest(name, sorted(args.items()), sorted(read) if commutes else read)


@lru_cache(maxsize=4096)
def kept_digest(program: Program) -> bytes:
    """The digest without noise, worked out once."""
    return digest_of(program, noise=False)
