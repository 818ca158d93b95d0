"""Attention as people write it in torch: the one operation of the language where it is that, and refused where not."""

from __future__ import annotations

from typing import Any

import pytest

from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.torch import flat_of_module
from tests.importing.torch.reading import examples, operations, read
from tests.importing.torch.test_operators import of

torch = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional
pytestmark = pytest.mark.backends

HEADS, KEY, HEIGHT, WIDTH = 2, 6, 3, 4
CHANNELS = HEADS * KEY
SHAPE = (CHANNELS, HEIGHT, WIDTH)


def three() -> Any:
    return nn.Conv2d(CHANNELS, 3 * CHANNELS, 1)


def split(self: Any, x: Any) -> tuple[Any, Any, Any]:
    """(samples, heads, places, channels) each."""
    parts = self.qkv(x).chunk(3, 1)
    return tuple(one.reshape(len(x), HEADS, KEY, -1).transpose(2, 3) for one in parts)  # type: ignore[return-value]


def joined(x: Any, made: Any) -> Any:
    return made.transpose(2, 3).reshape(x.shape)


def attend(scores: Any, values: Any) -> Any:
    return scores.softmax(-1) @ values


def plain(self: Any, x: Any) -> Any:
    q, k, v = split(self, x)
    return joined(x, attend(q @ k.transpose(2, 3) / KEY**0.5, v))


def unscaled(self: Any, x: Any) -> Any:
    """Wang et al. 2018, embedded Gaussian."""
    q, k, v = split(self, x)
    return joined(x, attend(q @ k.transpose(2, 3), v))


def queries_scaled(self: Any, x: Any) -> Any:
    q, k, v = split(self, x)
    return joined(x, attend((q * 0.7) @ k.transpose(2, 3), v))


def keys_first(self: Any, x: Any) -> Any:
    k, q, v = split(self, x)
    return joined(x, functional.scaled_dot_product_attention(q, k, v))


def turned(self: Any, x: Any) -> Any:
    """As columns: values in front of the shares."""
    q, k, v = (one.transpose(2, 3) for one in split(self, x))
    shares = (k.transpose(2, 3) @ q / KEY**0.5).softmax(2)
    return (v @ shares).reshape(x.shape)


def heads_first(self: Any, x: Any) -> Any:
    q, k, v = self.qkv(x).view(len(x), HEADS, 3, KEY, -1).transpose(3, 4).unbind(2)
    return joined(x, functional.scaled_dot_product_attention(q, k, v, scale=0.3))


def woven(self: Any, x: Any) -> Any:
    q, k, v = self.qkv(x).flatten(2).transpose(1, 2).reshape(len(x), -1, KEY, HEADS, 3).permute(4, 0, 3, 1, 2)
    made = attend(q @ k.transpose(2, 3) * KEY**-0.5, v)
    return made.permute(0, 3, 1, 2).reshape(x.shape)


def merged(self: Any, x: Any) -> Any:
    """Samples and heads as one axis, as timm's BoTNet has them."""
    q, k, v = (one.reshape(len(x) * HEADS, KEY, -1) for one in self.qkv(x).split(CHANNELS, 1))
    shares = torch.baddbmm(torch.zeros(1), q.transpose(1, 2), k, beta=0, alpha=KEY**-0.5).softmax(-1)
    return torch.bmm(shares, v.transpose(1, 2)).transpose(1, 2).reshape(x.shape)


def sums(self: Any, x: Any) -> Any:
    q, k, v = (one(x).unflatten(1, (HEADS, KEY)) for one in (self.q, self.k, self.v))
    scores = torch.einsum("bhdxy,bhdij->bhxyij", q, k) * KEY**-0.5
    shares = scores.flatten(-2).softmax(-1).reshape(scores.shape)
    return torch.einsum("bhxyij,bhdij->bhdxy", shares, v).flatten(1, 2)


def other_values(self: Any, x: Any) -> Any:
    """More channels of values than of keys."""
    q, k, v = self.qkv(x).split((CHANNELS, CHANNELS, 2 * CHANNELS), 1)
    q, k, v = (one.reshape(len(x), HEADS, -1, HEIGHT * WIDTH).transpose(2, 3) for one in (q, k, v))
    made = functional.scaled_dot_product_attention(q, k, v)
    return made.transpose(2, 3).reshape(len(x), 2 * CHANNELS, HEIGHT, WIDTH)


