"""The refusal: what a prediction cannot be made for, said in the user's terms."""

from __future__ import annotations

from resnet_dsl.failure import Failure


class Unpredictable(Failure):
    """No honest prediction can be made. The message is one sentence; ``node`` the name of the node it is about."""

    def __init__(self, message: str, node: str | None = None) -> None:
        super().__init__(message)
        self.node = node
