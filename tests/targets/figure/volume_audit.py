"""Compares what a figure of volumes says, as it is read from the picture, with the graph."""

from __future__ import annotations

import re
from collections import Counter

from resnet_dsl.targets.figure import figure
from resnet_dsl.targets.figure.layout.geometry import Geometry
from resnet_dsl.targets.figure.outline.words import size
from tests.targets.figure.audit import Contracted, ancestors
from tests.targets.figure.picture import Picture, name_of
from tests.targets.figure.picture_audit import _boxes, _real_skips, _times
from tests.targets.figure.volume_picture import VolumePicture

_CONVOLUTION = re.compile(r"(\d+(?:×\d+)*)(?: conv)?(?:,|$)")


def audit(facts, geometry: Geometry, level: str) -> list[str]:
    """What the picture says and the graph does not, or the other way round; empty where it is the network."""
    shown = VolumePicture(geometry)
    said = {re.split("[(,]", word, maxsplit=1)[0] for thing in shown.things if thing.slices for word in thing.below}
    box = {} if level == "layer" else _boxes(facts.graph, said)
    graph = Contracted(facts.graph, box)
    seen = {
        "inputs": (shown.begins(), facts.graph.inputs),
        "outputs": (shown.ends(), len(facts.graph.outputs)),
    }
    if level == "stage":
        seen |= {"stages": _stages(facts, shown), **_repeats(facts, shown)}
    else:
        seen["convolutions"] = (_drawn(shown), _real(facts, graph, level))
        seen["skips"] = (shown.skips(), _real_skips(graph))
    wrong = [f"{level} {what}: drawn {drawn}, real {real}" for what, (drawn, real) in seen.items() if drawn != real]
    return [*wrong, *shown.edge_faults()]


def _drawn(shown: VolumePicture) -> Counter:
    """Of each kernel, stride, size and width how many."""
    found = []
    for thing, size_ in zip(shown.things, shown.sizes, strict=True):
        words = " ".join(thing.below)
        if thing.slices and (match := _CONVOLUTION.match(words)) and "pool" not in words:
            stride = re.search(r"/(\d+(?:×\d+)*)", words)
            found.append((match[1], stride[1] if stride else "1", size_, thing.channels))
    return Counter(found)


def _real(facts, graph: Contracted, level: str) -> Counter:
    drawn = [n for n, node in enumerate(facts.graph.nodes) if graph.draws(n, level) and node.op == "conv"]
    nodes = facts.graph.nodes
    return Counter(
        (
            "×".join(map(str, nodes[n].args["kernel"])),
            _times(nodes[n].args["stride"]),
            size(facts.shapes[n]),
            str(facts.shapes[n][-1]),
        )
        for n in drawn
    )


def _stages(facts, shown: VolumePicture) -> tuple[dict, dict]:
    """Of each stage whether the last volume over its name has the map with which it ends."""
    within = ancestors(facts.graph)
    held = {one for node in facts.graph.nodes for one in within[node.scope]}
    scopes = [scope for n, scope in enumerate(facts.graph.scopes) if scope.kind == "stage" and n in held]
    drawn = {scope.name: _said(facts.shapes[scope.exit]) in _last_maps(shown, scope.name) for scope in scopes}
    return drawn, dict.fromkeys(drawn, True)


def _last_maps(shown: VolumePicture, name: str) -> list[tuple]:
    """Over the line under which a name stands."""
    lines = [path.points for path in shown.geometry.paths if path.ink == "faint" and not path.arrow]
    over = [
        (text, line) for text in shown.geometry.texts if text.words == name for line in lines if _is_under(text, line)
    ]
    if not over:
        return []
    text = max((text for text, _ in over), key=lambda text: text.y)
    (start, y), (end, _) = min(
        (line for other, line in over if other is text), key=lambda line: abs(sum(x for x, _ in line) / 2 - text.x)
    )
    inside = [
        n for n, one in enumerate(shown.things) if one.slices and start - 1 < one.box.x < end + 1 and one.box.y < y
    ]
    row = max(shown.things[n].box.y for n in inside)
    last = max((n for n in inside if abs(shown.things[n].box.y - row) < 1), key=lambda n: shown.things[n].box.x)
    return _maps(shown, last)


def _is_under(text, line) -> bool:
    """The name of a part below its line; a line of a remark may say the same word further down."""
    return 0 < text.y - line[0][1] < 14 and line[0][0] - 60 < text.x < line[1][0] + 60


def _maps(shown: VolumePicture, number: int) -> list[tuple]:
    thing, of_all = shown.things[number], shown.sizes[number]
    if ", " in thing.channels:
        sizes = " ".join(thing.below).replace(",", " ").split()
        return [(*_lengths(one), int(n)) for one, n in zip(sizes, thing.channels.split(", "), strict=False)]
    channels = thing.channels.removesuffix("-d").split("–")[-1]
    return [(*_lengths(of_all.split("–")[-1]), sum(map(int, channels.split("+"))))]


def _said(shape) -> tuple:
    return tuple(one if isinstance(one, int) else str(one) for one in shape)


def _lengths(words: str) -> tuple:
    return tuple(int(one) if one.isdigit() else one for one in words.split("×")) if words else ()


def _repeats(facts, shown: VolumePicture) -> dict:
    """How often which number of blocks is said, and all skip connections, as cards say it, which are audited, too."""
    cards = Picture(figure(facts, "stage", layout="column").geometry)
    said = Counter(name_of(row) for row in cards.rows())
    names = {name for name, _ in _boxes(facts.graph, set(said)).values()}
    repeats = Counter(blocks.repeat for thing in cards.things for blocks in thing.blocks if blocks.repeat > 1)
    return {
        "repeats": (Counter(one.repeat for one in shown.things if one.repeat > 1), repeats),
        "skips": (shown.skips(), cards.skips(names)),
    }
