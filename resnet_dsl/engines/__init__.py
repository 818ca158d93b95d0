"""Running a network fast: by ONNX Runtime or OpenVINO where they are installed, else by Keras' backend."""

from __future__ import annotations

from resnet_dsl.engines.running import Runner, runner, runs_without_keras

__all__ = ["Runner", "runner", "runs_without_keras"]
