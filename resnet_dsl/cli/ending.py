"""How a command ends badly: what is shown, and which exit code it gives."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from resnet_dsl.cli.streams import show_diagnostics, tell
from resnet_dsl.failure import Failure

FINE, SPEC, USAGE, OURS, DIVERGED = 0, 1, 2, 3, 4
BY_A_SIGNAL = 128
"""And the number of the signal, as shells have it."""

INTERRUPTED = BY_A_SIGNAL + signal.SIGINT

_SENT = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""By a system, a cluster, a closed terminal; Python itself makes an exception of SIGINT alone."""

USAGE_CODES = {"E0001", "E0002", "E0003", "E0004", "E0005", "E0236", "E0238", "E0239", "E0240"}
"""Diagnostics of a file that cannot be read or a name on the command line that does not exist."""


@contextmanager
def signals_raise() -> Iterator[None]:
    """Within the block they end the command as Ctrl-C does, so that nothing half written is left.

    One that somebody handles or ignores (``nohup``) already stays so.
    """
    _handle(signal.SIG_DFL, _raise)
    try:
        yield
    finally:
        _handle(_raise, signal.SIG_DFL)


def _handle(before: object, now: Any) -> None:
    with suppress(ValueError):  # only the main thread may say how signals are handled
        for number in _SENT:
            if signal.getsignal(number) is before:
                signal.signal(number, now)


def _raise(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def ended_by(asked: KeyboardInterrupt) -> int:
    """Says that the command was interrupted, and returns the exit code; Python's own exception has no number."""
    print("interrupted", file=sys.stderr)
    number: int = next((one for one in asked.args if one in _SENT), signal.SIGINT)
    return BY_A_SIGNAL + number


def show(error: Exception, debug: bool = False) -> int:
    """Tells the user on the standard error, and returns the exit code."""
    from resnet_dsl.diagnostics.refusal import Refusal

    if isinstance(error, Refusal):
        show_diagnostics(error.diagnostics)
        errors = [one for one in error.diagnostics if one.severity == "error"]
        return USAGE if all(one.code in USAGE_CODES for one in errors) else SPEC
    failure = _failure(error)
    if failure is not None:
        tell(failure.told())
        return SPEC if failure.of_content else USAGE
    if debug:
        from traceback import print_exception

        print_exception(error)
    else:
        what = f"resnet-dsl failed: {type(error).__name__}: {error}"
        tell(Failure(what, "this is our mistake: run again with `--debug`").told())
    return OURS


def _failure(error: Exception) -> Failure | None:
    """What Python says of the user's files and packages, as a failure; None where the mistake is ours."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, OSError) and error.strerror:
        name = "" if error.filename is None else f"`{os.fsdecode(error.filename)}`: "
        from resnet_dsl.diagnostics.nearest import instead_of_missing

        return Failure(f"{name}{error.strerror}", instead_of_missing(error))
    from resnet_dsl.extras import MissingPackageError

    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("resnet_dsl"):
        package = error.name.partition(".")[0]
        return MissingPackageError([package], f"the package `{package}` is not installed")
    return None
