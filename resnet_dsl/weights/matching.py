"""Which array of a file goes into which variable of a model: by the names of layers, with every shape compared.

Nothing is guessed. A layer that the file does not hold, one that the network has not, and one of another shape are all
mistakes, told together. What has no weights (dropout and its like) needs no counterpart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.naming import layer_name
from resnet_dsl.sentences import listed
from resnet_dsl.weights.reading import SavedArray, SavedLayer, SavedModel

if TYPE_CHECKING:
    import numpy.typing as npt

Shape: TypeAlias = tuple[int, ...]

_BITS = {"bfloat16": 8, "float16": 11, "float32": 24, "float64": 53}
"""Of a number's fraction, by type."""

_MOST_TOLD = 8
_MOST_PARTS = 3  # of mismatches: in more than these it is another network


class WantedLayer(NamedTuple):
    """A layer of a model, with weights.

    kind: Keras' class, as its files write it (``conv2d``). parts: what it lies in, and what it may be called besides:
    its stage, its node. variables: name and shape of each, in Keras' order.
    """

    name: str
    kind: str
    parts: tuple[str, ...]
    variables: tuple[tuple[str, Shape], ...]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(shape for _, shape in self.variables)


class Fitted(NamedTuple):
    """``values``: from a layer's name to the arrays of its variables, in their order, in the type of the file.

    remarks: what a user should know of them, in sentences.
    """

    values: dict[str, tuple[npt.NDArray[Any], ...]]
    remarks: tuple[str, ...]


class _Mismatch(NamedTuple):
    """One layer that does not fit, in words; ``parts`` are those whose exception would let it be."""

    layer: str
    words: str
    parts: tuple[str, ...]


def fit(
    saved: SavedModel,
    wanted: Sequence[WantedLayer],
    network: str,
    excepted: Collection[str] = (),
    kind: str = "float32",
    left_out: Collection[str] = (),
) -> Fitted:
    """The arrays of every wanted layer, except those that ``excepted`` names, by their own name or that of a part.

    network: its name, for messages. kind: the type of the model's numbers. left_out: names of layers that the network
    has and the model, a part of it, has not: the file may hold them.
    Raises Failure that says what does not fit, and what to do.
    """
    _check_names(excepted, wanted, saved, network)
    left = [layer for layer in wanted if not {layer.name, *layer.parts} & {*excepted}]
    found = _by_name(saved, left)
    values, wrong = {}, []
    for layer in left:
        fitted = _fitted(layer, found.get(layer.name, []))
        if isinstance(fitted, _Mismatch):
            wrong.append(fitted)
        else:
            values[layer.name] = fitted
    wrong += _surplus(found, {layer.name for layer in wanted} | {*left_out}, excepted)
    if wrong:
        raise _failure(saved, network, wrong)
    _check_range(values, kind, saved.path)
    arrays = [array for fitted in values.values() for array in fitted]
    return Fitted(
        {name: tuple(one.values for one in arrays) for name, arrays in values.items()},
        (*saved.said, *_remarks(arrays, kind)),
    )


def _by_name(saved: SavedModel, wanted: Sequence[WantedLayer]) -> dict[str, list[SavedLayer]]:
    """The layers of a file by the names that they have here: early files have some that are spelt otherwise now."""
    found: dict[str, list[SavedLayer]] = {}
    for layer in saved.layers:
        name = layer_name(layer.name) if layer.name else _only_one_like_it(layer, saved, wanted)
        found.setdefault(name, []).append(layer)
    return found


def _only_one_like_it(layer: SavedLayer, saved: SavedModel, wanted: Sequence[WantedLayer]) -> str:
    """The name of the only wanted layer of this class and these shapes, for one that has no name in the file.

    Raises Failure where there are others like it: their order in the file depends on the network that it was saved
    from, so it says nothing.
    """
    like_it = [one for one in saved.layers if _looks(one) == _looks(layer)]
    candidates = [one.name for one in wanted if (one.kind, one.shapes) == _looks(layer)]
    if len(like_it) == len(candidates) == 1:
        return candidates[0]
    kind, shapes = _looks(layer)
    raise Failure(
        f"`{saved.path}` does not say the names of its layers, and {len(like_it)} of class {kind} with "
        f"{_shown(shapes)} could go into {len(candidates)} of the network",
        "load it with the Keras model that it was saved from, and save that whole: `model.save('model.keras')`",
    )


def _looks(layer: SavedLayer) -> tuple[str, tuple[Shape, ...]]:
    last = layer.place.rpartition("/")[2]
    kind, _, number = last.rpartition("_")
    return (kind if number.isdigit() else last), tuple(one.values.shape for one in layer.arrays)


