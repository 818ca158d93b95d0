"""What training needs to know of a network."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from resnet_dsl.analyses import head
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.ir.computed import computed
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.ir.nodes import Node, Output
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.laboratory.training.standalone import settings, standing_alone
from resnet_dsl.laboratory.training.start import Start

if TYPE_CHECKING:
    from resnet_dsl import pipeline
    from resnet_dsl.ir.graph import Graph
    from resnet_dsl.targets.keras.calls import LayerValues
    from resnet_dsl.weights import Scaling


class NetworkEnds(NamedTuple):
    """Of a network with several inputs or outputs: what each input takes, how many classes each output tells apart."""

    inputs: dict[str, Shape]
    outputs: dict[str, int]


def ends_of(network: TrainableNetwork) -> NetworkEnds | None:
    """None where a network has one input and one output, as those have that say nothing of it."""
    found: NetworkEnds | None = getattr(network, "ends", None)
    return found


class Beginning(NamedTuple):
    """What a model is built with where it does not begin from scratch.

    values: of the variables of layers, by the layer's name. frozen: parts that do not train. said: what is told of it.
    """

    values: LayerValues
    frozen: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


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

    def build(self, seed: int, logits: bool, scaling: Scaling | None = None, beginning: Beginning | None = None) -> Any:
        """A fresh ``keras.Model``: the same seed, after the same ``keras.utils.set_random_seed``, the same weights.

        With ``logits`` a softmax at the end is left off; with ``scaling`` images are normalised first; ``beginning``,
        which is not given where there is none, has weights in place of fresh ones. All forms have the same weights in
        the same order.
        """
        ...

    def beginning(self, start: Start) -> Beginning:
        """The weights and the frozen parts that ``start`` asks for. Raises Failure where they do not fit.

        Only called where there is something to start from, and before anything is written; ``build`` then gets it.
        """
        ...

    def save(self, model: Any, path: Path, class_names: tuple[str, ...]) -> None:
        """Write a model that ``build`` made as a ``.keras`` file, whole or not at all."""
        ...


class Classifier:
    """A network that the compiler made. Raises Failure where the loss of training does not belong to one of its heads.

    ends: its inputs and outputs where it has several; ``input_shape`` or ``classes`` then are of none.
    """

    def __init__(self, compiled: pipeline.Compiled) -> None:
        self._compiled = compiled
        self.name = compiled.name
        ends = NetworkEnds(
            {**compiled.facts.input_shapes}, {one.name: self._told_apart(one) for one in compiled.graph.outputs}
        )
        self.ends = None if len(ends.inputs) == len(ends.outputs) == 1 else ends
        self.input_shape = () if len(ends.inputs) > 1 else compiled.facts.input_shape
        self.classes = 0 if len(ends.outputs) > 1 else next(iter(ends.outputs.values()))
        self.depth = compiled.facts.depth
        self.params = compiled.facts.count.params
        self.residual = any(node.skip is not None for node in compiled.graph.nodes)
        self.spec_text, self.imports = standing_alone(compiled.asked)
        self.settings = settings(compiled.asked)
        self.ir_json = compiled.graph.model_dump_json()
        self.ir_sha256 = hashlib.sha256(computed(compiled.graph).encode()).hexdigest()

    def _told_apart(self, output: Output) -> int:
        """How many classes. The loss is cross-entropy: it belongs to a softmax, or to logits, over several classes."""
        shape, called = self._compiled.facts.output_shapes[output.name], self._called(output)
        if len(shape) != 1 or not isinstance(shape[0], int):
            raise Failure(
                f"{called} does not tell classes apart: its output is {show(shape)}",
                "end its head with `avgpool(global) -> dense(classes) -> softmax`" + self._otherwise(),
            )
        graph = self._compiled.graph
        if head.ends_in_softmax_twice(graph, output.node):
            raise Failure(f"{called} ends in two `softmax`, one behind the other", "leave one of them out")
        odd = head.unfit_for_logits(graph, output.node) if head.logits(graph, output.node) is None else None
        if odd is not None:
            raise self._wrong_loss(odd, output, shape[0])
        if shape[0] == 1:
            message = f"{called} has a single output, and cross-entropy needs one for each class"
            raise Failure(message, f"for two classes, {self.telling_apart(2, output.name)}{self._otherwise()}")
        return shape[0]

    def _called(self, output: Output) -> str:
        """How a message calls the network, or one of its outputs."""
        return self.name if len(self._compiled.graph.outputs) == 1 else f"`{output.name}` of {self.name}"

    def _otherwise(self) -> str:
        """What else to do where an output is one of several, which may be meant to learn something else."""
        several = len(self._compiled.graph.outputs) > 1
        return ", or train the model by Keras' `fit`, with targets and losses by name" if several else ""

    def _wrong_loss(self, odd: Node, output: Output, outputs: int) -> Failure:
        """``odd`` is what stands behind the last layer with weights."""
        called = self._called(output)
        if head.are_probabilities(odd):
            message = f"the `{odd.op}` of {called} is not its last operation, or not over all of its channels"
        else:
            message = f"{called} ends in `{odd.op}`; the loss of training is cross-entropy, which belongs to `softmax`"
        if head.are_probabilities(odd) or OPERATIONS[odd.op].range[1] > 1:
            return Failure(message, "end its head with `dense(classes) -> softmax`" + self._otherwise())
        if outputs > 1:
            remedy = f"write `softmax` instead of `{odd.op}`: one class of {outputs} for each image"
            return Failure(message, remedy + self._otherwise())
        setting = self._setting(2, output.name)
        replaced = f"write `softmax` instead of `{odd.op}`, and {setting}" if setting else None
        remedy = replaced or self.telling_apart(2, output.name)
        return Failure(message, f"for two classes, {remedy}{self._otherwise()}")

    def telling_apart(self, classes: int, output: str | None = None) -> str:
        """``output``: which is meant where there are several."""
        return self._setting(classes, output) or f"end its head with `dense({classes}) -> softmax`"

    def _setting(self, classes: int, output: str | None) -> str | None:
        """The parameter that says how many classes there are, found by trying; None where there is none."""
        asked = self._compiled.asked
        for name in asked.spec.parameters(asked.network):
            with suppress(Refusal):
                changed = asked.spec.compile(asked.network, {**asked.overrides, name: classes}, asked.input_size)
                shapes = changed.facts.output_shapes
                if shapes[output or next(iter(shapes))] == (classes,):
                    return f"--set {name}={classes}"
        return None

    def build(self, seed: int, logits: bool, scaling: Scaling | None = None, beginning: Beginning | None = None) -> Any:
        from resnet_dsl.targets.keras import to_keras

        graph = self._with_logits() if logits else self._compiled.graph
        values, freeze, _ = beginning or Beginning({})
        return to_keras(graph, self._compiled.shapes, seed=seed, scaling=scaling, values=values, freeze=freeze)

    def beginning(self, start: Start) -> Beginning:
        from resnet_dsl.targets.keras import lower
        from resnet_dsl.targets.keras.freezing import frozen, said_of_freezing, trains
        from resnet_dsl.targets.keras.loading import fit_layers, layers_of

        calls = frozen(lower(self._compiled.graph, self._compiled.shapes), start.frozen)
        if not trains(calls):
            raise Failure(f"`--freeze` leaves nothing of {self.name} to train", "leave the head to train")
        if start.saved is None:
            return Beginning({}, start.frozen, said_of_freezing(calls))
        names = {call.name for call in calls.calls}
        fitted = fit_layers(start.saved, layers_of(calls), names, calls, start.excepted, self.name)
        return Beginning(fitted.values, start.frozen, (*fitted.remarks, *said_of_freezing(calls)))

    def _with_logits(self) -> Graph:
        graph = self._compiled.graph
        taken = [(output, head.logits(graph, output.node)) for output in graph.outputs]
        return replace(graph, outputs=tuple(one if at is None else replace(one, node=at) for one, at in taken))

    def save(self, model: Any, path: Path, class_names: tuple[str, ...]) -> None:
        from resnet_dsl.targets.keras import save

        save(model, path, self._compiled.graph, class_names)
