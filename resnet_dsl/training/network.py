"""A network of this package, to be trained."""

from resnet_dsl.laboratory.training.network import Classifier as Compiled

__all__ = ["Compiled"]
