"""What tells a network from a baseline in a few words each: the columns of an ablation's table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from resnet_dsl.analyses.difference.find import Inside, difference
from resnet_dsl.analyses.difference.found import Difference, Setting, Steps
from resnet_dsl.analyses.difference.words import spell
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.parts import paths_of_scopes
from resnet_dsl.ir.lengths import show


def marks(baseline: Facts, network: Facts) -> tuple[str, ...]:
    """Each difference once: ``se``, ``stride at 1×1``, ``batchnorm gamma = zeros``, ``drop_path``, ``no maxpool``.

    What lies in a block that the baseline does not call goes by the block's name.
    """
    return tuple(dict.fromkeys(_Marker(baseline, network).of(difference(baseline, network))))


class _Marker:
    """Puts words to differences. ``own``: for each scope the outermost block around it that the baseline lacks."""

    def __init__(self, baseline: Facts, network: Facts) -> None:
        graph = self.graph = network.graph
        known = {scope.block for scope in baseline.graph.scopes}
        self.own: list[str | None] = []
        for scope in graph.scopes:
            outer = None if scope.parent is None else self.own[scope.parent]
            self.own.append(outer or (scope.block if scope.block not in known else None))
        paths = paths_of_scopes(graph)
        self.scope_at = {path: index for index, path in enumerate(paths)} | {n.name: n.scope for n in graph.nodes}
        steps = Inside(network).steps.items()
        self.scope_of = {(paths[owner], step.name): step.node.scope for owner, own in steps for step in own}
        self.blocks = "-".join(str(part.blocks) for part in network.stages if part.kind == "stage")

    def of(self, found: Difference) -> Iterator[str]:
        yield from (f"{end} {show(sizes[1])}" for end, sizes in found.quantities.items() if end in ("input", "output"))
        yield from (f"{end.kind} {end.name}" if end.right else f"no {end.kind} {end.name}" for end in found.ends)
        if any(
            pair.left is None or pair.right is None or pair.left.blocks != pair.right.blocks for pair in found.parts
        ):
            yield f"blocks {self.blocks}"
        for steps in found.steps:
            scopes = [self.scope_of.get((place, step)) for place in steps.places for step in steps.right]
            yield from self._told(scopes or map(self.scope_at.get, steps.places), _steps(steps))
        for moved in found.strides:
            yield from self._told(map(self.scope_at.get, moved.places), f"stride at {_window(moved.right)}")
        yield from self._settings(found.settings)
        for one in found.wiring:
            yield from self._told(map(self.scope_at.get, one.places), f"{_operation(one.step)} reads other values")

    def _told(self, scopes: Iterable[int | None], words: str) -> Iterator[str]:
        """The blocks of its own in which these scopes lie; the words for those that lie in none."""
        blocks = dict.fromkeys(None if scope is None else self.own[scope] for scope in scopes)
        yield from (words if block is None else block for block in blocks)

    def _settings(self, settings: tuple[Setting, ...]) -> Iterator[str]:
        """An argument that differs in several ways is told once."""
        ways: dict[tuple[str, str], list[Setting]] = {}
        for one in settings:
            ways.setdefault((one.op, one.argument), []).append(one)
        for (op, argument), found in ways.items():
            words = f"{op} {argument} = {spell(found[0].right)}" if len(found) == 1 else f"other {op} {argument}"
            places = (right for one in found for _, right in one.places)
            yield from self._told(map(self.scope_at.get, places), words)


def _steps(steps: Steps) -> str:
    """``se + conv``, ``avgpool for maxpool``, ``no maxpool``; a sum that is gone was a skip connection's."""
    left, right = (" + ".join(dict.fromkeys(map(_operation, side))) for side in (steps.left, steps.right))
    gone = "skip" if "add" in steps.left else left
    return right if not left else f"{right} for {left}" if right else f"no {gone}"


def _operation(step: str) -> str:
    """The operation of a step, without its number and window: ``skip: conv2 (3×3)`` is ``conv``."""
    return re.sub(r"(\d+)?( \(.*\))?$", "", step.removeprefix("skip: "))


def _window(step: str) -> str:
    """The window of a step, by which papers call it: ``3×3``; its name where it has none."""
    window = re.search(r"\((.*)\)$", step)
    return window[1] if window else step
