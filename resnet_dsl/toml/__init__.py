"""Files of settings in TOML, read strictly: each mistake is told with its place, its cause and its remedy.

A form says which keys there are and what their values may be (``form.py``); ``read_toml(path, form)`` returns what a
file says, as plain values, with the place of each (``reading.py``).
"""

from __future__ import annotations

from resnet_dsl.toml.form import (
    BoundedNumber,
    Flag,
    Key,
    KeyedTable,
    LineOfText,
    NamedTable,
    OneOf,
    Several,
    ValueKind,
    dotted,
)
from resnet_dsl.toml.reading import Said, read_toml, read_toml_text

__all__ = [
    "BoundedNumber",
    "Flag",
    "Key",
    "KeyedTable",
    "LineOfText",
    "NamedTable",
    "OneOf",
    "Said",
    "Several",
    "ValueKind",
    "dotted",
    "read_toml",
    "read_toml_text",
]
