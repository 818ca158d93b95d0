"""Reading a pickle from a stranger: dictionaries, lists, texts, numbers and arrays of bytes, and nothing else.

``pickle`` calls whatever the file names. Here a file may name only what an array of bytes is made of, and each name
stands for a function of this module that can make nothing else: no import, no allocation that the file does not pay for
in bytes.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure

ARRAY_TYPE = object()
"""Stands for ``numpy.ndarray``, which pickles only pass on to ``_reconstruct``."""


def unpickled(content: bytes, where: str) -> object:
    """What ``content`` holds, or a refusal that names ``where``, the file."""
    try:
        return _Unpickler(io.BytesIO(content), encoding="bytes").load()
    except _Forbidden as error:
        raise Failure(f"{where} is a pickle that asks for `{error}`: refused, it could run any code") from error
    except Exception as error:  # a damaged pickle fails in any of a dozen ways
        raise Failure(f"{where} is cut off or damaged: {error}") from error


class _Forbidden(Exception):
    """The pickle names something that no array of bytes needs."""


def _empty_array(kind: object, shape: object, _typecode: object) -> NDArray[np.uint8]:
    if kind is not ARRAY_TYPE or shape != (0,):
        raise _Forbidden("an array that is not an array")
    return np.ndarray((0,), np.uint8)


def _byte_type(name: object, *_flags: object) -> np.dtype[Any]:
    if name not in ("u1", b"u1"):
        raise _Forbidden(f"values of type {name!r}")
    return np.dtype("u1")


def _encoded(text: object, encoding: object) -> bytes:
    """``_codecs.encode``: how Python 3 writes bytes for Python 2 to read."""
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise _Forbidden("a codec")
    return text.encode("latin1")


ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _empty_array,
    ("numpy._core.multiarray", "_reconstruct"): _empty_array,
    ("numpy", "ndarray"): ARRAY_TYPE,
    ("numpy", "dtype"): _byte_type,
    ("_codecs", "encode"): _encoded,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise _Forbidden(f"{module}.{name}")
        return ALLOWED[module, name]
