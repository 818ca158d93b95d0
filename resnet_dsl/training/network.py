"""A network of this package, to be trained."""

from resnet_dsl.laboratory.training.network import Compiled

__all__ = ["Compiled"]
