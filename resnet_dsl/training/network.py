"""What training needs to know of a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape, show

if TYPE_CHECKING:
    from resnet_dsl import pipeline


class TrainableNetwork(Protocol):
    """A compiled network that tells classes apart.

    ``input_shape`` is without the batch axis; ``classes`` is the length of the output; ``depth`` counts weighted layers
    on the main path; ``params`` what trains; ``residual`` says whether it has skip connections. ``spec_text`` is the
    file it came from, ``ir_json`` what that file means.
    """

    @property
    def name(self) -> str: ...
    @property
    def input_shape(self) -> Shape: ...
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

    def build(self, seed: int, logits: bool) -> Any:
        """A fresh ``keras.Model``: the same seed, after the same ``keras.utils.set_random_seed``, the same weights.

        With ``logits`` a softmax at the end is left off. Both forms have the same weights in the same order.
        """
        ...

    def save(self, model: Any, path: Path) -> None:
        """Write a model that ``build`` made as a ``.keras`` file, whole or not at all."""
        ...


class Compiled:
    """A network that the compiler made."""

    def __init__(self, compiled: pipeline.Compiled) -> None:
        shape = compiled.output_shape
        if len(shape) != 1 or not isinstance(shape[0], int):
            raise Failure(
                f"{compiled.name} does not tell classes apart: its output is {show(shape)}",
                "end its head with `avgpool(global) -> dense(classes) -> softmax`",
            )
        self._compiled = compiled
        self.name = compiled.name
        self.input_shape = compiled.input_shape
        self.classes = shape[0]
        self.depth = compiled.depth
        self.params = compiled.count.params
        self.residual = any(node.skip is not None for node in compiled.graph.nodes)
        self.spec_text = compiled.source.text
        self.ir_json = compiled.graph.model_dump_json()

    def build(self, seed: int, logits: bool) -> Any:
        from resnet_dsl.targets.keras import to_keras

        graph = self._compiled.graph
        last = graph.nodes[graph.output]
        if logits and last.op == "softmax":
            graph = graph.model_copy(update={"output": last.inputs[0]})
        return to_keras(graph, self._compiled.shapes, seed=seed)

    def save(self, model: Any, path: Path) -> None:
        from resnet_dsl.targets.keras import save

        save(model, path, self._compiled.graph)
