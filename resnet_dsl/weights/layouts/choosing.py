"""Which layout a file is in: by names alone, all of which must be known, and all that a network needs be there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from resnet_dsl.diagnostics.nearest import instead, nearest
from resnet_dsl.failure import Failure
from resnet_dsl.ir.operation import Weight
from resnet_dsl.sentences import listed
from resnet_dsl.weights.layouts.places import NodePlace
from resnet_dsl.weights.layouts.table import Layout, layouts, libraries

AUTO, OWN = "auto", "resnet-dsl"
"""Every layout is tried; arrays have the names of our layers and variables."""

_MOST_BEGINNINGS = 50
_MOST_TOLD = 6
_MOST_PARTS = 3


class ForeignSlot(NamedTuple):
    """Where what stands under a foreign name belongs. rank: how many axes it has there; None: as many as here."""

    place: NodePlace
    weights: tuple[Weight, ...]
    rank: int | None = None


class ToFill(NamedTuple):
    """What is to be filled. network: its name. required: the nodes that must be. excepted: parts that need not be.

    names: of the file.
    """

    network: str
    places: Sequence[NodePlace]
    required: Collection[str]
    excepted: Collection[str]
    path: str
    names: Collection[str]


class LayoutReading(NamedTuple):
    """A file read in one layout. slots: by the name in the file. beginning: what stands in front of all names there.

    unknown: places that the layout has no name for. missing: names that the file lacks, with the nodes that need them.
    surplus: names of the file that the layout does not know. passed_over: exceptions that the others of these lie in.
    ours: whether arrays have our axes, as Keras' have.
    """

    layout: str
    slots: Mapping[str, ForeignSlot]
    beginning: str
    unknown: tuple[NodePlace, ...]
    missing: Mapping[str, NodePlace]
    surplus: tuple[str, ...]
    passed_over: tuple[str, ...]
    ours: bool

    @property
    def wrong(self) -> int:
        """Places of the network that get nothing, whoever lacks them, and names of the file that go nowhere."""
        return len({place.node for place in (*self.unknown, *self.missing.values())}) + len(self.surplus)


def layout_names() -> tuple[str, ...]:
    """What ``--layout`` takes, besides a family of a library (``timm/resnet``)."""
    return (AUTO, OWN, *libraries())


def meant(layout: str) -> list[Layout | None]:
    """The layouts of a name; None for our own names. Raises Failure where there is none of this name."""
    families = dict.fromkeys(name for one in layouts() for name in one.names)
    known = dict.fromkeys((*layout_names(), *families))
    if layout not in known:
        raise Failure(f"there is no layout `{layout}`", instead(layout, known))
    own: list[Layout | None] = [None] if layout in (AUTO, OWN) else []
    return own + [one for one in layouts() if layout == AUTO or layout in one.names]


def chosen(asked: ToFill, layout: str) -> LayoutReading:
    """The one reading in which every name fits. Raises Failure where there is none, or several that differ."""
    tried = [reading for one in meant(layout) for reading in _readings(one, asked)]
    fitting = {_said_to(one): one for one in reversed(tried) if not one.wrong}
    if len(fitting) > 1:
        raise _ambiguous(asked, [*fitting.values()])
    if not fitting:
        complete = [one for one in tried if not one.unknown and not one.missing]
        if len({one.beginning for one in complete}) > 1:
            raise _several(asked, complete)
        raise _unfit(asked, min(tried, key=lambda one: one.wrong), layout)
    return next(iter(fitting.values()))


def slots(layout: Layout | None, places: Iterable[NodePlace]) -> tuple[dict[str, ForeignSlot], tuple[NodePlace, ...]]:
    """What a layout calls the weights at these places, and the places that it has no name of their own for.

    layout: None: our own names.
    """
    found: dict[str, ForeignSlot] = {}
    unknown: list[NodePlace] = []
    for place in places:
        named = dict(_named(layout, place))
        if named and not named.keys() & found.keys():
            found |= named
        else:
            unknown.append(place)
    return found, tuple(unknown)


def _named(layout: Layout | None, place: NodePlace) -> Iterator[tuple[str, ForeignSlot]]:
    if layout is None:
        yield from ((f"{place.node}.{weight.name}", ForeignSlot(place, (weight,))) for weight in place.weights)
        return
    module = layout.module(place)
    if module is None:
        return
    if layout.keras:
        yield module.name, ForeignSlot(place, place.weights)
        return
    for weight in place.weights:
        name, rank = module.called(place.op, weight.name)
        yield f"{module.name}.{name}", ForeignSlot(place, (weight,), rank)


def _readings(layout: Layout | None, asked: ToFill) -> Iterator[LayoutReading]:
    """The file read in a layout, for each beginning that its names may have in front."""
    known, unknown = slots(layout, asked.places)
    needed = [place for place in unknown if place.node in asked.required]
    for base in dict.fromkeys(("", layout.base if layout else "")):
        called = {name.removeprefix(base): slot for name, slot in known.items()}
        needs = {name: slot.place for name, slot in called.items() if slot.place.node in asked.required}
        present = _renamed(layout, asked)
        for beginning in _beginnings(needs, present, "_" if layout and layout.keras else "."):
            found = {full: called[name] for name, full in _behind(beginning, present) if name in called}
            missing = {name: place for name, place in needs.items() if beginning + name not in present}
            left = [full for name, full in present.items() if full not in found]
            by_name = {full: _exception(full, beginning, layout, asked.excepted) for full in left}
            surplus = tuple(full for full, exception in by_name.items() if exception is None)
            passed = tuple(dict.fromkeys(one for one in by_name.values() if one is not None))
            ours = layout is None or layout.keras
            yield LayoutReading(_shown(layout), found, beginning, tuple(needed), missing, surplus, passed, ours)


def _renamed(layout: Layout | None, asked: ToFill) -> dict[str, str]:
    """From today's names to those in the file. Raises Failure where two become one."""
    found: dict[str, str] = {}
    for full in asked.names:
        name = full
        for early, now in layout.renamed if layout else ():
            name = re.sub(early, now, name)
        if name in found:
            raise Failure(f"`{asked.path}` has `{found[name]}` and `{full}`, which are the same")
        found[name] = full
    return found


