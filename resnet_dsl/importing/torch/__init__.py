"""Modules of PyTorch: one in hand is followed by torch, and read into a flat network."""

from __future__ import annotations

from resnet_dsl.importing.torch.module import flat_of_module

__all__ = ["flat_of_module"]
