"""The probe: activations and gradients of a network at initialisation, measured with Keras on a batch of data.

It is the check on what resnet_dsl.laboratory.signal predicts, and it answers with the same type.
"""

from __future__ import annotations

from resnet_dsl.laboratory.probe.agreement import Agreement, agreement, typical
from resnet_dsl.laboratory.probe.measure import BadBatchError, probe

__all__ = ["Agreement", "BadBatchError", "agreement", "probe", "typical"]
