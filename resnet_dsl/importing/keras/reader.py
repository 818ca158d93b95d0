"""From the calls of a Keras model to a flat network."""

from __future__ import annotations

from contextlib import suppress
from math import prod
from typing import Any, NamedTuple

from resnet_dsl.importing.flat import Assembler, FlatNetwork, NotImportedError, Run
from resnet_dsl.importing.keras.at import Arrays, At, Reading, Unread, UnreadError
from resnet_dsl.importing.keras.called import Called, MisfitError, UnknownError
from resnet_dsl.importing.keras.composites import recognised
from resnet_dsl.importing.keras.initial import initial
from resnet_dsl.importing.keras.pattern import Found
from resnet_dsl.importing.keras.rules import RULES
from resnet_dsl.importing.keras.settings import LayerSettings
from resnet_dsl.importing.keras.structure import Structure
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.naming import layer_name
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import an, counted


class KerasModel(NamedTuple):
    """A Keras model that is read.

    source: what diagnostics call it. arrays: where its weights are; None where there are none.
    """

    source: str
    structure: Structure
    arrays: Arrays | None = None
    run: Run | None = None


def flat_network(model: KerasModel) -> FlatNetwork:
    """Raises NotImportedError at the first layer that the language cannot say, and StrangeError."""
    try:
        return _read_all(model)
    except _MisfitRefused as refused:
        first = refused.refusal
    for multiple in _MULTIPLES if _is_open(model.structure) else ():
        with suppress(_MisfitRefused):
            return _read_all(model, multiple)
    raise first


_MULTIPLES = (2, 4, 8, 16, 32, 64, 128)
"""What open lengths may be multiples of: Keras does not say it, but paths that meet ask for it, and fail on others."""


class _MisfitRefused(Exception):
    """With lengths that are more multiples, what is refused here may fit."""

    def __init__(self, refusal: NotImportedError) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def _is_open(structure: Structure) -> bool:
    return any(None in _size(_batched(one)) for one in structure.calls[: structure.inputs])


def _read_all(model: KerasModel, multiple: int = 1) -> FlatNetwork:
    """The network whose open lengths are multiples. Raises _MisfitRefused, too."""
    assembler = Assembler(model.source)
    reading = Reading(assembler, model.structure.calls, model.arrays, model.structure.is_of_keras_2)
    for index, called in enumerate(model.structure.calls):
        is_input = index < model.structure.inputs
        reading.values.append(
            _entered(reading, called, model.structure, multiple) if is_input else _read(reading, index)
        )
    returned = {name: reading.values[index] for name, index in model.structure.outputs.items()}
    for one in returned.values():
        if isinstance(one, Unread):
            refusal = assembler.refuse(one.label, one.cause.why, one.cause.remedy)
            raise _MisfitRefused(refusal) if isinstance(one.cause, MisfitError) else refusal
    outputs = {name: value for name, value in returned.items() if isinstance(value, int)}
    said = (
        *(*reading.said, *_said_of_first(reading), *_said_of_frozen(reading)),
        *(*_said_of_types(model.structure), *_said_of_multiples(multiple)),
    )
    return assembler.finish(layer_name(model.structure.name), outputs, run=model.run, said=said)


def _said_of_first(reading: Reading) -> list[str]:
    """What fresh weights are drawn from, where there is no word for it."""
    layers = reading.without_word
    if not layers:
        return []
    of = f"`{layers[0]}`" if len(layers) == 1 else f"{len(layers)} layers (`{layers[0]}` first)"
    return [f"What {of} would start from has no word here: the default stands there, which fresh weights alone go by."]


def _said_of_frozen(reading: Reading) -> list[str]:
    """A text says nothing of training."""
    weighted = {reading.assembler.labels[node] for node in reading.assembler.weights}
    still = {one.label for one in reading.calls if one.settings.get("trainable") is False} & weighted
    if not still:
        return []
    return [f"{counted(len(still), 'layer')} that the model keeps from training will train here: see `--freeze`."]


def _said_of_multiples(multiple: int) -> list[str]:
    if multiple == 1:
        return []
    return [f"Lengths that the model leaves open are multiples of {multiple} here: with others its paths do not meet."]


def _batched(called: Called) -> Any:
    return called.settings.get("batch_shape", called.settings.get("batch_input_shape"))


def _entered(reading: Reading, called: Called, structure: Structure, multiple: int) -> int:
    """One of the network's inputs. Raises NotImportedError."""
    settings = called.settings
    name = "input" if structure.inputs == 1 else called.label
    try:
        size = _size(_batched(called))
        if any(settings.get(one) for one in ("sparse", "ragged")):
            raise UnknownError("takes sparse or ragged values")
    except UnknownError as unknown:
        raise reading.assembler.refuse(called.label, unknown.why, unknown.remedy) from None
    lengths: Any = tuple((None if multiple == 1 else f"{multiple}?") if one is None else one for one in size)
    return reading.assembler.input(name, lengths)


