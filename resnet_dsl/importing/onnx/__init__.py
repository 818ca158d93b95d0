"""Files in ONNX as flat networks: read as data, bounded, with their shapes worked out and their layout followed."""

from __future__ import annotations

from resnet_dsl.importing.onnx.reading import read_onnx

__all__ = ["read_onnx"]
"""Reads the network in a file."""
