"""How a command ends badly: what is shown, and which exit code it gives."""

from __future__ import annotations

import sys
import traceback

from resnet_dsl.diagnostics.diagnostic import Refusal
from resnet_dsl.failure import Failure

FINE, SPEC, USAGE, OURS, DIVERGED = 0, 1, 2, 3, 4
INTERRUPTED = 130

_USAGE_CODES = {"E0001", "E0002", "E0003", "E0004", "E0005", "E0236", "E0238", "E0239", "E0240"}
"""Diagnostics of a file that cannot be read or a name on the command line that does not exist."""


def show(error: Exception, debug: bool = False) -> int:
    """Tells the user on the standard error, and returns the exit code."""
    if isinstance(error, Refusal):
        return _show_refusal(error)
    if isinstance(error, Failure):
        _say(str(error), error.remedy)
        return USAGE
    if isinstance(error, OSError) and error.filename is not None:
        _say(f"`{error.filename}`: {error.strerror}", None)
        return USAGE
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("resnet_dsl"):
        package = error.name.partition(".")[0]
        _say(f"the package `{package}` is not installed", f"`pip install {package}`")
        return USAGE
    if debug:
        traceback.print_exception(error)
    else:
        _say(f"resnet-dsl failed: {type(error).__name__}: {error}", "this is our mistake: run again with `--debug`")
    return OURS


def _say(message: str, remedy: str | None) -> None:
    print(f"error: {message}", file=sys.stderr)
    if remedy:
        print(f"  = help: {remedy}", file=sys.stderr)


def _show_refusal(refusal: Refusal) -> int:
    from resnet_dsl.diagnostics.draw import draw_all

    sys.stderr.write(draw_all(refusal.diagnostics, colours=colours_wanted(sys.stderr)))
    errors = [one for one in refusal.diagnostics if one.severity == "error"]
    return USAGE if all(one.code in _USAGE_CODES for one in errors) else SPEC


def colours_wanted(stream: object) -> bool:
    """Whether a stream is a terminal that shows colours (https://no-color.org)."""
    import os

    return bool(getattr(stream, "isatty", lambda: False)()) and "NO_COLOR" not in os.environ
