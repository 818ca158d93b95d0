"""What is done to images before they enter: by the training images, by the file that weights come from, as told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import LabelledImages
from resnet_dsl.laboratory.data.by_name import NamedExamples
from resnet_dsl.laboratory.training.batches import Normalisation, Normalises
from resnet_dsl.laboratory.training.by_name import Normalisations, normalisation_of
from resnet_dsl.laboratory.training.options import RecipeOptions
from resnet_dsl.sentences import counted
from resnet_dsl.weights import InputScaling, Scaling


def normalisation(
    examples: LabelledImages | NamedExamples, recipe: RecipeOptions, of_file: Scaling | None
) -> Normalises:
    """By ``mean`` and ``std`` of the recipe, else by the file that the weights come from, else by the images.

    of_file: what its model does to its images first. Raises Failure where these do not fit the images.
    """
    if not told(recipe) and of_file is None:
        return normalisation_of(examples)
    if isinstance(examples, LabelledImages):
        return _one(examples.images.shape[-1], recipe, of_file)
    if told(recipe):
        raise Failure("--mean and --std are of a network with one input", "leave them out")
    named = of_file if isinstance(of_file, Mapping) else {}
    return Normalisations(
        {name: _one(images.shape[-1], recipe, named.get(name)) for name, images in examples.images.items()}
    )


def told(recipe: RecipeOptions) -> bool:
    """Whether the recipe says how images are normalised."""
    return recipe.mean is not None or recipe.std is not None


def _one(channels: int, recipe: RecipeOptions, of_file: Scaling | None) -> Normalisation:
    """That of one input; where a file does not normalise it, none."""
    if told(recipe) or not isinstance(of_file, InputScaling):
        return Normalisation(
            _of_each("mean", recipe.mean or (0.0,), channels), _of_each("std", recipe.std or (1.0,), channels)
        )
    if len(of_file.mean) != channels:
        message = (
            f"the model of --weights normalises {counted(len(of_file.mean), 'channel')}, and the images have {channels}"
        )
        raise Failure(message, "say how images enter: `--mean` and `--std`")
    return Normalisation.by(of_file)


def _of_each(option: str, numbers: tuple[float, ...], channels: int) -> NDArray[np.float32]:
    if len(numbers) not in (1, channels):
        raise Failure(
            f"--{option}: {len(numbers)} numbers, and the images have {counted(channels, 'channel')}",
            "one, or one for each",
        )
    return np.full(channels, numbers, np.float32)
