"""Normalisations that are written out as formulas: a value less its mean, over the root of its variance.

The language has no roots and no quotients of values. What leads to one is carried along as a WrittenOut, up to the step
that makes an operation of it; whatever else reads it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.rules.factors import Affine, ones_and_zeros
from resnet_dsl.importing.torch.standing import plain
from resnet_dsl.importing.torch.values import Held, WrittenOut
from resnet_dsl.importing.torch.views import Atom, cut
from resnet_dsl.ir.nodes import Node


def centred(at: TracedCall, first: Held, second: Held) -> WrittenOut | None:
    """A value less its mean over the channels."""
    mean = _made(at, second.node)
    if mean.op == "channel_pool" and mean.args["by"] == "mean" and mean.inputs == (first.node,):
        return WrittenOut("centred", first, 1)
    return None


def _variance(at: TracedCall) -> WrittenOut:
    """Over all positions of groups of channels, or over the channels of each position."""
    held, dims = plain(at, at.first), [one % len(at.first.lengths) for one in at["dim"] or ()]
    if at.arguments.get("correction", 1 if at.arguments.get("unbiased", True) else 0) != 0:
        raise at.refuse("takes a variance over one less than the numbers there are (`unbiased`)")
    shape, atoms = at.shape(held.node), cut([held.axes[one] for one in dims])
    places = [Atom(axis, 1, one) for axis, one in enumerate(shape[:-1], 1) if one > 1]
    own = [one for one in atoms if one not in places]
    inner = own[0].length if own else 1
    if own not in ([], [Atom(len(shape), 1, inner)]) or len(atoms) - len(own) not in (0, len(places)):
        raise at.refuse("takes a variance over something else than positions, groups of channels, or all of them")
    if len(atoms) == len(own) and inner == shape[-1]:
        return WrittenOut("variance of channels", held, 1)
    return WrittenOut("variance", held, shape[-1] // inner)


def _root(at: TracedCall) -> WrittenOut:
    """Of a variance, or of a mean square, with something added that is never zero."""
    formula = at.first if isinstance(at.first, WrittenOut) else _mean_square(at, at.first)
    if formula is None or "centred" in formula.kind or not formula.epsilon:
        raise at.refuse("takes a root of what flows in that is no part of a normalisation")
    return formula._replace(inverse=at.name == "rsqrt", root=True)


def _mean_square(at: TracedCall, held: Held) -> WrittenOut | None:
    """Of each channel over the map, plus a small number."""
    plus = _made(at, held.node)
    mean = _made(at, plus.inputs[0]) if plus.op == "shift" and not plus.args["learned"] else plus
    square = _made(at, mean.inputs[0]) if mean.op == "avgpool" and mean.args["kernel"] == "global" else mean
    if square.op != "mul" or square.inputs[0] != square.inputs[-1] or mean is square or mean is plus:
        return None
    of = at.reader.assembler.shapes[square.inputs[0]]
    value = held._replace(node=square.inputs[0])
    return WrittenOut("power", value, int(of[-1]), float(plus.args["value"]))  # type: ignore[arg-type]


def _plus(at: TracedCall) -> WrittenOut:
    formula, number = _both(at)
    if not isinstance(number, float | int) or "centred" in formula.kind or formula.root:
        raise at.refuse("adds to a part of a normalisation what has no place there")
    return formula._replace(epsilon=formula.epsilon + number)


def _square(at: TracedCall) -> WrittenOut:
    same = at.name == "square" or at.arguments.get("exponent") == 2 or at.arguments.get("other") == at.first
    if not same or at.first.kind != "centred":
        raise at.refuse("multiplies a part of a normalisation by what has no place there")
    return at.first._replace(kind="square of centred")  # type: ignore[no-any-return]


def _mean(at: TracedCall) -> WrittenOut:
    dims = [one % len(at.first.of.lengths) for one in at["dim"] or ()]
    axes = cut([at.first.of.axes[one] for one in dims])
    shape = at.shape(at.first.of.node)
    if at.first.kind != "square of centred" or axes != [Atom(len(shape), 1, shape[-1])]:
        raise at.refuse("takes the mean of a part of a normalisation over something else than its channels")
    return WrittenOut("variance of channels", at.first.of, 1)


def _product(at: TracedCall) -> Any:
    if at["self"] == at["other"]:
        return _square(at)
    formula, value = _both(at)
    return _normalised(at, value, formula, inverse=True)


def _quotient(at: TracedCall) -> Held:
    if not isinstance(at["other"], WrittenOut):
        raise at.refuse("divides a part of a normalisation by what has no place there")
    return _normalised(at, at["self"], at["other"], inverse=False)


def _both(at: TracedCall) -> tuple[WrittenOut, Any]:
    """The formula, and what stands beside it."""
    first, second = at["self"], at["other"]
    return (first, second) if isinstance(first, WrittenOut) else (second, first)


def _normalised(at: TracedCall, value: Any, spread: WrittenOut, inverse: bool) -> Held:
    """The operation that the whole is."""
    name = next((name for name, fits in _WHOLES.items() if spread.root and fits(at, value, spread)), None)
    if name is None or spread.inverse != inverse:
        raise at.refuse("normalises in a way of its own, which the language does not have")
    of = spread.of
    arguments = {"epsilon": spread.epsilon, **({} if name in ("layernorm", "frn") else {"groups": spread.groups})}
    weights = ones_and_zeros(at.shape(of.node)[-1])
    if name == "evonorm":
        gate = _made(at, _made(at, _made(at, value.node).inputs[1]).inputs[0])
        weights["v"] = at.reader.assembler.weights[gate.name]["gamma"]
    return Affine(name, of.node, weights, arguments, {}).held(at, value.of if isinstance(value, WrittenOut) else value)


def _is_layernorm(at: TracedCall, value: Any, spread: WrittenOut) -> bool:
    return (
        isinstance(value, WrittenOut)
        and (value.kind, value.of) == ("centred", spread.of)
        and (spread.kind == "variance of channels")
    )


def _is_frn(at: TracedCall, value: Any, spread: WrittenOut) -> bool:
    return isinstance(value, Held) and value.node == spread.of.node and spread.kind == "power"


def _is_evonorm(at: TracedCall, value: Any, spread: WrittenOut) -> bool:
    """x * sigmoid(v * x) over the deviation of x."""
    if not isinstance(value, Held) or spread.kind != "variance":
        return False
    product = _made(at, value.node)
    sigmoid = _made(at, product.inputs[-1]) if product.op == "mul" else product
    scaled = _made(at, sigmoid.inputs[0]) if sigmoid.op == "sigmoid" else sigmoid
    wanted = (spread.of.node,)
    return scaled.op == "channel_scale" and scaled.inputs == wanted and product.inputs[:1] == wanted


_WHOLES: Mapping[str, Callable[[TracedCall, Any, WrittenOut], bool]] = {
    "layernorm": _is_layernorm,
    "frn": _is_frn,
    "evonorm": _is_evonorm,
}


def _made(at: TracedCall, node: int) -> Node:
    return at.reader.assembler.nodes[node]


def _same(at: TracedCall) -> WrittenOut:
    """However it lies: a formula is told by what it is of."""
    formula: WrittenOut = at.first
    return formula


_UNCHANGED = (
    *("view", "reshape", "_unsafe_view", "expand", "expand_as", "unsqueeze", "squeeze"),
    *("_to_copy", "to", "clone", "contiguous"),
)

OF_VALUES: Rules = {"var": _variance, "sqrt": _root, "rsqrt": _root}
"""What makes a formula of a value."""

OF_FORMULAS: Rules = {
    "_assert_tensor_metadata": lambda at: None,
    **dict.fromkeys(_UNCHANGED, _same),
    **dict.fromkeys(("sqrt", "rsqrt"), _root),
    **dict.fromkeys(("square", "pow"), _square),
    "add": _plus,
    "mean": _mean,
    "mul": _product,
    "div": _quotient,
}
"""What reads a formula."""
