"""Sets of TensorFlow Datasets, where that package is installed: ``tfds:NAME``."""

from __future__ import annotations

from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data.assemble import Part, from_arrays
from resnet_dsl.laboratory.data.dataset import Dataset


def read(name: str, download: bool) -> Dataset:
    """The set ``name``, its parts ``train`` and ``test`` (or ``validation``); fetched only if ``download``."""
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise Failure(f"tfds:{name} needs TensorFlow Datasets", "pip install tensorflow-datasets") from error
    try:
        builder = tfds.builder(name)
    except tfds.core.registered.DatasetNotFoundError as error:
        raise Failure(f"TensorFlow Datasets has no set `{name}`") from error
    if download:
        builder.download_and_prepare()
    if not builder.info.splits:
        raise Failure(f"tfds:{name} is not on this machine", "--download fetches it")
    parts = [part for part in ("train", "test", "validation") if part in builder.info.splits]
    if "train" not in parts:
        raise Failure(f"tfds:{name} has no part `train`")
    loaded = [_loaded(tfds, builder, part) for part in parts[:2]]
    test = loaded[1] if len(loaded) > 1 else None
    names = getattr(builder.info.features["label"], "names", None)
    class_names = tuple(names) if names else None
    return from_arrays(f"tfds:{name}", f"version {builder.info.version}", loaded[0], test, class_names)


def _loaded(tfds: Any, builder: Any, part: str) -> Part:
    features = builder.info.features
    if "image" not in features or "label" not in features or None in features["image"].shape:
        found = ", ".join(f"{name} {getattr(feature, 'shape', '')}" for name, feature in features.items())
        raise Failure(f"tfds:{builder.name} holds {found}; expected images of one size as `image`, and `label`")
    loaded = tfds.as_numpy(builder.as_dataset(split=part, batch_size=-1))
    return loaded["image"], loaded["label"]
