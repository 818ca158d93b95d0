"""Compares what a figure by lanes says with the graph: what stands in which lane, how often, and what leads where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.layout.geometry import Geometry
from tests.targets.figure.audit import Contracted
from tests.targets.figure.lanes_picture import LanesPicture
from tests.targets.figure.picture_audit import _boxes, _stride, _times

_CONVOLUTION = re.compile(r"(\d+(?:×\d+)*)(?: conv)?, (\d+)(?=,|$)")
_SIGNS = {"sum": "+", "product": "×", "join": "concat", "difference": "−"}


def audit_lanes(facts, geometry: Geometry, sized=None, told: tuple[str, ...] = ()) -> list[str]:
    """What the picture says and the graph does not, or the other way round; empty where it is the network.

    sized: the same network under an input of fixed size, where that of the picture is open.
    told: what was given up so that the picture fits.
    """
    shown = LanesPicture(geometry)
    box = _boxes(facts.graph, {step.name for thing in shown.things for step in thing.steps})
    real = _Real(facts, sized or facts, shown, box, any(note.startswith("convolutions") for note in told))
    seen = {
        "boxes": (_said(shown, {name for name, _ in box.values()}), real.boxes()),
        "convolutions": (_drawn_convolutions(shown), real.convolutions()),
        "merges": (_drawn_merges(shown), real.merges()),
        "copies": (sum(not leaf for thing in shown.things for leaf in thing.leaves), real.copies()),
        "ways": (shown.ways(), real.graph.paths(shown.ways())),
        "dashed": (sum(arrow.dashed for arrow in shown.arrows), real.adapted()),
        "in boxes": (sum(step.adapted for thing in shown.things for step in thing.steps), real.adapted(boxed=True)),
        "inputs": (sorted(thing.words[-1] for thing in shown.begins()), real.shapes(range(facts.graph.inputs))),
        "outputs": (
            sorted(thing.words[-1] for thing in shown.ends()),
            real.shapes(o.node for o in facts.graph.outputs),
        ),
    }
    different = [f"{what}: drawn {drawn}, real {found}" for what, (drawn, found) in seen.items() if drawn != found]
    return [*different, *(_misnamed(shown, facts) if sized is None else ()), *_unexplained(shown)]


def _said(shown: LanesPicture, names: set[str]) -> Counter:
    """Of each named block, its width and its lane how many."""
    found: Counter = Counter()
    for (words, lane), times in shown.steps().items():
        name, _, numbers = words.partition(", ")
        if name in names:
            found[name, numbers.split(",")[0], lane] += times
    return found


def _drawn_convolutions(shown: LanesPicture) -> Counter:
    found: Counter = Counter()
    for (words, lane), times in shown.steps().items():
        if match := _CONVOLUTION.match(words):
            found[match[1], match[2], _stride(words), lane] += times
    return found


def _drawn_merges(shown: LanesPicture) -> Counter:
    """Of each sign and lane, and of how many values it makes one, how many."""
    signs = ((thing, len(shown.into(number))) for number, thing in enumerate(shown.things) if thing.sign)
    return Counter((thing.sign, thing.lane, into) for thing, into in signs)


class _Real:
    """The same from the graph; what it calls a lane is the name under which the picture has that size.

    arrows: whether strided convolutions that only lead to a sum are arrows, too.
    """

    def __init__(self, facts, sized, shown: LanesPicture, box, arrows: bool = False) -> None:
        self.arrows = arrows
        self.facts, self.nodes, self.box = facts, facts.graph.nodes, box
        self.graph = Contracted(facts.graph, box)
        self.names = list(shown.lanes)
        self.strides = _strides(sized)
        self.readers = Counter(read for node in self.nodes for read in set(node.reads))

    def lane(self, index: int) -> str:
        """``1/4`` where four positions of the input are one."""
        stride = self.strides[index]
        if stride is None:
            return "1×1" if "1×1" in self.names else "vector"
        return named(stride)

    def boxes(self) -> Counter:
        last: dict[object, int] = {}
        for index, key in self.box.items():
            last[key] = max(index, last.get(key, index))
        ends = {scope: self.facts.graph.scopes[scope].exit for _, scope in last}
        return Counter((name, str(self.facts.shapes[ends[scope]][-1]), self.lane(ends[scope])) for name, scope in last)

    def convolutions(self) -> Counter:
        """All but those on the way to a merge in another lane."""
        own = (n for n, node in enumerate(self.nodes) if node.op == "conv" and self.is_drawn(n) and not self.on_way(n))
        return Counter(
            (
                "×".join(map(str, self.nodes[n].args["kernel"])),
                str(self.nodes[n].args["channels"]),
                _times(self.nodes[n].args["stride"]),
                self.lane(n),
            )
            for n in own
        )

    def is_drawn(self, index: int) -> bool:
        return index not in self.box and not self.graph.in_adapter(self.nodes[index])

    def on_way(self, index: int) -> bool:
        """Whether a convolution only brings a value, which something else reads, too, to a merge in another lane."""
        merge, resized = self._merge_behind(index)
        changes, bare = self._changes(index), set(self.nodes[index].args["kernel"]) == {1}
        if merge is None or not resized or not (changes or bare) or self._part(index) != self._part(merge):
            return False
        source = self._source_before(index)
        summed = self.arrows and changes and self.nodes[merge].op == "add"
        return self.strides[source] != self.strides[merge] and (summed or self._goes_on(self._bare(source)))

    def _merge_behind(self, index: int) -> tuple[int | None, bool]:
        """The merge to which a value goes without being used elsewhere, and whether its size changes on the way."""
        resized = self._changes(index)
        while self.readers[index] == 1 and index not in self.box:
            index = next(n for n, node in enumerate(self.nodes) if index in node.reads)
            if OPERATIONS[self.nodes[index].op].many:
                return index, resized
            if not (self._is_light(index) or self._changes(index)):
                break
            resized = resized or self._changes(index)
        return None, resized

    def _source_before(self, index: int) -> int:
        """The value from which a way begins that only changes sizes."""
        source = self.nodes[index].reads[0]
        while self.nodes[source].reads and self.readers[source] == 1 and source not in self.box:
            if not (self._is_light(source) or self._changes(source)):
                break
            source = self.nodes[source].reads[0]
        return source

    def _part(self, index: int) -> int:
        """The stage, stem or head in which a node lies."""
        return self.graph._within[self.nodes[index].scope][1]

    def _changes(self, index: int) -> bool:
        reads = self.nodes[index].reads
        return bool(reads) and self.strides[index] != self.strides[reads[0]]

    def merges(self) -> Counter:
        own = (n for n, node in enumerate(self.nodes) if OPERATIONS[node.op].many and self.is_drawn(n))
        return Counter((_SIGNS[OPERATIONS[self.nodes[n].op].merge], self.lane(n), self.fan_in(n)) for n in own)

    def fan_in(self, index: int) -> int:
        """Different values that it reads, those of one box once."""
        return len({self.graph.drawn_as(self._bare(read)) for read in self.nodes[index].reads})

    def _bare(self, index: int) -> int:
        """What a value is before what is not drawn: details, and a crop."""
        while index not in self.box and (self._is_light(index) or self.nodes[index].op == "crop"):
            index = self.nodes[index].reads[0]
        return index

    def copies(self) -> int:
        """Values that concats read in their own lane although something else does, too."""
        return sum(self._copied(n) for n, node in enumerate(self.nodes) if node.op == "concat" and self.is_drawn(n))

    def _copied(self, index: int) -> int:
        reads = {self._bare(read) for read in self.nodes[index].reads}
        return sum(self._goes_on(one) and self.strides[one] == self.strides[index] for one in reads)

    def _goes_on(self, index: int) -> bool:
        """Whether several things read a value, or one and the network's user."""
        values = {index}
        for number, node in enumerate(self.nodes):
            if self._is_light(number) and values & {*node.reads}:
                values.add(number)
        own = self.graph.drawn_as(index)
        reading = (n for n, node in enumerate(self.nodes) if values & {*node.reads} and n not in values)
        readers = {self.graph.drawn_as(number) for number in reading} - {own}
        return len(readers) + any(output.node in values for output in self.facts.graph.outputs) > 1

    def _is_light(self, index: int) -> bool:
        role = OPERATIONS[self.nodes[index].op].role
        return role in ("norm", "activation", "noise", "scale") and index not in self.box

    def adapted(self, boxed: bool = False) -> int:
        """Skip connections through an adapter: those that are drawn, or those in boxes."""
        adapted = (n for n, node in enumerate(self.nodes) if node.skip == "adapted")
        return sum((n in self.box) if boxed else self.is_drawn(n) for n in adapted)

    def shapes(self, nodes) -> list[str]:
        return sorted(_shape(self.facts.shapes[node]) for node in nodes)