def _size(shape: Any) -> Any:
    """Without the batch axis. Raises UnknownError."""
    fits = OPERATIONS["input"].parameters[0].kind.fits
    if not isinstance(shape, list | tuple):
        raise UnknownError("has no shape", "build the model for one: `model.build((None, 224, 224, 3))`")
    size = tuple(shape[1:])
    if not size or not all(isinstance(one, int | None) for one in size) or not fits(size):
        shown = ", ".join(str(one) for one in size[:8])
        why = f"takes values of ({shown}), and an input here has at most three lengths and channels, which are known"
        raise UnknownError(why)
    return size


def _said_of_types(structure: Structure) -> list[str]:
    """That numbers are another type's there than here."""
    found = {LayerSettings(one).numbers for one in structure.calls if not one.is_function and one.kind != "InputLayer"}
    others = sorted(found - {"float32"})
    return [f"The model computes in {', '.join(others)}; its weights are read as float32 numbers."] if others else []


def _read(reading: Reading, index: int) -> int | Unread:
    """The node that has a call's value; what is unread where no operation ends here."""
    called = reading.calls[index]
    found = recognised(reading.calls, index, lambda one: _shape(reading, one))
    try:
        if found is not None:
            return _composed(reading, called, found)
        return _applied(reading, called)
    except UnreadError as unread:
        return unread.unread
    except UnknownError as unknown:
        return Unread(called.label, unknown)


def _shape(reading: Reading, index: int) -> Shape | None:
    value = reading.values[index]
    return reading.assembler.shapes[value] if isinstance(value, int) else None


def _applied(reading: Reading, called: Called) -> int:
    """By the rule of its kind."""
    at = At(reading, called)
    rule = RULES.get(called.kind)
    if rule is None:
        raise _without_rule(called.kind)
    made = rule(at)
    at.settings.done()
    return made


def _node(reading: Reading, index: int) -> int:
    value = reading.values[index]
    assert isinstance(value, int)
    return value


def _without_rule(kind: str) -> UnknownError:
    package, _, name = kind.rpartition(":")
    if name == "Lambda" or kind == "Lambda":
        return UnknownError("is a `Lambda`, whose code is not run", "write what it does with layers or `keras.ops`")
    if package:
        why = f"is {an(name)} of `{package}`, a class of somebody's own: what it does is code, which is not run"
        return UnknownError(why, "write what it does with layers and functions of Keras' own")
    if kind.startswith(("ops.", "tf.")):
        return UnknownError(f"is the function `{kind.partition('.')[2]}`, for which there is no operation")
    if kind == "slice":
        return UnknownError("is a slice, which no operation takes like this")
    return UnknownError(f"is {an(kind)}, for which there is no operation")


def _composed(reading: Reading, called: Called, found: Found) -> int:
    """An operation of several calls."""
    args = {**found.args, **_initial(reading, found)}
    owners = tuple(sorted({reading.calls[index].label for index, _ in found.weights.values()}))
    label = owners[0] if len(owners) == 1 else called.label
    source = _node(reading, found.source)
    return reading.node(found.op, (source,), label, _weights(reading, found), owners or (label, 1), args)


def _initial(reading: Reading, found: Found) -> dict[str, str]:
    """What its kernel starts from, where it has a word for it."""
    if OPERATIONS[found.op].parameter("init") is None or "init" in found.args or "kernel" not in found.weights:
        return {}
    settings = reading.calls[found.weights["kernel"][0]].settings
    described = settings.get("kernel_initializer", settings.get("depthwise_initializer"))
    shape = _shape(reading, found.source)
    word = None if shape is None else initial(found.op, found.args, shape, described)
    return {} if word is None else {"init": word}


def _weights(reading: Reading, found: Found) -> dict[str, Any] | None:
    """Its weights, in the shapes that the operation gives them."""
    if reading.arrays is None or not found.weights:
        return None
    shape = _shape(reading, found.source)
    assert shape is not None
    operation = OPERATIONS[found.op]
    given = {one.name: found.args.get(one.name, one.default) for one in operation.parameters}
    shapes = {one.name: one.shape for one in operation.weights(operation.settle(given, (shape,)), (shape,))}
    weights = {}
    for name, (index, number) in found.weights.items():
        arrays = reading.arrays(reading.calls[index])
        if number >= len(arrays):
            raise UnknownError(f"has no {name} among its weights")
        array = arrays[number][1]
        weights[name] = array.reshape(shapes[name]) if array.size == prod(shapes[name]) else array
    return weights
