"""Every shipped network, taken apart to its graph alone, comes back as a text whose graph is equal."""

from __future__ import annotations

import pytest

from resnet_dsl.importing.imported import imported
from tests.importing.taken_apart import flat, shipped

A_DOZEN = (
    "resnet18", "resnet50d", "resnetv2_50", "seresnet50", "densenet121", "convnext_tiny", "hrnet_w18", "unet_resnet34",
    "resnet50_fpn", "siamese_omniglot", "tcn_music", "botnet26t_256",
)  # fmt: skip


@pytest.mark.parametrize("name", A_DOZEN)
def test_a_network_comes_back(name: str) -> None:
    found = imported(flat(shipped(name)), name)
    assert found.compiled.name == name