def _shape(shape) -> str:
    return "×".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]}-d"


def _strides(facts) -> list[tuple[Fraction, ...] | None]:
    """Of each node how many positions of the input are one of its own, from lengths; None where it is no map.

    Windows of stride 1 make maps a little smaller, and no coarser.
    """
    shapes, inputs = facts.shapes, facts.graph.inputs
    first = max(shapes[:inputs], key=lambda shape: max(shape[:-1], default=1))
    found: list[tuple[Fraction, ...] | None] = [_beside(first, shape) for shape in shapes[:inputs]]
    for node, shape in zip(facts.graph.nodes[inputs:], shapes[inputs:], strict=True):
        same = next((read for read in node.reads if shapes[read][:-1] == shape[:-1]), node.reads[0])
        slides = set(node.args.get("stride") or ()) == {1} or node.op in ("crop", "zero_pad")
        before = found[same]
        if before is None or len(before) != len(shape) - 1 or _is_point(shape):
            found.append(_beside(first, shape))
        elif slides:
            found.append(before)
        else:
            ratios = (_ratio(one, other) for one, other in zip(shapes[same][:-1], shape[:-1], strict=True))
            found.append(tuple(one * ratio for one, ratio in zip(before, ratios, strict=True)))
    return found


def _is_point(shape) -> bool:
    return all(length == 1 for length in shape[:-1])