def _fitted(layer: WantedLayer, found: list[SavedLayer]) -> tuple[SavedArray, ...] | _Mismatch:
    if not found:
        return _Mismatch(layer.name, "is not in the file", layer.parts)
    if len(found) > 1:
        places = " and ".join(f"`{one.place}`" for one in found[:3])
        return _Mismatch(layer.name, f"is in the file {len(found)} times: {places}", layer.parts)
    arrays, names = found[0].arrays, [name for name, _ in layer.variables]
    by_name = {one.name: one for one in arrays}
    if {*names} == {*by_name}:  # else they go by their order
        arrays = tuple(by_name[name] for name in names)
    shapes = tuple(one.values.shape for one in arrays)
    if shapes == layer.shapes:
        return arrays
    words = f"the file has {_shown(shapes)}, the network {_shown(layer.shapes)}"
    return _Mismatch(layer.name, words, layer.parts)


def _surplus(found: Mapping[str, list[SavedLayer]], known: set[str], excepted: Collection[str]) -> list[_Mismatch]:
    """Layers of the file that the network has not; those of an excepted part are left out by their name's beginning."""
    beginnings = tuple(layer_name(f"{part}_") for part in excepted)
    return [
        _Mismatch(name, "is not in the network", (name,))
        for name in found
        if name not in known and name not in excepted and not name.startswith(beginnings)
    ]


def _check_names(excepted: Collection[str], wanted: Sequence[WantedLayer], saved: SavedModel, network: str) -> None:
    parts = dict.fromkeys(part for layer in wanted for part in layer.parts)
    own = dict.fromkeys(layer.name for layer in wanted)
    known = {**parts, **own, **dict.fromkeys(_names(saved))}
    surplus = [name for name in _names(saved) if name not in own]
    for name in excepted:
        if name not in known and not any(one.startswith(layer_name(f"{name}_")) for one in surplus):
            remedy = suggestion(name, known) or f"parts with weights are {listed([*parts][:_MOST_TOLD])}"
            raise Failure(f"`--except {name}`: {network} has no part and no layer with weights of this name", remedy)


def _names(saved: SavedModel) -> list[str]:
    return [layer_name(layer.name) for layer in saved.layers if layer.name]


def _failure(saved: SavedModel, network: str, wrong: list[_Mismatch]) -> Failure:
    count = "one layer does" if len(wrong) == 1 else f"{len(wrong):,} layers do"
    told = [f"{one.layer}: {one.words}" for one in wrong[:_MOST_TOLD]]
    rest = [f"and {len(wrong) - _MOST_TOLD:,} more"] if len(wrong) > _MOST_TOLD else []
    message = f"`{saved.path}` does not hold the weights of {network}: {count} not fit"
    return Failure(message, _remedy(wrong), [*told, *rest])


def _remedy(wrong: list[_Mismatch]) -> str:
    """Exceptions that would let the rest be loaded, where they are few."""
    parts = list(dict.fromkeys(one.parts[0] for one in wrong))
    if len(parts) > _MOST_PARTS:
        return "take the file of this very network; `--except PART` leaves out a stage or a layer, also one of the file"
    exceptions = " ".join(f"--except {part}" for part in parts)
    return f"under `{exceptions}` the rest is loaded, and what these have in the network keeps its initial values"


def _check_range(values: Mapping[str, Sequence[SavedArray]], kind: str, path: str) -> None:
    """That no number is larger than any of float32: rounding would make it infinite."""
    from numpy import errstate, isinf

    for layer, arrays in values.items():
        for one in arrays:
            if kind == "float64" or one.kind != "float64":
                continue
            with errstate(over="ignore"):
                infinite = isinf(one.values.astype("float32")) & ~isinf(one.values)
            if infinite.any():
                message = f"`{path}` has numbers for `{layer}` that are larger than any of {kind}"
                raise Failure(message, "its training has diverged, or it is damaged: take an earlier file")


def _remarks(arrays: Sequence[SavedArray], kind: str) -> tuple[str, ...]:
    from numpy import isfinite

    said = []
    for saved, bits in _BITS.items():
        count = sum(one.kind == saved for one in arrays)
        if count and saved != kind:
            said.append(f"{_counted(count)} of {saved}, {'widened' if bits < _BITS[kind] else 'rounded'} to {kind}")
    broken = sum(not isfinite(one.values).all() for one in arrays)
    if broken:
        said.append(f"{_counted(broken)} with infinities or what is no number (NaN), taken as they are")
    return tuple(said)


def _counted(count: int) -> str:
    return "the file has one array" if count == 1 else f"the file has {count:,} arrays"


def _shown(shapes: tuple[Shape, ...]) -> str:
    return ", ".join(show(shape) or "one number" for shape in shapes) or "no weights"
