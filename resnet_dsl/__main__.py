"""`python -m resnet_dsl` is `resnet-dsl`."""

import os
import sys
from typing import NoReturn, TextIO

from resnet_dsl.cli import main


def run() -> NoReturn:
    """Runs one command, and ends the process with its exit code.

    To free object after object first would take a tenth of a `check`. Where threads may be at work still, or a stream
    has not taken all that was said, the process ends as any other does.
    """
    code = main()
    if "threading" not in sys.modules and _has_all(sys.stdout) and _has_all(sys.stderr):
        os._exit(code)
    sys.exit(code)


def _has_all(stream: TextIO | None) -> bool:
    try:
        if stream is not None:  # it was closed before the process began
            stream.flush()
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    run()
