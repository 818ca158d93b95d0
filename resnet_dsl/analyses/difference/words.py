"""What tells two networks apart, in sentences: the left network's side first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resnet_dsl.analyses.difference.found import Difference, End, MovedStride, Pair, Rewired, Setting, UnmatchedSteps
from resnet_dsl.analyses.network import CountedPart
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.notation import written
from resnet_dsl.sentences import first

_MOST_PLACES = 3
_TRAINED, _ALL = "parameters", "parameters with moving statistics"
_QUANTITIES = {
    "inputs": "order of inputs",
    "outputs": "order of outputs",
    "input": "input",
    "output": "output",
    "params": "trainable parameters",
    "total_params": "parameters with moving statistics",
    "macs": "multiply-accumulates",
    "depth": "depth",
}


def describe(found: Difference) -> tuple[str, ...]:
    """One sentence a difference, the largest matters first; empty where there is none."""
    return tuple(_sentences(found))


def _sentences(found: Difference) -> Iterator[str]:
    for end in found.ends:
        yield of_end(end, found.names)
    for name, (left, right) in found.quantities.items():
        yield of_quantity(name, (left, right))
    for moved in found.strides:
        yield of_stride(moved, found.names)
    for setting in found.settings:
        yield of_setting(setting)
    for steps in found.steps:
        yield of_steps(steps, found.names)
    for one in found.wiring:
        yield of_rewired(one, found.names)
    for pairs in (found.parts, found.blocks):
        for text, places in _together(pairs, found.names).items():
            yield f"{listed(places)}: {text}"


def of_quantity(name: str, values: tuple[Any, Any]) -> str:
    left, right = map(_quantity, values)
    return f"{_QUANTITIES[name]}: {left} and {right}"


def of_end(end: End, names: tuple[str, str]) -> str:
    if end.left is None or end.right is None:
        return f"{end.kind} {end.name}: {show(end.left or end.right or ())} in {names[end.left is None]} alone"
    return f"{end.kind} {end.name}: {show(end.left)} and {show(end.right)}"


def of_stride(moved: MovedStride, names: tuple[str, str]) -> str:
    stride = spell(moved.stride)
    where = f"at {moved.left} in {names[0]}, at {moved.right} in {names[1]}"
    return f"in {listed(moved.places)} the stride of {stride} is {where}"


def of_setting(setting: Setting) -> str:
    count = len(setting.places)
    if count == setting.of > 1:
        where = f"in all {count}"
    elif count <= _MOST_PLACES:
        where = f"at {listed(tuple(left for left, _ in setting.places))}"
    else:
        where = f"in {count} of {setting.of}, the first of them {setting.places[0][0]}"
    return f"{setting.op}: {setting.argument} is {' and '.join(_told_apart(setting.left, setting.right))} {where}"


def of_steps(steps: UnmatchedSteps, names: tuple[str, str]) -> str:
    where = f"in {listed(steps.places)}"
    if not steps.left:
        return f"{where} {names[1]} alone has {', '.join(steps.right)}"
    if not steps.right:
        return f"{where} {names[0]} alone has {', '.join(steps.left)}"
    return f"{where} {names[0]} has {', '.join(steps.left)}, {names[1]} has {', '.join(steps.right)}"


def of_rewired(one: Rewired, names: tuple[str, str]) -> str:
    left, right = (" and ".join(read) or "nothing that both have" for read in (one.left, one.right))
    return f"in {listed(one.places)} {one.step} reads {left} in {names[0]}, {right} in {names[1]}"


def _together(pairs: tuple[Pair, ...], names: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    """What is to be said of stages or blocks, with all those of which it is."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        text = _pair(pair, names)
        found[text] = (*found.get(text, ()), pair.place)
    return found


def _pair(pair: Pair, names: tuple[str, str]) -> str:
    if pair.left is None or pair.right is None:
        return f"in {names[pair.left is None]} alone"
    left, right = _facts(pair.left), _facts(pair.right)
    if left[_TRAINED] != right[_TRAINED]:
        left[_ALL] = right[_ALL]  # once is enough
    return ", ".join(f"{what} {left[what]} and {right[what]}" for what in left if left[what] != right[what])


def _facts(part: CountedPart) -> dict[str, str]:
    facts = {"block": part.block or "", "output": show(part.output_shape), _TRAINED: spell(part.params)}
    inside = {} if part.kind == "block" else {"blocks": str(part.blocks)}
    facts[_ALL] = spell(part.total_params)
    return {**facts, "multiply-accumulates": spell(part.macs), **inside}


def listed(places: tuple[str, ...]) -> str:
    return first(places, _MOST_PLACES if len(places) > _MOST_PLACES + 1 else len(places))


def _quantity(value: Any) -> str:
    """A shape is no setting: all of its axes are told, though they be alike. Names are told in their order."""
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return " then ".join(value)
    return show(value) if isinstance(value, tuple) else spell(value)


def _told_apart(left: Any, right: Any) -> tuple[str, str]:
    """Two values for people; those of other ranks that would read alike with all of their axes: ``3``, ``3x3x3``."""
    told = spell(left), spell(right)
    return told if told[0] != told[1] else (_axes(left), _axes(right))


def _axes(value: Any) -> str:
    return show(map(spell, value)) if isinstance(value, tuple) else spell(value)


def spell(value: Any) -> str:
    """A value for people; one number where all axes have the same."""
    if value is None:
        return "unknown"
    if not isinstance(value, tuple):
        return written(value)
    return spell(value[0]) if len(set(value)) == 1 else show(map(spell, value))
