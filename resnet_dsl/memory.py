"""Two habits of CPython that cost a compiler a third of its time, put off while it works."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_SLOTS = 33_000  # more than 256 KB: the next power of two leaves as much for the frames of a thousand calls


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector: it would go through all that is being made, in vain and again and again.

    What was made then counts as old, so that no collection visits it all at once.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on and gc.get_freeze_count() == 0:
            gc.freeze()  # all objects to a place apart,
            gc.unfreeze()  # and from there to the old ones
        if was_on:
            gc.enable()


def unhindered(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """A function that runs uncollected, and whose calls and those below them find room for their frames in one piece.

    CPython keeps frames in pieces of 16 KB. Where a loop runs deep in calls, at the end of a piece, each of its rounds
    asks the system for a new one and gives it back. A frame that claims to be large is given a piece that holds all.
    """

    @wraps(function)
    def called(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        with uncollected():
            made: _Made = _roomy(lambda: function(*given, **named))
        return made

    return called


def _call(function: Callable[[], _Made]) -> _Made:
    return function()


_roomy: Callable[[Callable[[], Any]], Any] = FunctionType(_call.__code__.replace(co_stacksize=_SLOTS), {})
