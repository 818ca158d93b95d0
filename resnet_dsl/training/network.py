"""What training needs to know of a network."""

from __future__ import annotations

from typing import Any, Protocol


class TrainableNetwork(Protocol):
    """A compiled network that tells classes apart.

    ``input_shape`` is without the batch axis, None where a length is not known; ``classes`` is the length of the
    output; ``depth`` counts weighted layers on the main path; ``params`` what trains; ``residual`` says whether it has
    skip connections. ``spec_text`` is the file it came from, ``ir_json`` what that file means.
    """

    @property
    def name(self) -> str: ...
    @property
    def input_shape(self) -> tuple[int | None, ...]: ...
    @property
    def classes(self) -> int: ...
    @property
    def depth(self) -> int: ...
    @property
    def params(self) -> int: ...
    @property
    def residual(self) -> bool: ...
    @property
    def spec_text(self) -> str: ...
    @property
    def ir_json(self) -> str: ...

    def build(self) -> Any:
        """A fresh ``keras.Model``; the same weights every time after the same ``keras.utils.set_random_seed``."""
        ...