def matrices(self: Any, x: Any) -> Any:
    """Products with matrices, and offsets behind them."""
    lines = x.flatten(2).transpose(1, 2)
    q, k, v = (lines @ one + offset for one, offset in ((self.a, self.d), (self.b, self.e), (self.c, self.f)))
    return attend(q @ k.transpose(1, 2), v).transpose(1, 2).reshape(x.shape)


def of_pytorch(self: Any, x: Any) -> Any:
    lines = x.flatten(2).transpose(1, 2)
    return self.attention(lines, lines, lines)[0].transpose(1, 2).reshape(x.shape)


def of_normalised(self: Any, x: Any) -> Any:
    """No convolution makes queries, keys and values: they are cut and joined."""
    q, k, v = self.norm(x).view(len(x), HEADS, 3, 2, -1).transpose(3, 4).unbind(2)
    made = functional.scaled_dot_product_attention(q, k, v)
    return made.transpose(2, 3).reshape(len(x), 4, HEIGHT, WIDTH)


def by_table(self: Any, x: Any) -> Any:
    """Relative positions, gathered from a table by an index of all pairs."""
    q, k, v = split(self, x)
    rows, columns = (torch.arange(one)[None] - torch.arange(one)[:, None] + one - 1 for one in (HEIGHT, WIDTH))
    grid = q.reshape(len(x), HEADS, HEIGHT, WIDTH, KEY)
    down = torch.einsum("bhxyd,xid->bhxyi", grid, self.down[rows])
    across = torch.einsum("bhxyd,yjd->bhxyj", grid, self.across[columns])
    places = (down[..., None] + across[..., None, :]).reshape(len(x), HEADS, HEIGHT * WIDTH, -1)
    return joined(x, attend(q @ k.transpose(2, 3) * KEY**-0.5 + places, v))


def by_shifts(self: Any, x: Any) -> Any:
    """As Bello et al. 2019, appendix; the positions are scaled with the rest."""
    q, k, v = split(self, x)
    grid = q.reshape(len(x), HEADS, HEIGHT, WIDTH, KEY)
    across = shifted(grid @ self.across.T, HEIGHT, WIDTH)
    down = shifted(grid.transpose(2, 3) @ self.down.T, WIDTH, HEIGHT)
    places = across[:, :, :, :, None, :] + down.permute(0, 1, 3, 2, 4)[..., None]
    return joined(x, attend((q @ k.transpose(2, 3) + places.reshape(len(x), HEADS, -1, HEIGHT * WIDTH)) * 0.4, v))


def shifted(products: Any, lines: int, length: int) -> Any:
    """From (…, length, distances) to (…, length, length)."""
    samples = len(products)
    wider = functional.pad(products.reshape(-1, length, 2 * length - 1), (0, 1)).flatten(1)
    rows = functional.pad(wider, (0, length - 1)).reshape(-1, length + 1, 2 * length - 1)
    return rows[:, :length, length - 1 :].reshape(samples, HEADS, lines, length, length)


def positions() -> dict[str, Any]:
    drawn = torch.Generator().manual_seed(1)
    lengths = {"down": HEIGHT, "across": WIDTH}
    return {name: torch.randn(2 * one - 1, KEY, generator=drawn) for name, one in lengths.items()}


def ones(count: int = 3) -> dict[str, Any]:
    return {name: nn.Conv2d(CHANNELS, CHANNELS, 1, bias=False) for name in "qkv"[:count]}


