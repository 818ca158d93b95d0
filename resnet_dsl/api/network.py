"""A network that passed every check, and what is made of it: models, files, figures."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from resnet_dsl import pipeline
from resnet_dsl.api.views import Summary, expect
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.passes.backbone import asked, backbone, resized

if TYPE_CHECKING:
    from resnet_dsl.analyses.features import Feature
    from resnet_dsl.ir.graph import Graph
    from resnet_dsl.targets.figure import Figure
    from resnet_dsl.targets.summary import Granularity

Pooling: TypeAlias = Literal["avg", "max"]

Features: TypeAlias = str | Sequence[str] | bool
"""Names of stages in order, one, or True for every one."""


class Network:
    """One network that passed every check.

    Attributes: ``name``; ``graph`` (the IR); ``input_shapes`` and ``output_shapes`` (by name, in the order of the text,
    without the batch axis), ``input_shape`` and ``output_shape`` (of the one input and output; Failure where there are
    several); ``params`` (trainable), ``total_params`` (with moving statistics), ``macs`` (one sample; None while an
    input length is open), ``depth`` (weighted layers on the main path, of the deepest output); ``warnings``.
    """

    def __init__(self, compiled: pipeline.Compiled) -> None:
        self.compiled = compiled

    @property
    def name(self) -> str:
        return self.compiled.name

    @property
    def graph(self) -> Graph:
        return self.compiled.graph

    @property
    def input_shapes(self) -> dict[str, Shape]:
        return self.compiled.facts.input_shapes

    @property
    def output_shapes(self) -> dict[str, Shape]:
        return self.compiled.facts.output_shapes

    @property
    def input_shape(self) -> Shape:
        return self.compiled.facts.input_shape

    @property
    def output_shape(self) -> Shape:
        return self.compiled.facts.output_shape

    @property
    def params(self) -> int:
        return self.compiled.facts.count.params

    @property
    def total_params(self) -> int:
        return self.compiled.facts.count.total_params

    @property
    def macs(self) -> int | None:
        return self.compiled.facts.count.macs

    @property
    def depth(self) -> int:
        return self.compiled.facts.depth

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return self.compiled.warnings

    def summary(self, by: Granularity = "stage") -> Summary:
        """The network as a table by stage, block or layer."""
        return Summary(self.compiled.facts, by)

    @property
    def features(self) -> tuple[Feature, ...]:
        """What its stages give, in flow order: name, channels, stride and shape of each (timm's ``feature_info``)."""
        from resnet_dsl.analyses.features import features

        return features(self.graph, self.compiled.shapes)

    def backbone(self, features: Features | None = None, *, pooling: Pooling | None = None) -> Network:
        """The part of the network that other models are built on: a network with facts, figures and models of its own.

        features: names of stages (also ``"stem"``, and heads) whose values it returns, by name and in this order; True:
        every stage. Without: the map that its top takes, (height, width, channels) for images; the top is the head from
        its global pooling, its flattening or the layer that tells the classes on, whichever comes first. pooling: the
        mean ("avg") or the largest number ("max") of each channel of that map instead, (channels,), with what the head
        does between its own pooling and its next weights.

        Layers keep their names, so that it takes the weights of the whole network's files. Raises Failure where there
        is no such stage, no head, or no single map that the top takes.
        """
        wanted = asked(features, include_top=features is not None, pooling=pooling)
        return self if wanted is None else Network(backbone(self.compiled, wanted))

    def to_keras(
        self,
        *,
        seed: int | None = None,
        fast: bool = True,
        input_size: InputSize | None = None,
        features: Features | None = None,
        include_top: bool = True,
        pooling: Pooling | None = None,
        freeze: str | Collection[str] = (),
    ) -> Any:
        """A Keras Functional model with fresh weights, on the backend that Keras is set to.

        It takes and returns one array; of several inputs a list in the order of the text or a dictionary by name, of
        several outputs a dictionary by name. The same seed gives the same weights, run after run. ``fast=False`` builds
        with Keras' public functions alone. ``input_size``: another size of the input, without the batch axis, None
        for a length that is left open, ``"32?"`` for a multiple of 32; of several inputs by name.

        ``features``, ``include_top=False`` and ``pooling`` give the model of a part, as
        ``backbone`` says: a dictionary of the stages' values by name (of one its value alone), the map below the top,
        (batch, height, width, channels), or what is pooled of it, (batch, channels).

        ``freeze``: names of stages, ``"stem"``, heads or layers that do not train (Keras' ``trainable``), ``["all"]``:
        all but the heads. Frozen batch normalisations go by their moving statistics, which stay.

        Raises MissingPackageError where Keras or its backend is not installed, Refusal where the network cannot be
        compiled for that size, and Failure where it has no such part.
        """
        from resnet_dsl.targets.keras import to_keras

        compiled = self.compiled if input_size is None else resized(self.compiled, input_size)
        wanted = asked(features, include_top, pooling)
        compiled = compiled if wanted is None else backbone(compiled, wanted)
        return to_keras(compiled.graph, compiled.shapes, seed=seed, fast=fast, freeze=_names(freeze))

    def to_onnx(
        self,
        path: str | os.PathLike[str],
        *,
        weights: Any = None,
        excepted: Collection[str] = (),
        layout: str | None = None,
        seed: int | None = None,
        optimize: bool = False,
        channels: Literal["first", "last"] = "last",
    ) -> tuple[str, ...]:
        """Writes a model for inference, float32, as an ``.onnx`` file (``resnet-dsl compile --to onnx``). No Keras.

        It takes and returns arrays by the names of the inputs and outputs, the batch in front, (batch, height, width,
        channels) or, with ``channels="first"``, (batch, channels, height, width). Another size or part is another
        network: ``spec.network(input_size=…)``, ``network.backbone(…)``.

        weights: a file, as of ``load_weights``, or a Keras model of this network (``to_keras``, ``load_keras``); else
        they are fresh, those of ``to_keras(seed=seed)``. excepted: parts that take none of the file's. layout: whose
        names the file has. optimize: normalisation is folded into convolutions, noise is left out.

        Returns remarks on what was written. Raises MissingPackageError without the package ``onnx``, OSError where a
        file cannot be read or written, and Failure where the weights do not fit.
        """
        from resnet_dsl.targets.onnx.writing import write_model
        from resnet_dsl.targets.weighted import folded, given

        expect("arrangement of channels", channels, ("first", "last"))
        model = given(self.compiled, weights, seed, tuple(excepted), layout)
        written = write_model(folded(model) if optimize else model, os.fspath(path), channels)
        return (*written.remarks, *written.loading)

    def to_safetensors(
        self,
        path: str | os.PathLike[str],
        *,
        layout: str | None = None,
        weights: Any = None,
        excepted: Collection[str] = (),
        seed: int | None = None,
    ) -> tuple[str, ...]:
        """Writes the weights alone, float32, as a ``.safetensors`` file (``resnet-dsl compile --to safetensors``).

        layout: whose names and axes they have there (``timm``, ``torchvision``, ``huggingface``, docs/weights.md): that
        library's ``load_state_dict`` takes them; None: those of our layers and variables.
        weights, excepted, seed: as of ``to_onnx``; the layout of a file that is read is found by its names.

        Returns remarks on what was written. Raises OSError where a file cannot be read or written, and Failure where
        the weights or the layout do not fit.
        """
        from resnet_dsl.targets.safetensors import write_arrays
        from resnet_dsl.targets.weighted import given

        return write_arrays(given(self.compiled, weights, seed, tuple(excepted)), os.fspath(path), layout).remarks

    def load_weights(
        self,
        model: Any,
        path: str | os.PathLike[str],
        excepted: Collection[str] = (),
        layout: str | None = None,
    ) -> tuple[str, ...]:
        """Gives a model of this network the weights of a ``.keras``, ``.weights.h5`` or ``.h5`` file, by layers' names,
        or of a ``.safetensors``, ``.npz`` or ``.pth`` file, in the layout of another library (docs/weights.md).

        layout: whose names the file has: ``auto`` for whichever fits, as for arrays without it.
        The model may be of a part (``features``, ``include_top=False``); the file's other layers are then passed over.
        excepted: names of stages, ``stem``, ``head`` or layers that keep the weights that they have. Returns remarks on
        what was loaded (number types, values that are no numbers, a normalisation of images that the file's model has
        and this one has not), and warns of each. Raises OSError where the file cannot be opened, and Failure where it
        is damaged or a layer does not fit; the model is then as it was.
        """
        from resnet_dsl.targets.keras import load_weights, lower

        whole = self.compiled.whole
        remarks = load_weights(model, path, lower(whole.graph, whole.shapes), excepted, layout)
        for remark in remarks:
            warnings.warn(remark, stacklevel=2)
        return remarks

    def optimize(self, model: Any) -> Any:
        """A model for inference alone, from a model of this network with its weights; outputs agree to rounding.

        Normalisation is folded into convolutions, padding merged, activations fused, dropout and the like removed.
        """
        from resnet_dsl.targets.keras.inference import optimize_for_inference

        return optimize_for_inference(self.compiled.graph, self.compiled.shapes, model).model

    def figure(self, level: str | None = None, **options: Any) -> Figure:
        """The network as a figure; see ``resnet_dsl.targets.figure.figure`` for levels and options."""
        from resnet_dsl.targets.figure import figure

        return figure(self.compiled.facts, level=level, **options)

    def to_json(self) -> str:
        """The IR as JSON, for ``Graph.model_validate_json``; its schema is what ``resnet-dsl schema`` prints."""
        return self.compiled.graph.model_dump_json()

    def _repr_svg_(self) -> str | None:
        """None where it cannot be drawn: the notebook then shows its line of words."""
        try:
            return self.figure().with_text("fixed").svg()
        except Failure:
            return None

    def __repr__(self) -> str:
        return f"<resnet_dsl.Network {self.name}: {self.params:,} parameters>"


def _names(parts: str | Collection[str]) -> Collection[str]:
    return (parts,) if isinstance(parts, str) else parts
