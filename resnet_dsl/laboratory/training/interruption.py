"""Ctrl-C, and the request to end that a cluster sends before it kills: noted, and obeyed when a step is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Any


class Interruption:
    """Within its block the first of ``signals`` only sets ``asked``; the second ends the process as ever."""

    def __init__(self, signals: Sequence[int], noted: Callable[[], None]) -> None:
        self.asked = False
        self._signals = signals
        self._noted = noted
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in self._signals}
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._noted()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
