"""Names that every backend of Keras, its files and exports take, from names that people write."""

from __future__ import annotations

import re

_TAKEN = re.compile(r"(?!\.+\Z)[A-Za-z0-9.][A-Za-z0-9_.-]*\Z")
"""TensorFlow's rule for the names of scopes; HDF5 has no group of dots alone."""

_ALONE = re.compile(r"[^A-Za-z0-9_.-]")
_FIRST = re.compile(r"\A(?:[_-]|\.+\Z)")


def layer_name(name: str) -> str:
    """The name of a layer or model: the same where every backend takes it, as nearly all are.

    Each character that one refuses becomes ``u`` and its number in hexadecimal, as in JSON: ``été_conv`` is
    ``u00e9tu00e9_conv``, and a leading ``_`` is ``u005f``. Two names may become one: see Builder, which numbers them.
    """
    if _TAKEN.match(name):
        return name
    return _FIRST.sub(_spelt, _ALONE.sub(_spelt, name))


def _spelt(found: re.Match[str]) -> str:
    return "".join(f"u{ord(letter):04x}" for letter in found.group())