def _beginnings(needs: Mapping[str, NodePlace], present: Collection[str], sign: str) -> list[str]:
    """What may stand in front of all names: of those that make the most of the needed names known, the shortest."""
    heads = {
        name.removesuffix(wanted)
        for wanted in list(needs)[:3]
        for name in present
        if name.endswith(wanted) and (name == wanted or name[: -len(wanted)].endswith(sign))
    }
    likely = sorted(heads | {""}, key=lambda one: (len(one), one))[:_MOST_BEGINNINGS]
    hits = {one: sum(one + name in present for name in needs) for one in likely}
    return [one for one in likely if hits[one] == max(hits.values())]


def _behind(beginning: str, present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name.removeprefix(beginning), full) for name, full in present.items() if name.startswith(beginning))


def _exception(name: str, beginning: str, layout: Layout | None, excepted: Collection[str]) -> str | None:
    """The exception that a name of the file lies in: by its name there, or as the layout calls that part."""
    for exception in excepted:
        own = layout.beginnings(exception) if layout else ()
        for part in (exception, beginning + exception, *(beginning + one for one in own)):
            if name == part or name.startswith((f"{part}.", f"{part}_")):
                return exception
    return None


def _shown(layout: Layout | None) -> str:
    return OWN if layout is None else f"{' = '.join(layout.libraries)} ({layout.family})"


def _said_to(reading: LayoutReading) -> frozenset[tuple[str, str, tuple[Weight, ...]]]:
    """What a reading comes to: layouts that say the same are one."""
    return frozenset((name, slot.place.node, slot.weights) for name, slot in reading.slots.items())


def _ambiguous(asked: ToFill, fitting: Sequence[LayoutReading]) -> Failure:
    message = f"`{asked.path}` fits {asked.network} in {len(fitting)} layouts, which differ"
    return Failure(message, f"say which it is: `--layout {'|'.join(libraries())}`", [one.layout for one in fitting])


def _several(asked: ToFill, complete: Sequence[LayoutReading]) -> Failure:
    """Of a file that holds several sets of weights: the model's, their mean over the training (EMA), a teacher's."""
    beginnings = dict.fromkeys(one.beginning for one in complete)
    named, *others = [one for one in beginnings if one]
    bare = "one by itself, and one behind " if "" in beginnings else ""
    sets = f"{len(beginnings)} sets of weights for {asked.network}: {bare}{listed((named, *others))}"
    message = f"`{asked.path}` holds {sets}"
    return Failure(message, f"`--except {named.rstrip('._')}` passes over what lies behind `{named}`")


def _in_front(reading: LayoutReading) -> str:
    return f", names beginning with `{reading.beginning}`" if reading.beginning else ""


def _unfit(asked: ToFill, nearest_one: LayoutReading, layout: str) -> Failure:
    """With what is left over on both sides."""
    if layout == AUTO:
        message = f"`{asked.path}` fits {asked.network} in no layout; the nearest is {nearest_one.layout}"
    else:
        message = f"`{asked.path}` does not fit {asked.network} in the layout {nearest_one.layout}"
    details = [*_lacking(nearest_one), *_left_over(nearest_one)]
    return Failure(f"{message}{_in_front(nearest_one)}", _remedy(nearest_one), details)


def _lacking(reading: LayoutReading) -> Iterator[str]:
    for place in reading.unknown[:_MOST_TOLD]:
        yield f"the layout has no name for `{place.node}`, which stands at {place.path}"
    yield from _more(reading.unknown)
    for name, place in list(reading.missing.items())[:_MOST_TOLD]:
        near = nearest(name, [one.removeprefix(reading.beginning) for one in reading.surplus])
        yield f"`{name}`, for `{place.node}`, is not in the file{f'; did it become `{near}`?' if near else ''}"
    yield from _more(reading.missing)


def _left_over(reading: LayoutReading) -> Iterator[str]:
    for name in reading.surplus[:_MOST_TOLD]:
        yield f"`{name}` is in the file, and the network has no place for it"
    yield from _more(reading.surplus)


def _more(told: Collection[object]) -> Iterator[str]:
    if len(told) > _MOST_TOLD:
        yield f"and {len(told) - _MOST_TOLD:,} more"


def _remedy(reading: LayoutReading) -> str:
    parts = dict.fromkeys(one.part or one.node for one in (*reading.unknown, *reading.missing.values()))
    foreign = [name.removeprefix(reading.beginning).partition(".")[0] for name in reading.surplus]
    parts |= dict.fromkeys(foreign)
    if len(parts) > _MOST_PARTS:
        return f"take the file of this very network, or say its layout: {listed(layout_names())}"
    exceptions = " ".join(f"--except {part}" for part in parts)
    return f"under `{exceptions}` the rest is loaded, and what these have in the network keeps its initial values"
