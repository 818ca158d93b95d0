"""What is wrong with a model's file."""

from __future__ import annotations


class DamagedError(Exception):
    """The file is not whole, or not what it says it is, or asks for more than a file may; the message says what.

    It completes the sentence "`FILE` cannot be read: …".
    """
