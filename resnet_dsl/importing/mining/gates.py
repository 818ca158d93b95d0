"""Gates that are the prelude's: squeeze and excitation, ECA, CBAM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from resnet_dsl.importing.mining.expanding import digest_of
from resnet_dsl.importing.mining.probing import Prober
from resnet_dsl.importing.mining.program import Line, Program, rebuilt
from resnet_dsl.importing.mining.regions import JOINT
from resnet_dsl.importing.words import Args, Bare, call
from resnet_dsl.ir.lengths import channels

GATES = ("se", "eca", "cbam")
"""The prelude's."""

Call = tuple[str, tuple[tuple[str, object], ...]]


class Gates:
    """Finds calls for gates: the one that all of the network's gates may be, else the one that says its own numbers.

    From numbers it is found how they follow from the block's, where they do.
    """

    def __init__(self, prober: Prober, program: Program) -> None:
        self.prober = prober
        self.program = program
        self._calls: dict[tuple[bytes, object], list[Call]] = {}
        gates = [*_gates(program)]
        counts = Counter(one for gate in gates for one in self._possible(gate))
        known = sum(1 for gate in gates if self._possible(gate))
        self._common = {one for one, count in counts.items() if count == known}

    def everywhere(self) -> Program:
        """The program with the calls of its gates in their place."""
        return self._named(self.program)

    def _named(self, body: Program) -> Program:
        lines: dict[int, Line] = dict(body.values())
        for value, line in [*lines.items()]:
            if line.name != JOINT or line.body is None:
                continue
            inner = Line(JOINT, {}, line.reads, line.shape, line.nodes, self._named(line.body))
            lines[value] = self._pair(lines, line) or self._alone(inner)
        return rebuilt(body, [*lines.items()])

    def _alone(self, line: Line) -> Line:
        if not is_gate(line):
            return line
        possible = self._possible(line)
        if not possible:
            return line
        name, args = next((one for one in possible if one in self._common), possible[-1])
        return line.renamed(name, dict(args))

    def _pair(self, lines: dict[int, Line], line: Line) -> Line | None:
        """CBAM is two gates, one behind the other."""
        first = lines.get(line.reads[0])
        if first is None or not is_gate(line) or not is_gate(first) or first.name != JOINT:
            return None
        entry = first.body.entries[0] if first.body is not None else ()
        both = Program((entry,), (first.reading([0]), line.reading([1])), (2,))
        hidden = _hidden(first)
        for args in _ratios("cbam", channels(entry), hidden):
            if self.prober.digest(entry, call("cbam", args)) == digest_of(both):
                del lines[line.reads[0]]
                return Line("cbam", args, first.reads, line.shape, (*first.nodes, *line.nodes), both)
        return None

    def _possible(self, gate: Line) -> list[Call]:
        body = gate.body
        assert body is not None
        key = (digest_of(body), body.entries)
        if key not in self._calls:
            entry = body.entries[0]
            self._calls[key] = [
                (name, tuple(args.items()))
                for name, args in _candidates(gate, channels(entry))
                if self.prober.digest(entry, call(name, args)) == key[0]
            ]
        return self._calls[key]


def is_gate(line: Line) -> bool:
    return line.body is not None and line.body.lines[-1].name == "mul" and 0 in line.body.lines[-1].reads


def _gates(program: Program) -> Iterator[Line]:
    for line in program.lines:
        if is_gate(line):
            yield line
        elif line.body is not None:
            yield from _gates(line.body)


def _candidates(gate: Line, width: int) -> Iterator[tuple[str, Args]]:
    hidden = _hidden(gate)
    if hidden is None:
        yield "eca", {}
        for one in _convs(gate):
            yield "eca", {Bare("kernel"): one.args["kernel"]}
        return
    yield from (("se", args) for args in _ratios("se", width, hidden))
    for divisor in (8, 4, 16):
        for ratio in _near(width, hidden, divisor):
            yield "se", {Bare("ratio"): ratio, "divisor": divisor}
    yield "se", {"hidden": hidden}


def _ratios(name: str, width: int, hidden: int | None) -> Iterator[Args]:
    """The ratios that leave a number of hidden channels; 16 is the default."""
    for ratio in () if hidden is None else sorted({max(1, width // hidden), 16}):
        if max(1, width // ratio) == hidden:
            yield {} if ratio == 16 else {Bare("ratio"): ratio}


def _near(width: int, hidden: int, divisor: int) -> list[int]:
    return [one for one in (4, 8, 16, 2) if max(divisor, (width // one + divisor // 2) // divisor * divisor) == hidden]


def _hidden(gate: Line) -> int | None:
    """The channels of the first of its two layers; None where it has not two."""
    convs = [*_convs(gate)]
    return int(convs[0].args["channels"]) if len(convs) == 2 else None


def _convs(gate: Line) -> Iterable[Line]:
    return [one for one in gate.body.lines if one.name == "conv"] if gate.body is not None else []
