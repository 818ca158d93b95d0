"""Compares what a figure says, as it is read from the picture, with the graph: skips, strides, repeats, ends."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile

from resnet_dsl.targets.figure.layout.geometry import Geometry
from tests.targets.figure.audit import Contracted, ancestors
from tests.targets.figure.picture import Picture, name_of

_CONVOLUTION = re.compile(r"(\d+(?:×\d+)*)(?: conv)?, (\d+)(?=,|$)")


def audit(facts, geometry: Geometry, level: str) -> list[str]:
    """What the picture says and the graph does not, or the other way round; empty where it is the network."""
    shown = Picture(geometry)
    said = Counter(name_of(row) for row in shown.rows())
    hidden = sum(int(row.split()[1]) for row in shown.rows() if row.startswith("…"))
    box = {} if level == "layer" else _boxes(facts.graph, set(said))
    graph = Contracted(facts.graph, box)
    names = {name for name, _ in box.values()}
    rows = list(shown.rows())
    seen = {
        "convolutions": (_convolutions(rows), _real_convolutions(graph, level)),
        "strides": (sum(map(_strided, rows)), graph.strides(level)),
        "boxes": (Counter({name: said[name] for name in names}), _real_boxes(box)),
        "skips": (shown.skips(names), _real_skips(graph)),
        "ways": (shown.ways(), graph.paths(shown.ways())),
        "inputs": ([shown.things[one].box.shape for one in shown.begins()], ["bare"] * facts.graph.inputs),
        "outputs": (len(shown.ends()), len(facts.graph.outputs)),
    }
    if hidden:
        missing = sum((seen[what][1] - seen[what][0]).total() for what in ("convolutions", "boxes"))
        light = sum(graph.draws(n, level) and node.op in _LIGHT for n, node in enumerate(facts.graph.nodes))
        seen = {what: seen[what] for what in ("strides", "skips", "inputs", "outputs")}
        seen["hidden rows"] = (missing <= hidden <= missing + light, True)
    return [*_different(seen, level), *_legend_faults(shown)]


def audit_block(facts, geometry: Geometry, scope: int) -> list[str]:
    """The same of a close-up, in which nothing is a box and adapters are drawn."""
    shown, nodes, within = Picture(geometry), facts.graph.nodes, ancestors(facts.graph)
    inside = {index for index, node in enumerate(nodes) if scope in within[node.scope]}
    graph = Contracted(facts.graph, {index: ("outside", 0) for index in range(len(nodes)) if index not in inside})
    read = {other for index, node in enumerate(nodes) if index not in inside for other in node.reads}
    leaving = (read | {output.node for output in facts.graph.outputs}) & inside
    rows = list(shown.rows())
    seen = {
        "convolutions": (_convolutions(rows), _real_convolutions(graph, "layer")),
        "strides": (sum(map(_strided, rows)), graph.strides("layer")),
        "skips": (shown.skips(set()), _real_skips(graph, meet_outside=True)),
        "outputs": (len(shown.ends()), len(leaving | {facts.graph.scopes[scope].exit})),
    }
    return _different(seen, "close-up")


_LIGHT = ("scale", "shift", "maxpool", "avgpool", "add")
"""What a card may list, or count among the rows that it leaves out, beside convolutions and boxes."""


def _different(seen, level: str) -> list[str]:
    return [f"{level} {what}: drawn {drawn}, real {real}" for what, (drawn, real) in seen.items() if drawn != real]


def _legend_faults(shown: Picture) -> list[str]:
    """The legend explains dashes where there are any, and says of none that there are some."""
    dashed = any(dash for *_, dash in shown.lines) or shown.skips(set())[True] > 0
    return [f"the legend is {shown.legend}, dashed lines: {dashed}"] if dashed and True not in shown.legend else []


def _convolutions(rows: list[str]) -> Counter:
    """Of each kernel, width and stride how many."""
    found = [(match[1], match[2], _stride(row)) for row in rows if (match := _CONVOLUTION.match(row))]
    return Counter(found)


def _stride(row: str) -> str:
    return next((part[1:] for part in row.split(", ") if part.startswith("/")), "1")


def _strided(row: str) -> bool:
    """A named box says how much smaller its map is: that is no stride of an operation."""
    return row[0].isdigit() and _stride(row) != "1"


def _real_convolutions(graph: Contracted, level: str) -> Counter:
    drawn = (node for index, node in enumerate(graph.graph.nodes) if graph.draws(index, level) and node.op == "conv")
    return Counter(
        ("×".join(map(str, node.args["kernel"])), str(node.args["channels"]), _times(node.args["stride"]))
        for node in drawn
    )


def _times(stride) -> str:
    return str(stride[0]) if len(set(stride)) == 1 else "×".join(map(str, stride))


def _real_skips(graph: Contracted, meet_outside: bool = False) -> Counter:
    """Beside the one value that every merge reads: dashed for an adapted skip connection, else solid.

    meet_outside: what is read from outside are values of their own.
    """
    found: Counter = Counter()
    for index, node in enumerate(graph.graph.nodes):
        if index in graph.box or graph.in_adapter(node):
            continue
        lines = {
            (read if meet_outside else graph.drawn_as(read), place > 0 and node.skip)
            for place, read in enumerate(node.reads)
        }
        dashed = node.skip == "adapted"
        found[True] += dashed
        found[False] += max(len(lines) - 1 - dashed, 0)
    return +found


def _boxes(graph, said: set[str]) -> dict[int, tuple[str, int]]:
    """The nodes of blocks that the picture names: the outermost of those in which they lie."""
    box: dict[int, tuple[str, int]] = {}
    within = ancestors(graph)
    for index, node in enumerate(graph.nodes):
        scopes = takewhile(lambda scope: graph.scopes[scope].kind != "skip", within[node.scope][1:])
        named = [scope for scope in scopes if (graph.scopes[scope].block or graph.scopes[scope].name) in said]
        if named:
            box[index] = (graph.scopes[named[0]].block or graph.scopes[named[0]].name, named[0])
    return box


def _real_boxes(box: dict[int, tuple[str, int]]) -> Counter:
    return Counter(name for name, _ in set(box.values()))
