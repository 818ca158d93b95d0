"""Models of other tools as networks of the language."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from resnet_dsl.api.network import Network

if TYPE_CHECKING:
    from resnet_dsl.importing.imported import Imported


class ImportedModel:
    """A model of another tool as a network of the language, with its weights (``from_onnx``, ``from_keras``, …).

    Attributes: ``text`` (the spec, which is proven to be the source's network); ``network``; ``weights`` (arrays by the
    name of a layer and of the weight, in Keras' layouts; None where the source holds none); ``labels`` (what the source
    calls the layers, by their names here); ``said`` (remarks, in sentences).
    """

    def __init__(self, imported: Imported) -> None:
        self._imported = imported
        self.text = imported.text
        self.network = Network(imported.compiled)
        self.weights = imported.weights
        self.labels = imported.labels
        self.said = imported.said

    def to_keras(self, *, freeze: str | Collection[str] = ()) -> Any:
        """A Keras Functional model with the source's weights. ``freeze``: as of ``Network.to_keras``.

        Raises MissingPackageError without Keras, and Failure where the source holds no weights.
        """
        from resnet_dsl.importing.writing import with_weights
        from resnet_dsl.targets.keras.writing import build_weighted

        return build_weighted(with_weights(self._imported), _names(freeze))

    def save(self, path: str | os.PathLike[str]) -> tuple[str, ...]:
        """Writes the text (``.resnet``), or a model with the weights (``.keras``, ``.onnx``). Returns remarks.

        Raises OSError where it cannot be written, and Failure for another ending or where there are no weights.
        """
        from resnet_dsl.importing.writing import write

        written = write(self._imported, os.fspath(path))
        return (*written.remarks, *written.loading)

    def __repr__(self) -> str:
        return f"<resnet_dsl.ImportedModel {self.network.name}: {self.network.params:,} parameters>"


def from_onnx(path: str | os.PathLike[str], name: str | None = None) -> ImportedModel:
    """The network of an ``.onnx`` file, as ``resnet-dsl import`` reads it. name: the network's (default: the file's).

    Nothing in the file is run. Raises OSError where it cannot be opened, MissingPackageError without the package
    ``onnx``, and Failure where it is damaged or holds what the language cannot say.
    """
    return _imported_file(path, name)


def from_keras(model: Any, name: str | None = None) -> ImportedModel:
    """The network of a Keras model in hand (Functional or Sequential), or of a ``.keras`` or ``.h5`` file.

    No layer is run, of a file no code either. Raises as ``from_onnx`` does.
    """
    if isinstance(model, str | os.PathLike):
        return _imported_file(model, name)
    from resnet_dsl.importing.imported import imported
    from resnet_dsl.importing.keras import flat_of_model

    return ImportedModel(imported(flat_of_model(model), name or str(model.name)))


def from_torch(module: Any, inputs: Any, name: str | None = None) -> ImportedModel:
    """The network of a PyTorch module in hand, in evaluation mode, as ``torch.export`` follows it.

    inputs: examples of what it takes, tensors with a batch axis and channels first: one, a sequence, or by name.
    name: the network's (default: the module's class). Raises MissingPackageError without PyTorch, and Failure where the
    module does what the language cannot say.
    """
    from resnet_dsl.importing.imported import imported
    from resnet_dsl.importing.torch import flat_of_module

    return ImportedModel(imported(flat_of_module(module, inputs, name), name or type(module).__name__.lower()))


def _imported_file(path: str | os.PathLike[str], name: str | None) -> ImportedModel:
    from resnet_dsl.importing import import_file

    return ImportedModel(import_file(path, name))


def _names(parts: str | Collection[str]) -> Collection[str]:
    return (parts,) if isinstance(parts, str) else parts
