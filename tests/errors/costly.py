"""Texts made to cost more than they say: each is refused, and cheaply."""

from __future__ import annotations

NETWORK = "network net {{\n  input 32x32x3\n  stage first {{ {} }}\n}}\n"


def _doubling(body: str, count: int) -> str:
    """Blocks that each hold ``body`` with the block before them in it."""
    blocks = [f"block b{number} {{ {body.format(f'b{number - 1}')} }}\n" for number in range(1, count)]
    return "block b0 { relu }\n" + "".join(blocks) + NETWORK.format(f"b{count - 1}")


def _chain(line: str, first: str, count: int, end: str) -> str:
    return first + "".join(line.format(number, number - 1) for number in range(1, count)) + NETWORK.format(end)


TEXTS: dict[str, tuple[str, str]] = {
    "50 MB": ("E0004", "# a comment\n" * 4_200_000),
    "10,000 brackets": ("E0007", NETWORK.format(f"conv({'(' * 10_000}8{')' * 10_000}, 3)")),
    "10,000 braces": ("E0007", NETWORK.format("if true { " * 10_000 + "relu" + " }" * 10_000)),
    "10,000 nots": ("E0008", NETWORK.format(f"if {'not ' * 10_000}true {{ relu }}")),
    "a number of 100,000 digits": ("E0009", NETWORK.format(f"conv({'9' * 100_000}, 3)")),
    "a huge exponent": ("E0223", NETWORK.format("conv(1e99999999999999K, 3)")),
    "a number beyond all": ("E0223", NETWORK.format("conv(9e18 * 9e18, 3)")),
    "a billion repeats": ("E0501", NETWORK.format("1_000_000_000 x basic(16)")),
    "nested repeats": ("E0501", NETWORK.format("repeat 1000 { repeat 1000 { repeat 1000 { basic(16) } } }")),
    "repeats in blocks": ("E0502", "block row { 1000 x relu }\n" + NETWORK.format("90_000 x row")),
    "blocks that double": ("E0502", _doubling("{0} -> {0}", 31)),
    "a block of many": ("E0502", NETWORK.format("50_000 x basic(16)")),
    "large maps": ("E0503", NETWORK.replace("32x32", "100_000x100_000").format("relu")),
    "large weights": ("E0503", NETWORK.format("conv(100_000, 1) -> conv(100_000, 1)")),
    "maps that grow": ("E0503", "block twice { concat(in, in) }\n" + NETWORK.format("60 x twice")),
    "blocks in blocks": ("E0504", _doubling("if true {{ if true {{ {0} }} }}", 3_000)),
    "slots in slots": ("E0504", _chain("slot s{0} = s{1}\n", "slot s0 = relu\n", 3_000, "s2999")),
    "a chain of lets": ("E0504", _chain("let a{0} = a{1} + 1\n", "let a0 = 1\n", 3_000, "conv(a2999, 3)")),
    "lists of lists": ("E0507", _chain("let a{0} = [a{1}, a{1}]\n", "let a0 = [1]\n", 60, "conv(a59, 3)")),
    "lists in lists": ("E0507", _chain("let a{0} = [a{1}]\n", "let a0 = [1]\n", 40, "conv(a39, 3)")),
    "sizes of sizes": ("E0507", _chain("let a{0} = a{1} x a{1}\n", "let a0 = 1x1\n", 60, "conv(3, a59)")),
    "a derivation chain": (
        "E0506",
        _chain(
            "network n{0} from n{1} {{ skips off }}\n", "network n0 { input 8x8x3 stem { basic(3) } }\n", 3_000, "relu"
        ),
    ),
    "a derivation circle": (
        "E0216",
        "network n0 from n999 {}\n" + _chain("network n{0} from n{1} {{}}\n", "", 1_000, "relu"),
    ),
    "a circle of blocks": ("E0211", "block b0 { b2999 }\n" + _chain("block b{0} {{ b{1} }}\n", "", 3_000, "b7")),
    "an import of a device": ("E0213", 'import "/dev/zero"\n' + NETWORK.format("relu")),
    "10,000 unknown names": ("E0201", NETWORK.format(" ".join(f"unknown{number}(1)" for number in range(10_000)))),
}
"""The code, and the text."""

SLOW_TEXTS: dict[str, tuple[str, str]] = {
    "blocks that double in an `if`": ("E0502", _doubling("if true {{ {0} -> {0} }}", 31)),
    "slots that double": ("E0502", _chain("slot s{0} = s{1} -> s{1}\n", "slot s0 = relu\n", 40, "s39")),
    "a megabyte of steps": ("E0502", NETWORK.format("relu " * 150_000)),
    "a megabyte of networks": (
        "E0502",
        _chain(
            "network n{0} from n0 {{}}\n",
            NETWORK.format("relu")[:8] + "n0" + NETWORK.format("relu")[11:],
            30_000,
            "relu",
        ),
    ),
    "a megabyte of signs": ("E0101", "{([" * 300_000),
}
"""No shorter way is known to refuse these than to begin with them."""
