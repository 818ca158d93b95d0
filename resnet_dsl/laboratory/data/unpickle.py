"""Reading a pickle from a stranger: dictionaries, lists, texts, numbers and arrays of bytes, and nothing else.

``pickle`` calls whatever the file names, and its memory is what the file says. Here ``pickletools`` takes the file
apart, which runs nothing, and the few instructions that such data need are carried out by this module: no import, no
name of the file is looked up, and nothing is made that the file does not pay for in bytes. Keys are texts, so that no
key takes long to look up.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure, reason


def unpickled(content: bytes, where: str) -> object:
    """What ``content`` holds, or a refusal that names ``where``, the file."""
    try:
        return _Machine().run(content)
    except _Forbidden as error:
        raise Failure(f"{where} is a pickle that asks for `{reason(error)}`: refused, it could run any code") from error
    except Exception as error:  # a damaged pickle fails in any of a dozen ways
        raise Failure(f"{where} is cut off or damaged: {reason(error)}") from error


class _Forbidden(Exception):
    """The pickle asks for something that no array of bytes needs."""


class _Array:
    """An array of bytes in the making; pickles make an empty one first, and give it shape and content later."""

    values: NDArray[np.uint8] | None = None

    def fill(self, state: object) -> None:
        """``state``: version, shape, type, whether columns come first, content."""
        if not isinstance(state, tuple) or len(state) != 5 or state[2] is not BYTE or state[3] is not False:
            raise _Forbidden("an array that is no array of bytes")
        shape, content = state[1], state[4]
        if not isinstance(content, bytes) or not isinstance(shape, tuple) or not all(type(n) is int for n in shape):
            raise _Forbidden("an array that is no array of bytes")
        self.values = np.frombuffer(content, np.uint8).reshape(shape)


BYTE = object()
"""Stands for the type of one byte."""


def _array(*_arguments: object) -> _Array:
    return _Array()


def _byte(*arguments: object) -> object:
    if not arguments or arguments[0] not in ("u1", b"u1"):
        raise _Forbidden("values of another type than bytes")
    return BYTE


def _encoded(*arguments: object) -> bytes:
    """``_codecs.encode``: how Python 3 writes bytes for Python 2 to read."""
    if len(arguments) != 2 or not isinstance(arguments[0], str) or arguments[1] not in ("latin1", b"latin1"):
        raise _Forbidden("a codec")
    return arguments[0].encode("latin1")


CALLED: dict[str, Callable[..., object]] = {
    "numpy.core.multiarray _reconstruct": _array,
    "numpy._core.multiarray _reconstruct": _array,
    "numpy ndarray": _array,
    "numpy dtype": _byte,
    "_codecs encode": _encoded,
}
"""The names that a file may speak of, and what is called instead."""

INTEGERS = frozenset({"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"})
TEXTS = frozenset({"UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"})
BYTES = frozenset({"SHORT_BINBYTES", "BINBYTES", "BINBYTES8"})
VALUES = INTEGERS | TEXTS | BYTES | {"FLOAT", "BINFLOAT"}
"""Instructions that put their argument on the stack."""

OLD_TEXTS = frozenset({"STRING", "BINSTRING", "SHORT_BINSTRING"})
"""Those of Python 2, whose texts were bytes."""

CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
IDLE = frozenset({"PROTO", "FRAME", "STOP"})


class _Machine:
    """Carries out instructions: a stack, the marks in it, and the memo of what was put aside."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self, content: bytes) -> object:
        for opcode, argument, _ in pickletools.genops(content):
            self._step(opcode.name, argument)
        if len(self.stack) != 1:
            raise ValueError("it ends in the middle")
        return _finished(self.stack[0])

    def _step(self, name: str, argument: Any) -> None:
        if name in VALUES:
            self.stack.append(argument)
        elif name in OLD_TEXTS:
            self.stack.append(argument.encode("latin1"))
        elif name in CONSTANTS:
            self.stack.append(CONSTANTS[name])
        elif name not in IDLE:
            act = getattr(self, f"_{name.lower()}", None)
            if act is None:
                raise _Forbidden(f"the instruction {name}")
            act(argument)

    def _above_mark(self) -> list[Any]:
        start = self.marks.pop()
        items, self.stack[start:] = self.stack[start:], []
        return items

    def _mark(self, _: Any) -> None:
        self.marks.append(len(self.stack))

    def _put(self, key: Any) -> None:
        self.memo[int(key)] = self.stack[-1]

    _binput = _long_binput = _put

    def _memoize(self, _: Any) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def _get(self, key: Any) -> None:
        self.stack.append(self.memo[int(key)])

    _binget = _long_binget = _get

    def _empty_dict(self, _: Any) -> None:
        self.stack.append({})

    def _empty_list(self, _: Any) -> None:
        self.stack.append([])

    def _empty_tuple(self, _: Any) -> None:
        self.stack.append(())

    def _list(self, _: Any) -> None:
        self.stack.append(self._above_mark())

    def _dict(self, _: Any) -> None:
        items = self._above_mark()
        self.stack.append({})
        self._set(items)

    def _tuple(self, _: Any) -> None:
        self.stack.append(tuple(self._above_mark()))

    def _tuple1(self, _: Any) -> None:
        self._last(1)

    def _tuple2(self, _: Any) -> None:
        self._last(2)

    def _tuple3(self, _: Any) -> None:
        self._last(3)

    def _last(self, count: int) -> None:
        items, self.stack[-count:] = tuple(self.stack[-count:]), []
        self.stack.append(items)

    def _append(self, _: Any) -> None:
        self._extend([self.stack.pop()])

    def _appends(self, _: Any) -> None:
        self._extend(self._above_mark())

    def _extend(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise ValueError("items for what is no list")
        self.stack[-1].extend(items)

    def _setitem(self, _: Any) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._set([key, value])

    def _setitems(self, _: Any) -> None:
        self._set(self._above_mark())

    def _set(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], dict) or not all(isinstance(key, str | bytes) for key in items[::2]):
            raise ValueError("entries that have no names")
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def _global(self, name: Any) -> None:
        self.stack.append(_called(name))

    def _stack_global(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise ValueError("a name that is no text")
        self.stack.append(_called(f"{module} {name}"))

    def _reduce(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(arguments, tuple) or not any(function is known for known in CALLED.values()):
            raise ValueError("a call of what is no function")
        self.stack.append(function(*arguments))

    def _build(self, _: Any) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], _Array):
            self.stack[-1].fill(state)
        elif self.stack[-1] is not BYTE:
            raise _Forbidden("the state of an object")


def _called(name: str) -> Callable[..., object]:
    if name not in CALLED:
        raise _Forbidden(name.replace(" ", ".", 1))
    return CALLED[name]


def _finished(value: object) -> object:
    """A dictionary whose arrays are filled."""
    if not isinstance(value, dict):
        return value
    return {key: one.values if isinstance(one, _Array) else one for key, one in value.items()}
