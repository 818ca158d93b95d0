"""What training needs to know of a network."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from resnet_dsl.analyses import head
from resnet_dsl.analyses.ends import check_ends, only_output
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.ir.formats import computed
from resnet_dsl.ir.graph import Node
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.laboratory.training.standalone import settings, standing_alone

if TYPE_CHECKING:
    from resnet_dsl import pipeline
    from resnet_dsl.weights import InputScaling


class TrainableNetwork(Protocol):
    """A compiled network that tells classes apart.

    ``input_shape`` is without the batch axis; ``classes`` is the length of the output; ``depth`` counts weighted layers
    on the main path; ``params`` what trains; ``residual`` says whether it has skip connections. ``spec_text`` is the
    file it came from, ``imports`` what that imports, by the path beside it, ``settings`` what it was compiled with, and
    ``ir_json`` what all that means; ``ir_sha256`` is the digest of what the weights depend on in it.
    """

    name: str
    input_shape: Shape
    classes: int
    depth: int
    params: int
    residual: bool
    spec_text: str
    imports: dict[str, str]
    settings: dict[str, Any]
    ir_json: str
    ir_sha256: str

    def telling_apart(self, classes: int) -> str:
        """What to write so that the network tells so many classes apart."""
        ...

    def build(self, seed: int, logits: bool, scaling: InputScaling | None = None) -> Any:
        """A fresh ``keras.Model``: the same seed, after the same ``keras.utils.set_random_seed``, the same weights.

        With ``logits`` a softmax at the end is left off; with ``scaling`` images are normalised first. All forms have
        the same weights in the same order.
        """
        ...

    def save(self, model: Any, path: Path, class_names: tuple[str, ...]) -> None:
        """Write a model that ``build`` made as a ``.keras`` file, whole or not at all."""
        ...


class Classifier:
    """A network that the compiler made. Raises Failure where the loss of training does not belong to its head."""

    def __init__(self, compiled: pipeline.Compiled) -> None:
        check_ends(compiled.graph, "training")
        self._compiled = compiled
        self.name = compiled.name
        self.input_shape = compiled.facts.input_shape
        self.classes = self._told_apart()
        self.depth = compiled.facts.depth
        self.params = compiled.facts.count.params
        self.residual = any(node.skip is not None for node in compiled.graph.nodes)
        self.spec_text, self.imports = standing_alone(compiled.asked)
        self.settings = settings(compiled.asked)
        self.ir_json = compiled.graph.model_dump_json()
        self.ir_sha256 = hashlib.sha256(computed(compiled.graph).encode()).hexdigest()

    def _told_apart(self) -> int:
        """How many classes. The loss is cross-entropy: it belongs to a softmax, or to logits, over several classes."""
        shape = self._compiled.facts.output_shape
        if len(shape) != 1 or not isinstance(shape[0], int):
            raise Failure(
                f"{self.name} does not tell classes apart: its output is {show(shape)}",
                "end its head with `avgpool(global) -> dense(classes) -> softmax`",
            )
        graph = self._compiled.graph
        output = only_output(graph, "training")
        if head.ends_in_softmax_twice(graph, output):
            raise Failure(f"{self.name} ends in two `softmax`, one behind the other", "leave one of them out")
        odd = head.unfit_for_logits(graph, output) if head.logits(graph, output) is None else None
        if odd is not None:
            raise self._wrong_loss(odd, shape[0])
        if shape[0] == 1:
            message = f"{self.name} has a single output, and cross-entropy needs one for each class"
            raise Failure(message, f"for two classes, {self.telling_apart(2)}")
        return shape[0]

    def _wrong_loss(self, odd: Node, outputs: int) -> Failure:
        """``odd`` is what stands behind the last layer with weights."""
        if head.are_probabilities(odd):
            message = f"the `{odd.op}` of {self.name} is not its last operation, or not over all of its channels"
        else:
            message = (
                f"{self.name} ends in `{odd.op}`; the loss of training is cross-entropy, which belongs to `softmax`"
            )
        if head.are_probabilities(odd) or OPERATIONS[odd.op].range[1] > 1:
            return Failure(message, "end its head with `dense(classes) -> softmax`")
        if outputs > 1:
            return Failure(message, f"write `softmax` instead of `{odd.op}`: one class of {outputs} for each image")
        setting = self._setting(2)
        remedy = f"write `softmax` instead of `{odd.op}`, and {setting}" if setting else self.telling_apart(2)
        return Failure(message, f"for two classes, {remedy}")

    def telling_apart(self, classes: int) -> str:
        return self._setting(classes) or f"end its head with `dense({classes}) -> softmax`"

    def _setting(self, classes: int) -> str | None:
        """The parameter that says how many classes there are, found by trying; None where there is none."""
        asked = self._compiled.asked
        for name in asked.spec.parameters(asked.network):
            with suppress(Refusal):
                changed = asked.spec.compile(asked.network, {**asked.overrides, name: classes}, asked.input_size)
                if changed.facts.output_shape == (classes,):
                    return f"--set {name}={classes}"
        return None

    def build(self, seed: int, logits: bool, scaling: InputScaling | None = None) -> Any:
        from resnet_dsl.targets.keras import to_keras

        graph = self._compiled.graph
        (output,) = graph.outputs
        taken = head.logits(graph, output.node)
        if logits and taken is not None:
            graph = replace(graph, outputs=(replace(output, node=taken),))
        return to_keras(graph, self._compiled.shapes, seed=seed, scaling=scaling)

    def save(self, model: Any, path: Path, class_names: tuple[str, ...]) -> None:
        from resnet_dsl.targets.keras import save

        save(model, path, self._compiled.graph, class_names)
