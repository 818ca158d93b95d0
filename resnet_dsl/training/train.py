"""A training."""

from resnet_dsl.laboratory.training.train import train

__all__ = ["train"]
