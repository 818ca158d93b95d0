"""What a user asked for cannot be done, and no text of the language is at fault."""

from __future__ import annotations


class Failure(Exception):
    """A package is missing, a file cannot be written, an option does not fit. The message is a sentence for the user.

    ``remedy`` says what to do instead. The command line shows both and ends with exit code 2.
    """

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy
