"""What a user did wrong when asking for a training: one sentence, and what to do instead."""

from __future__ import annotations


class TrainingMistake(Exception):
    """Data that cannot be read or do not fit the network, or options that contradict each other (exit code 2).

    ``message`` is one sentence in the user's terms; ``help`` says what to do instead, None where nothing can be told.
    """

    exit_code = 2

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
