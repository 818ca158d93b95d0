"""What a training can be told."""

from resnet_dsl.laboratory.training.options import TrainOptions

__all__ = ["TrainOptions"]