def _beside(first, shape) -> tuple[Fraction, ...] | None:
    if _is_point(shape):
        return None
    if len(shape) != len(first):
        return (Fraction(1),) * (len(shape) - 1)
    return tuple(_ratio(whole, own) for whole, own in zip(first[:-1], shape[:-1], strict=True))


def _ratio(whole: int, own: int) -> Fraction:
    return Fraction(round(whole / own)) if whole >= own else 1 / Fraction(round(own / whole))


def _misnamed(shown: LanesPicture, facts) -> Iterator[str]:
    """Lanes beside which stands a size that no map in them has."""
    strides = _strides(facts)
    for name, words in shown.lanes.items():
        known = {
            "×".join(map(str, shape[:-1]))
            for shape, stride in zip(facts.shapes, strides, strict=True)
            if name == named(stride)
        }
        yield from (f"lane {name} is {word}" for word in words if word.removeprefix("to ") not in known)


def named(stride: tuple[Fraction, ...] | None) -> str:
    """``1/4`` where four positions of the input are one; ``4:1`` where one is four."""
    parts = [f"{1 / one}" if one >= 1 else f"{1 / one}:1" for one in stride or ()]
    return parts[0] if len(set(parts)) == 1 else "×".join(parts)


def _unexplained(shown: LanesPicture) -> Iterator[str]:
    """Arrows between lanes of a kind that the legend does not have."""
    order = list(shown.lanes)
    for arrow in shown.arrows:
        ends = (order.index(shown.things[end].lane) for end in (arrow.source, arrow.target))
        start, end = ends
        kind = (start > end) - (start < end), arrow.thick, arrow.dashed
        if (kind[0] or arrow.dashed) and (0 if arrow.dashed else kind[0], *kind[1:]) not in shown.legend:
            yield f"no line of the legend goes {kind}"
