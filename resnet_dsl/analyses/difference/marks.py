"""What tells a network from a baseline in a few words each: the columns of an ablation's table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from resnet_dsl.analyses.difference.alignment import Inside
from resnet_dsl.analyses.difference.find import difference
from resnet_dsl.analyses.difference.found import Difference, Setting, UnmatchedSteps
from resnet_dsl.analyses.difference.words import spell
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.parts import paths_of_scopes
from resnet_dsl.ir.lengths import show


def marks(baseline: Facts, network: Facts) -> tuple[str, ...]:
    """Each difference once: ``se``, ``stride at 1×1``, ``batchnorm gamma = zeros``, ``drop_path``, ``no maxpool``.

    What lies in a block that only one of the two calls goes by the block's name: ``se``, ``no se``.
    """
    return tuple(dict.fromkeys(_Marker(baseline, network).of(difference(baseline, network))))


class _Side:
    """The blocks that one network calls and the other does not, by what lies in them: the outermost of each."""

    def __init__(self, facts: Facts, other: Facts) -> None:
        known = {scope.block for scope in other.graph.scopes}
        own: list[str | None] = []
        for scope in facts.graph.scopes:
            outer = None if scope.parent is None else own[scope.parent]
            own.append(outer or (scope.block if scope.block not in known else None))
        paths = paths_of_scopes(facts.graph)
        self._at = dict(zip(paths, own, strict=True)) | {node.name: own[node.scope] for node in facts.graph.nodes}
        steps = Inside(facts).steps.items()
        self._of = {(paths[owner], step.name): own[step.node.scope] for owner, inside in steps for step in inside}

    def at(self, place: str) -> str | None:
        """The block in which a block, or a node, lies."""
        return self._at.get(place)

    def of(self, place: str, step: str) -> str | None:
        """The block in which a step of a block lies."""
        return self._of.get((place, step))

    def names(self, place: str, steps: tuple[str, ...]) -> dict[str, bool]:
        """What to call steps of a block, by the blocks in which they lie, or as operations: whether it is a block."""
        pairs = ((self.of(place, step), _operation(step)) for step in steps)
        return {block or operation: block is not None for block, operation in pairs}


class _Marker:
    """Puts words to differences."""

    def __init__(self, baseline: Facts, network: Facts) -> None:
        self.left, self.right = _Side(baseline, network), _Side(network, baseline)
        self.blocks = "-".join(str(part.blocks) for part in network.stages if part.kind == "stage")

    def of(self, found: Difference) -> Iterator[str]:
        yield from (f"{end} {show(sizes[1])}" for end, sizes in found.quantities.items() if end in ("input", "output"))
        yield from (f"{end.kind} {end.name}" if end.right else f"no {end.kind} {end.name}" for end in found.ends)
        if any(not (pair.left and pair.right and pair.left.blocks == pair.right.blocks) for pair in found.parts):
            yield f"blocks {self.blocks}"
        for steps in found.steps:
            yield from (mark for place in steps.places for mark in self._steps(place, steps))
        for moved in found.strides:
            yield from self._told(((place, place) for place in moved.places), f"stride at {_window(moved.right)}")
        yield from self._settings(found.settings)
        for one in found.wiring:
            places = ((place, place) for place in one.places)
            yield from self._told(places, f"{_operation(one.step)} reads other values")

    def _steps(self, place: str, steps: UnmatchedSteps) -> Iterable[str]:
        """``se``, ``conv + batchnorm``, ``avgpool for maxpool``, ``no maxpool``; a sum is a skip connection's.

        A block has a mark of its own, also where operations stand beside it.
        """
        left, right = self.left.names(place, steps.left), self.right.names(place, steps.right)
        if not right:
            return (self.right.at(place) or f"no {_words(left)}",)
        rest = [name for name, is_block in right.items() if not is_block]
        told = (f"{_words(rest)} for {_words(left)}" if left else _words(rest),) if rest else ()
        return (*(name for name, is_block in right.items() if is_block), *told)

    def _told(self, places: Iterable[tuple[str, str]], words: str) -> Iterator[str]:
        """The blocks in which the places lie, in the baseline and in the network; the words where they lie in none."""
        for left, right in dict.fromkeys((self.left.at(left), self.right.at(right)) for left, right in places):
            yield right or (f"no {left}" if left else words)

    def _settings(self, settings: tuple[Setting, ...]) -> Iterator[str]:
        """An argument that differs in several ways is told once."""
        ways: dict[tuple[str, str], list[Setting]] = {}
        for one in settings:
            ways.setdefault((one.op, one.argument), []).append(one)
        for (op, argument), found in ways.items():
            words = f"{op} {argument} = {spell(found[0].right)}" if len(found) == 1 else f"other {op} {argument}"
            yield from self._told((place for one in found for place in one.places), words)


def _words(names: Collection[str]) -> str:
    return "skip" if "add" in names else " + ".join(names)


def _operation(step: str) -> str:
    """The operation of a step, without its number and window: ``skip: conv2 (3×3)`` is ``conv``."""
    return re.sub(r"(\d+)?( \(.*\))?$", "", step.removeprefix("skip: "))


def _window(step: str) -> str:
    """The window of a step, by which papers call it: ``3×3``; its name where it has none."""
    window = re.search(r"\((.*)\)$", step)
    return window[1] if window else step
