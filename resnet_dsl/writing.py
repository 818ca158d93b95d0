"""Files are written whole or not at all: an existing one survives whatever goes wrong."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

_PREFIX = ".resnet-dsl-"


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Replaces a file's content in one step. Raises OSError."""
    data = content.encode() if isinstance(content, str) else content

    def put(temporary: str) -> None:
        with open(temporary, "wb") as file:
            file.write(data)

    write_through(path, put)


def write_through(path: str | os.PathLike[str], put: Callable[[str], None], ending: str = "") -> None:
    """Lets ``put`` write a temporary file of the same folder, which then takes the name. Raises what ``put`` raises.

    ``ending`` is that of the temporary file's name, for writers that go by it.
    """
    target = os.fspath(path)
    folder = os.path.dirname(os.path.abspath(target))
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=_PREFIX, suffix=ending)
        os.close(descriptor)
        put(temporary)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except OSError as error:
        if error.filename is None or not os.path.basename(error.filename).startswith(_PREFIX):
            raise
        raise OSError(error.errno, error.strerror, target) from None  # who asked knows the file by this name
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)


def _mode(target: str) -> int:
    """The mode of the file that is replaced, or what a new file gets."""
    if os.path.exists(target):
        return os.stat(target).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
