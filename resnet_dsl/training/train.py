"""A training."""

from resnet_dsl.targets.keras.backend import import_keras

import_keras()  # on a backend that is installed; what is imported next would take Keras' default

from resnet_dsl.laboratory.training.train import train  # noqa: E402

__all__ = ["train"]
