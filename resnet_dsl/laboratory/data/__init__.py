"""Data sets for training, from what a user has: one file a format, found by what is there."""

from resnet_dsl.laboratory.data.dataset import Dataset, LabelledImages
from resnet_dsl.laboratory.data.load import fitted, load

__all__ = ["Dataset", "LabelledImages", "fitted", "load"]
