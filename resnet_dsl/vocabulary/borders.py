"""What a window and its border come to in numbers: how far it reaches, which border is `half`, what is cut off."""

from __future__ import annotations

from resnet_dsl.vocabulary import values


def reach(kernel: list[int], dilation: list[int]) -> list[int]:
    """How far a window goes beyond its first tap, axis by axis; one number stands for all axes."""
    axes = max(len(kernel), len(dilation))
    kernel, dilation = (one * axes if len(one) == 1 else one for one in (kernel, dilation))
    return [(taps - 1) * apart for taps, apart in zip(kernel, dilation, strict=False)]


def cut_behind(border: str, kernel: list[int] | None, stride: list[int] | None) -> str | None:
    """What Keras' `same` or `valid` takes away behind a transposed convolution; None where that is not known."""
    if kernel is None or stride is None or max(stride) > min(kernel) or len({*kernel}) > 1 or len({*stride}) > 1:
        return None
    cut = kernel[0] - stride[0] if border == "same" else 0
    return None if border not in ("same", "valid") else f"[{cut // 2}, {cut - cut // 2}]" if cut % 2 else f"{cut // 2}"


def less_behind(border: str | None, added: str) -> str | None:
    """What is cut off on both sides, with fewer behind; None where more would be added than is cut."""
    if border is None or added in ("0", "None"):
        return border
    both = border.isdigit() and added.isdigit() and int(added) <= int(border)
    return f"[{border}, {int(border) - int(added)}]" if both else None


def is_half(pad: str, reach: list[int]) -> bool:
    """Whether a border is `half`."""
    lengths = [0] if pad == "valid" else values.lengths_of(pad)
    return lengths is not None and (lengths * len(reach) if len(lengths) == 1 else lengths) == [
        one // 2 for one in reach
    ]
