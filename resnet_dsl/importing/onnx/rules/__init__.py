"""What each operator of ONNX is here: one rule an operator, by family."""

from __future__ import annotations

from resnet_dsl.importing.onnx.place import Rules
from resnet_dsl.importing.onnx.rules import attending, dense, elementwise, norms, own, resizing, shaping, windows

RULES: Rules = {
    **elementwise.RULES,
    **windows.RULES,
    **norms.RULES,
    **dense.RULES,
    **shaping.RULES,
    **resizing.RULES,
    **own.RULES,
    **attending.RULES,
}
