"""Layers that training leaves as they are: Keras' own ``trainable``, set by the names of parts.

A batch normalisation that is frozen goes by its moving statistics, which stay, too: Keras runs it as at inference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.failure import Failure
from resnet_dsl.sentences import counted, first, listed
from resnet_dsl.targets.keras.calls import Calls, LayerCall
from resnet_dsl.targets.keras.variables import variables_of

ALL = "all"
"""In place of names: every part but the heads."""

_TRAINABLE = "trainable"
_MOST_TOLD = 8
_NORMALISES_BATCHES = "BatchNormalization"


def frozen(calls: Calls, parts: Collection[str]) -> Calls:
    """The calls with the layers of these parts frozen: stages, ``stem``, ``head``, layers with weights, or ALL.

    Raises Failure for a name of none, and LeftToKerasError.
    """
    if not parts:
        return calls
    return with_frozen(calls, frozen_layers(calls, parts))


def with_frozen(calls: Calls, layers: Collection[str]) -> Calls:
    """The calls with these layers frozen, by their names."""
    return calls._replace(calls=tuple(_frozen(call) if call.name in layers else call for call in calls.calls))


def frozen_layers(calls: Calls, parts: Collection[str]) -> frozenset[str]:
    """The names of the layers with weights that lie in these parts. Raises as ``frozen`` does."""
    within = _parts_with_weights(calls)
    known = {part for lying in within.values() for part in lying}
    everything = ALL in parts and ALL not in known
    _check_names(parts if not everything else {*parts} - {ALL}, calls, within)
    heads = {scope.name for scope in calls.graph.scopes if scope.kind == "head"}
    return frozenset(
        name for name, lying in within.items() if {*lying} & {*parts} or (everything and not {*lying} & heads)
    )


def trains(calls: Calls) -> bool:
    """Whether training would change any weight. Raises LeftToKerasError."""
    return _parameters(calls, _still(calls)) < _parameters(calls, calls.calls)


def said_of_freezing(calls: Calls) -> tuple[str, ...]:
    """How much of a model is frozen, and what its normalisations do; nothing where all of it trains."""
    still = _still(calls)
    if not still:
        return ()
    params, every = _parameters(calls, still), _parameters(calls, calls.calls)
    said = f"frozen: {params:,} of {every:,} parameters, in {counted(len(still), 'layer')}; {every - params:,} train"
    norms = sum(call.kind == _NORMALISES_BATCHES for call in still)
    if not norms:
        return (said,)
    which = "the normalisation goes by its" if norms == 1 else f"the {norms:,} normalisations go by their"
    return said, f"of the frozen, {which} moving statistics, which stay as they are: in Keras, inference mode"


def _still(calls: Calls) -> list[LayerCall]:
    """Of each frozen layer the call that makes it."""
    return [call for call in calls.calls if call.shares is None and not call.args.get(_TRAINABLE, True)]


def _parameters(calls: Calls, among: Iterable[LayerCall]) -> int:
    """The numbers in the weights of these calls' layers that train, or would. Raises LeftToKerasError."""
    owning = (call for call in among if call.shares is None)
    return sum(one.size for call in owning for one in variables_of(calls, call) if not one.name.startswith("moving_"))


def _frozen(call: LayerCall) -> LayerCall:
    return call._replace(args={**call.args, _TRAINABLE: False})


def _parts_with_weights(calls: Calls) -> dict[str, tuple[str, ...]]:
    """From the name of each layer with weights to what it may be called: its own name and its parts'."""
    parts = calls.parts
    owning = (call for call in calls.calls if call.shares is None and variables_of(calls, call))
    return {call.name: (call.name, *parts[call.name]) for call in owning}


def _check_names(names: Collection[str], calls: Calls, within: dict[str, tuple[str, ...]]) -> None:
    known = dict.fromkeys(part for _, *parts in within.values() for part in parts)
    known |= dict.fromkeys(within)
    stages = dict.fromkeys(parts[1] for parts in within.values())
    for name in names:
        if name not in known:
            remedy = (
                suggestion(name, known)
                or f"parts with weights are {first([listed([one]) for one in stages], _MOST_TOLD)}"
            )
            message = f"`--freeze {name}`: {calls.graph.name} has no part and no layer with weights of this name"
            raise Failure(message, remedy)
