"""Reading a pickle from a stranger: dictionaries, lists, texts, numbers and arrays of bytes, and nothing else.

``pickle`` calls whatever the file names, and its memory is what the file says. Here ``pickletools`` takes the file
apart, which runs nothing, and the few instructions that such data need are carried out by this module: no import, no
name of the file is looked up, and nothing is made that the file does not pay for in bytes. Keys are texts, so that no
key takes long to look up.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import Any, TypeAlias

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


class _Machine:
    """Carries out instructions: a stack, the marks in it, and the memo of what was put aside."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self, content: bytes) -> object:
        for opcode, argument, _ in pickletools.genops(content):
            if opcode.name in PUSHED:
                self.stack.append(PUSHED[opcode.name](self, argument))
            elif opcode.name in DONE:
                DONE[opcode.name](self, argument)
            else:
                raise _Forbidden(f"the instruction {opcode.name}")
        if len(self.stack) != 1:
            raise ValueError("it ends in the middle")
        value = self.stack[0]
        if not isinstance(value, dict):
            return value
        return {key: one.values if isinstance(one, _Array) else one for key, one in value.items()}

    def put(self, key: Any) -> None:
        self.memo[int(key)] = self.stack[-1]

    def above_mark(self) -> list[Any]:
        start = self.marks.pop()
        items, self.stack[start:] = self.stack[start:], []
        return items

    def last(self, count: int) -> tuple[Any, ...]:
        items, self.stack[-count:] = tuple(self.stack[-count:]), []
        return items

    def extend(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise ValueError("items for what is no list")
        self.stack[-1].extend(items)

    def set(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], dict) or not all(isinstance(key, str | bytes) for key in items[::2]):
            raise ValueError("entries that have no names")
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def set_item(self, _: Any) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.set([key, value])

    def new_dict(self, _: Any) -> None:
        items = self.above_mark()
        self.stack.append({})
        self.set(items)

    def stack_global(self, _: Any) -> Callable[..., object]:
        name, module = self.stack.pop(), self.stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise ValueError("a name that is no text")
        return _called(f"{module} {name}")

    def reduce(self, _: Any) -> object:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(arguments, tuple) or not any(function is known for known in CALLED.values()):
            raise ValueError("a call of what is no function")
        return function(*arguments)

    def build(self, _: Any) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], _Array):
            self.stack[-1].fill(state)
        elif self.stack[-1] is not BYTE:
            raise _Forbidden("the state of an object")


def _called(name: str) -> Callable[..., object]:
    if name not in CALLED:
        raise _Forbidden(name.replace(" ", ".", 1))
    return CALLED[name]


Act: TypeAlias = Callable[[_Machine, Any], object]


def _alike(names: str, act: Act) -> dict[str, Act]:
    return dict.fromkeys(names.split(), act)


PUSHED: dict[str, Act] = {
    **_alike("INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT", lambda _, number: number),
    **_alike("UNICODE SHORT_BINUNICODE BINUNICODE BINUNICODE8", lambda _, text: text),
    **_alike("SHORT_BINBYTES BINBYTES BINBYTES8", lambda _, content: content),
    **_alike("STRING BINSTRING SHORT_BINSTRING", lambda _, text: text.encode("latin1")),  # Python 2's texts were bytes
    **_alike("GET BINGET LONG_BINGET", lambda machine, key: machine.memo[int(key)]),
    "NONE": lambda *_: None,
    "NEWTRUE": lambda *_: True,
    "NEWFALSE": lambda *_: False,
    "EMPTY_DICT": lambda *_: {},
    "EMPTY_LIST": lambda *_: [],
    "EMPTY_TUPLE": lambda *_: (),
    "LIST": lambda machine, _: machine.above_mark(),
    "TUPLE": lambda machine, _: tuple(machine.above_mark()),
    "TUPLE1": lambda machine, _: machine.last(1),
    "TUPLE2": lambda machine, _: machine.last(2),
    "TUPLE3": lambda machine, _: machine.last(3),
    "GLOBAL": lambda _, name: _called(name),
    "STACK_GLOBAL": _Machine.stack_global,
    "REDUCE": _Machine.reduce,
}
"""Instructions that put something on the stack, from the machine and their argument."""

DONE: dict[str, Act] = {
    **_alike("PROTO FRAME STOP", lambda *_: None),
    **_alike("PUT BINPUT LONG_BINPUT", _Machine.put),
    "MEMOIZE": lambda machine, _: machine.put(len(machine.memo)),
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "DICT": _Machine.new_dict,
    "APPEND": lambda machine, _: machine.extend([machine.stack.pop()]),
    "APPENDS": lambda machine, _: machine.extend(machine.above_mark()),
    "SETITEM": _Machine.set_item,
    "SETITEMS": lambda machine, _: machine.set(machine.above_mark()),
    "BUILD": _Machine.build,
}
"""Those that do something else."""
