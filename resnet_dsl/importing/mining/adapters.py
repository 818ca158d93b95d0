"""What the skip connections of a network pass through where shapes differ: a block of the prelude."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from resnet_dsl.importing.mining.expanding import digest_of
from resnet_dsl.importing.mining.probing import Prober
from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.words import call
from resnet_dsl.ir.lengths import channels

AFTER = ("project", "pool_project", "pad", "project_only", "pool_project_only")
"""The prelude's adapters, in the order in which they are tried."""

BEFORE = ("project_only", "pool_project_only", "project", "pool_project", "pad")
"""The same for pre-activation blocks."""


def skips_of(program: Program) -> Iterator[Line]:
    for line in program.lines:
        if line.name == "skip":
            yield line
        elif line.body is not None:
            yield from skips_of(line.body)


def chosen(skips: list[Line], prober: Prober, names: tuple[str, ...]) -> str | None:
    """The adapter that most of these skips have; None where no block of the prelude is it for any."""
    found: Counter[str] = Counter()
    for line in skips:
        found.update(name for name in names if fits(line, prober, name))
    return max(names, key=lambda name: found[name]) if found else None


def fits(line: Line, prober: Prober, name: str) -> bool:
    """Whether an adapter is a call of this block."""
    body = line.body
    assert body is not None
    shown = call(name, {"channels": channels(body.lines[-1].shape), "stride": _stride(body)})
    return prober.digest(body.entries[0], shown) == digest_of(body)


def fits_as_it_is(line: Line) -> bool:
    """Whether a skip that passes through an adapter need not, by its shapes."""
    return line.body is not None and line.body.entries[0] == line.body.lines[-1].shape


def _stride(body: Program) -> int:
    strides = [line.args.get("stride", 1) for line in body.lines] + [
        line.args["kernel"] for line in body.lines if line.name in ("maxpool", "avgpool") and "stride" not in line.args
    ]
    return max((one for one in strides if isinstance(one, int)), default=1)
