"""All that rests on Keras' private parts: a layer copied instead of made anew, a call recorded without being made, the
layers of a model sorted without recursion, variables without and then with a value.

Each function checks what it finds and raises UnexpectedKerasError where that is not what it knows; the model is then
built the plain way. Known to hold: see ``tests/targets/keras/test_fast.py`` and docs/architecture.md.
"""

from __future__ import annotations

import inspect
import sys
from types import ModuleType

PLAIN = (type(None), bool, int, float, str, bytes, inspect.Signature)
"""Kinds of values that nobody changes: any number of layers may share one."""


class UnexpectedKerasError(Exception):
    """Keras' inside is not what the fast way was written for."""


def expect(truth: object, what: str) -> None:
    """Raises UnexpectedKerasError where it is not so."""
    if not truth:
        raise UnexpectedKerasError(what)


def module(name: str) -> ModuleType:
    """A module that Keras or its backend has imported."""
    found = sys.modules.get(name)
    if found is None:
        raise UnexpectedKerasError(f"there is no module {name}")
    return found