RIGHT = {
    **{function.__name__: (function, {"qkv": three}) for function in (plain, unscaled, queries_scaled, keys_first)},
    **{function.__name__: (function, {"qkv": three}) for function in (turned, heads_first, woven, merged)},
    "sums": (sums, {name: lambda: nn.Conv2d(CHANNELS, CHANNELS, 1, bias=False) for name in "qkv"}),
    "other_values": (other_values, {"qkv": lambda: nn.Conv2d(CHANNELS, 4 * CHANNELS, 1)}),
    "of_pytorch": (of_pytorch, {"attention": lambda: nn.MultiheadAttention(CHANNELS, HEADS, batch_first=True)}),
    "of_normalised": (of_normalised, {"norm": lambda: nn.BatchNorm2d(CHANNELS)}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_it_is_the_operation(name: str) -> None:
    function, parts = RIGHT[name]
    torch.manual_seed(0)
    flat = read(of(function, **{part: make() for part, make in parts.items()}), SHAPE)
    (found,) = (node for node in flat.graph.nodes if node.op == "attention")
    assert (found.args["heads"], found.args["position"]) == (HEADS, "none")
    assert "matmul" not in operations(flat)


def test_offsets_belong_to_queries_keys_and_values() -> None:
    torch.manual_seed(0)
    parts = {name: torch.randn(CHANNELS, CHANNELS) / 4 for name in "abc"}
    flat = read(of(matrices, **parts, **{name: torch.randn(CHANNELS) for name in "def"}), SHAPE)
    (found,) = (node for node in flat.graph.nodes if node.op == "attention")
    assert found.args["heads"] == 1


@pytest.mark.parametrize("function", [by_table, by_shifts])
def test_relative_positions_are_its_own(function: Any) -> None:
    torch.manual_seed(0)
    module = of(function, qkv=three(), **positions())
    flat = read(module, SHAPE)
    (found,) = (node for node in flat.graph.nodes if node.op == "attention")
    assert found.args["position"] == "relative"
    assert flat.network.weights is not None
    if function is by_table:
        arrays = flat.network.weights[found.name]
        assert (arrays["height"] == module.down.T.detach().numpy()).all()
        assert (arrays["width"] == module.across.T.detach().numpy()).all()


def causal(self: Any, x: Any) -> Any:
    q, k, v = split(self, x)
    return joined(x, functional.scaled_dot_product_attention(q, k, v, is_causal=True))


def biased(self: Any, x: Any) -> Any:
    """Liu et al. 2021, Swin: a number for each pair, whatever the query says."""
    q, k, v = split(self, x)
    return joined(x, attend(q @ k.transpose(2, 3) + self.bias, v))


def absolute(self: Any, x: Any) -> Any:
    q, k, v = split(self, x)
    return joined(x, attend(q @ (k + self.place).transpose(2, 3), v))


def cosine(self: Any, x: Any) -> Any:
    q, k, v = split(self, x)
    return joined(x, attend(functional.normalize(q, dim=-1) @ functional.normalize(k, dim=-1).transpose(2, 3), v))


def over_queries(self: Any, x: Any) -> Any:
    q, k, v = split(self, x)
    return joined(x, (q @ k.transpose(2, 3)).softmax(2) @ v)


def talking(self: Any, x: Any) -> Any:
    """Shazeer et al. 2020: heads are mixed before the softmax."""
    q, k, v = split(self, x)
    return joined(x, attend(torch.einsum("bhqk,hg->bgqk", q @ k.transpose(2, 3), self.mixed), v))


def shorter(self: Any, x: Any) -> Any:
    """Keys and values of fewer places, as in Wang et al. 2021, PVT."""
    q = self.q(x).reshape(len(x), CHANNELS, -1).transpose(1, 2)
    k, v = (one(functional.max_pool2d(x, (3, 2))).flatten(2) for one in (self.k, self.v))
    return (attend(q @ k, v.transpose(1, 2))).transpose(1, 2).reshape(x.shape)


def returned(self: Any, x: Any) -> Any:
    """What each place attends to is a result, too."""
    q, k, v = split(self, x)
    shares = (q @ k.transpose(2, 3)).softmax(-1)
    return joined(x, shares @ v), shares


WRONG = {
    "causal": (causal, lambda: {"qkv": three()}),
    "biased": (biased, lambda: {"qkv": three(), "bias": torch.randn(HEADS, HEIGHT * WIDTH, HEIGHT * WIDTH)}),
    "absolute": (absolute, lambda: {"qkv": three(), "place": torch.randn(HEIGHT * WIDTH, KEY)}),
    "cosine": (cosine, lambda: {"qkv": three()}),
    "over_queries": (over_queries, lambda: {"qkv": three()}),
    "talking": (talking, lambda: {"qkv": three(), "mixed": torch.randn(HEADS, HEADS)}),
    "shorter": (shorter, ones),
    "returned": (returned, lambda: {"qkv": three()}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_none_is_refused(name: str) -> None:
    function, parts = WRONG[name]
    with pytest.raises(NotImportedError):
        flat_of_module(of(function, **parts()), examples([SHAPE]))
