"""Rearrangements: what torch says of axes alone vanishes in how a value lies (resnet_dsl.importing.torch.views)."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.importing.torch.reading import Rules, TracedCall, bare
from resnet_dsl.importing.torch.rules import cutting
from resnet_dsl.importing.torch.rules.border import pairs, surrounded
from resnet_dsl.importing.torch.rules.cutting import without
from resnet_dsl.importing.torch.standing import maps, plain, repeated
from resnet_dsl.importing.torch.values import Constant, Fill, Held
from resnet_dsl.importing.torch.views import part, reshaped

_FILLS: dict[str, Fill] = {"reflect": "reflect", "replicate": "edge"}


def _reshape(at: TracedCall) -> Held:
    if "dtype" in at.arguments:
        raise at.refuse("reads the bytes of numbers as others")
    held = repeated(at, plain(at, at.first))
    axes = reshaped(held.axes, at.lengths)
    if axes is None:
        held = at.maps(maps(at, held))
        axes = reshaped(held.axes, at.lengths)
    if axes is None:
        raise at.refuse(f"brings a tensor of {held.lengths} into {at.lengths}, which cuts its axes unevenly")
    return Held(held.node, axes, at.lengths)


def _permute(at: TracedCall) -> Held:
    held = plain(at, at.first)
    return _in_order(held, [one % len(held.lengths) for one in at["dims"]])


def _in_order(held: Held, order: Sequence[int]) -> Held:
    return held._replace(
        axes=tuple(held.axes[index] for index in order), lengths=tuple(held.lengths[index] for index in order)
    )


def _transpose(at: TracedCall) -> Held:
    held = plain(at, at.first)
    rank = len(held.lengths)
    one, other = (at[name] % rank for name in ("dim0", "dim1"))
    order = list(range(rank))
    order[one], order[other] = order[other], order[one]
    return _in_order(held, order)


def _squeeze(at: TracedCall) -> Held:
    held = plain(at, at.first)
    given = at.arguments.get("dim")
    dims = range(len(held.lengths)) if given is None else given if isinstance(given, list) else [given]
    return without(held, [one % len(held.lengths) for one in dims if held.lengths[one] == 1])


def _unsqueeze(at: TracedCall) -> Held:
    held = plain(at, at.first)
    axis = at["dim"] % (len(held.lengths) + 1)
    axes, lengths = held.axes, held.lengths
    return held._replace(axes=(*axes[:axis], (), *axes[axis:]), lengths=(*lengths[:axis], 1, *lengths[axis:]))


def _expand(at: TracedCall) -> Held:
    """What is repeated stays as it is until something asks for it."""
    held = plain(at, at.first)
    missing = len(at.lengths) - len(held.lengths)
    return held._replace(axes=((),) * missing + held.axes, lengths=at.lengths)


def _pad(at: TracedCall) -> Held:
    """torch's padding: of lengths a border; of channels zeros beside them; less than nothing is a crop."""
    given, mode = pairs(at["pad"]), at["mode"]
    held = _cropped(at, at.first, given)
    wider = [(max(front, 0), max(behind, 0)) for front, behind in given]
    rank = len(held.lengths)
    lengths, others = wider[: rank - 2][::-1], wider[rank - 2 :]
    if any(map(any, others[1:])):
        raise at.refuse("adds samples")
    if others and any(others[0]):
        held = _more_channels(at, held, others[0])
    if not any(map(any, lengths)):
        return held
    amounts = (*((0, 0),) * (rank - 2 - len(lengths)), *lengths)
    return surrounded(at, held, amounts, _fill(at, mode, at.arguments.get("value")))


def _cropped(at: TracedCall, held: Held, given: Sequence[tuple[int, int]]) -> Held:
    for index, (front, behind) in enumerate(given):
        if front < 0 or behind < 0:
            axis = len(held.lengths) - 1 - index
            count = held.lengths[axis] + min(front, 0) + min(behind, 0)
            held = cutting.cut_along(at, held, axis, max(-front, 0), count)
    return held


def _more_channels(at: TracedCall, held: Held, amounts: tuple[int, int]) -> Held:
    front, behind = amounts
    if at["mode"] != "constant" or at["value"] or front not in (0, behind):
        raise at.refuse(
            f"adds {front} channels in front and {behind} behind; the two are alike, or only behind, and zeros"
        )
    node = maps(at, held)
    wanted = at.shape(node)[-1] + front + behind
    return at.maps(at.node("pad_channels", [node], channels=wanted, side="both" if front else "end"))


def _fill(at: TracedCall, mode: str, value: float | None) -> Fill:
    if mode in _FILLS:
        return _FILLS[mode]
    if mode == "constant" and not value:
        return "zeros"
    if mode == "constant" and value is not None and value <= -3e38:
        return "lowest"
    raise at.refuse(f"pads with {f'`{mode}`' if mode != 'constant' else value}; borders hold zeros, or mirror the map")


def _pixels(at: TracedCall) -> Held:
    """Sub-pixel convolution: channels of one place lie beside each other's."""
    up = at.name == "pixel_shuffle"
    factor = at["upscale_factor"] if up else at["downscale_factor"]
    op = "depth_to_space" if up else "space_to_depth"
    return at.maps(at.node(op, [maps(at, at.first)], factor=factor, order="pytorch"))


def _channel_shuffle(at: TracedCall) -> Held:
    held = at.maps(maps(at, at.first))
    rank, groups = len(at.shape(held.node)), at["groups"]
    each = held.lengths[1] // groups
    return held._replace(axes=(held.axes[0], (*part(rank, 1, each), *part(rank, each, groups)), *held.axes[2:]))


def _of_this_size(at: TracedCall) -> Constant:
    """A tensor that has a size from what flows in, and no numbers."""
    import torch

    given = {**at.arguments, next(iter(at.arguments)): torch.zeros(at.first.lengths)}
    return Constant(at.target(**{name: bare(one) for name, one in given.items()}), at.label, learned=False)


_SIZED = ("zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full")

RULES: Rules = {
    **dict.fromkeys(_SIZED, _of_this_size),
    **dict.fromkeys(("view", "reshape", "flatten", "unflatten", "_unsafe_view", "view_as", "reshape_as"), _reshape),
    "permute": _permute,
    **dict.fromkeys(("transpose", "swapaxes", "swapdims"), _transpose),
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    **dict.fromkeys(("expand", "expand_as", "broadcast_to"), _expand),
    **dict.fromkeys(("pad", "constant_pad_nd"), _pad),
    **dict.fromkeys(("pixel_shuffle", "pixel_unshuffle"), _pixels),
    "channel_shuffle": _channel_shuffle,
    **cutting.RULES,
}
