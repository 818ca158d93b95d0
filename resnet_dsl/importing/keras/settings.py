"""The settings of one call: each is asked for once, and what nobody asked for must change nothing."""

from __future__ import annotations

import struct
from typing import Any, NoReturn

from resnet_dsl.importing.keras.called import Called, UnknownError

_SAYS_NOTHING = (
    *("name", "trainable", "dtype", "seed", "autocast", "synchronized", "momentum", "input_shape", "batch_shape"),
    *("batch_input_shape", "build_input_shape", "optional", "implementation", "input_axes", "output_axes"),
    *("renorm_momentum", "projection_dim"),
)
_ENDINGS_THAT_SAY_NOTHING = ("_initializer", "_regularizer", "_constraint")
"""Settings of training, of numbers' types, and of what a layer was built for."""
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "data_format": ("channels_last",),
    "activation": ("linear",),
    "groups": (1,),
    "dilation_rate": (1, [1], [1, 1], [1, 1, 1]),
    "mode": ("constant",),
    "alpha": (1,),
    "fill_mode": ("constant",),
}
"""What a setting says where it changes nothing; of any other: nothing, false, or an empty list."""
_TYPES = ("float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16")


class LayerSettings:
    """Of a call. Raises UnknownError for what is not of the type that is asked for."""

    def __init__(self, called: Called) -> None:
        self._left = dict(called.settings)
        self.numbers = _type_of(self._left.get("dtype")) if not called.is_function else "float32"
        _check_call(called)

    def take(self, name: str, usual: Any = None) -> Any:
        value = self._left.pop(name, usual)
        return usual if value is None else value

    def says(self, name: str) -> bool:
        """Whether it is there, and not left open; it is still to be asked for."""
        return self._left.get(name) is not None

    def flag(self, name: str, usual: bool = False) -> bool:
        value = self.take(name, usual)
        return value if isinstance(value, bool) else self._refuse(name, value)

    def count(self, name: str, usual: int | None = None) -> int:
        value: int = self.take(name, usual)
        return value if _is_count(value) else self._refuse(name, value)

    def number(self, name: str, usual: float | None = None) -> float:
        value: float = self.take(name, usual)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e30
        return _written(value) if fits else self._refuse(name, value)

    def word(self, name: str, *known: str) -> str:
        """One of these; the first where nothing is said."""
        value = self.take(name, known[0])
        return value if value in known and isinstance(value, str) else self._refuse(name, value)

    def lengths(self, name: str, rank: int, usual: int | None = None) -> tuple[int, ...]:
        """A number an axis."""
        value = self.take(name, usual)
        if _is_count(value):
            return (value,) * rank
        fits = isinstance(value, list | tuple) and len(value) == rank and all(map(_is_count, value))
        return tuple(value) if fits else self._refuse(name, value)

    def widths(self, name: str, rank: int) -> tuple[tuple[int, int], ...]:
        """Positions in front and behind, a pair an axis."""
        value = self.take(name)
        if _is_count(value):
            return ((value, value),) * rank
        pairs = [value] if rank == 1 and _is_pair(value) else value
        if isinstance(pairs, list | tuple) and len(pairs) == rank:
            if all(map(_is_count, pairs)):
                return tuple((one, one) for one in pairs)
            if all(map(_is_pair, pairs)):
                return tuple((front, behind) for front, behind in pairs)
        return self._refuse(name, value)

    def axes(self, name: str, rank: int, usual: Any = -1) -> tuple[int, ...]:
        """Axes, in order, counted from 1 for the first behind the batch's; ``rank``: how many of these there are."""
        value = self.take(name, usual)
        found = value if isinstance(value, list | tuple) else [value]
        if not all(isinstance(one, int) and -rank <= one <= rank and one for one in found):
            return self._refuse(name, value)
        return tuple(sorted(one if one > 0 else rank + 1 + one for one in found))

    def done(self) -> None:
        """Raises UnknownError where something is left that may change the result."""
        for name, value in self._left.items():
            if name in _SAYS_NOTHING or name.endswith(_ENDINGS_THAT_SAY_NOTHING):
                continue
            if value not in _NEUTRAL.get(name, ()) and value not in (None, False, 0, [], {}, ()):
                self._refuse(name, value)

    def _refuse(self, name: str, value: Any) -> NoReturn:
        if value is None:
            raise UnknownError(f"says nothing of its `{name}`", _REMEDIES.get(name))
        shown = str(value)
        shown = shown if len(shown) <= 60 else f"{shown[:60]} …"
        raise UnknownError(f"has `{name} = {shown}`, which the language cannot say", _REMEDIES.get(name))


_REMEDIES = {"data_format": 'build the model with `data_format="channels_last"`, and give it the same weights'}


def _written(number: float) -> float:
    """A number as one writes it: Keras 2 keeps some as float32, 0.2 as 0.20000000298023224."""
    if not isinstance(number, float) or _narrow(number) != number:
        return number
    shorter = (float(f"{number:.{digits}g}") for digits in range(1, 10))
    return next(one for one in shorter if _narrow(one) == number)


def _narrow(number: float) -> float:
    """The float32 next to a number."""
    return float(struct.unpack("f", struct.pack("f", number))[0])


_LIKE_INFERENCE = ("Resizing", "Rescaling", "Normalization")
"""Layers that prepare images: Keras calls them with ``training = True``, which changes nothing."""


def _check_call(called: Called) -> None:
    """Raises UnknownError where a layer is called with what changes its result."""
    for name, value in called.given.items():
        harmless = value is None or name == "name" or (name == "training" and value is False)
        if not harmless and not (name == "training" and called.kind in _LIKE_INFERENCE):
            raise UnknownError(f"is called with `{name} = {str(value)[:60]}`, which the language cannot say")


def _type_of(policy: Any) -> str:
    """The type of a layer's numbers. Raises UnknownError for those that are quantised."""
    config = policy.get("config") if isinstance(policy, dict) else None
    name = config.get("name") if isinstance(config, dict) else policy
    if isinstance(config, dict) and config.get("mode") is not None:
        name = config["mode"]  # of a quantised layer; `source_name` is the type that it had before
    if name is None:
        return "float32"
    if name not in _TYPES:
        raise UnknownError(f"computes in `{str(name)[:60]}`, and numbers here are floating-point")
    return str(name)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_count, value))
