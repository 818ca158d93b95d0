"""Texts made to cost more than they say: each is refused, and cheaply."""

from __future__ import annotations

NETWORK = "network net {{\n  input 32x32x3\n  stage first {{ {} }}\n}}\n"


def _doubling(body: str, count: int) -> str:
    """Blocks that each hold ``body`` with the block before them in it."""
    blocks = [f"block b{number} {{ {body.format(f'b{number - 1}')} }}\n" for number in range(1, count)]
    return "block b0 { relu }\n" + "".join(blocks) + NETWORK.format(f"b{count - 1}")


def _chain(line: str, first: str, count: int, end: str) -> str:
    return first + "".join(line.format(number, number - 1) for number in range(1, count)) + NETWORK.format(end)


def _stages(count: int) -> str:
    return " ".join(f"stage s{number} {{ relu }}" for number in range(count))


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
    "a row of open lengths": ("E0119", "let a = " + "?x" * 40_000),
    "a length that is rounded again and again": (
        "E0508",
        "network net { input ?x?x3 stem { repeat 40_000 { conv(3, 2, stride = 3) upsample(2) } } }",
    ),
    "a length that is halved again and again": (
        "E0508",
        "network net { input ?x?x3 stem { repeat 40_000 { conv(3, 2, stride = 2) } } }",
    ),
    "sums in a repeat": (
        "E0502",
        NETWORK.format(f"repeat 100_000 as i {{ if {'+'.join('i' * 1_000)} == 0 - 1 {{ relu }} }}"),
    ),
    "lists in a repeat": (
        "E0502",
        NETWORK.format(f"let a = [{', '.join('1' * 990)}] repeat 100_000 {{ let b = [a] let c = b == b }}"),
    ),
    "the largest of a list in a repeat": (
        "E0502",
        NETWORK.format(f"let a = [{', '.join('1' * 990)}] repeat 100_000 {{ let b = max(a) }}"),
    ),
    "parameters in a repeat": (
        "E0502",
        f"block b({', '.join(f'a{number} = 1' for number in range(900))}) {{ relu }}\n" + NETWORK.format("100_000 x b"),
    ),
    "merges of many values": (
        "E0502",
        NETWORK.format("repeat 3_000 as i { a[i] = relu } repeat 3_000 { b = concat(a) }"),
    ),
    "10,000 unknown arguments": (
        "E0202",
        NETWORK.format(f"conv(3, 3, {', '.join(f'u{number} = 1' for number in range(10_000))})"),
    ),
    "networks that derive from a long one": (
        "E0502",
        f"network base {{ input 8x8x3 {_stages(2_000)} }}\n"
        + "".join(f"network n{number} from base {{}}\n" for number in range(2_000)),
    ),
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
    "thousands of networks, and as many imports in vain": (
        "E0502",
        "".join(
            f'import "none{number}"\nnetwork n{number} {{ input 8x8x3 use act = silu stem {{ 20 x basic(3) }} }}\n'
            for number in range(7_000)
        ),
    ),
    "a megabyte of signs": ("E0004", "{([" * 300_000),
}
"""No shorter way is known to refuse these than to begin with them."""

SOUND_TEXTS: dict[str, str] = {
    "8,000 stages": f"network net {{ input 32x32x3 {_stages(8_000)} }}\n",
    "expectations of stages": (
        f"network net {{ input 32x32x3 {_stages(5_000)}"
        + " ".join(f" expect s{number}.params == 0" for number in range(5_000))
        + " }\n"
    ),
    "definitions on one line": " ".join(f"block b{number} {{ relu }}" for number in range(15_000)),
    "blocks that call the next": "".join(f"block b{number} {{ b{number + 1} }}\n" for number in range(10_000))
    + "block b10000 { relu }\n",
    "arguments": f"block b({', '.join(f'a{number} = 1' for number in range(6_000))}) {{ relu }}\n"
    + NETWORK.format(f"b({', '.join(f'a{number} = 2' for number in range(6_000))})"),
    "steps in 90 repeats": NETWORK.format("repeat 1 { " * 90 + "relu " * 20_000 + "}" * 90),
    "steps in 90 `if`s": NETWORK.format("if true { " * 90 + "relu " * 90_000 + "}" * 90),
    "rounds of `if`s in one another": NETWORK.format("repeat 3_000 { " + "if true { " * 80 + "relu" + "}" * 80 + " }"),
    "blocks that ask for progress": (
        "network net { input 32x32x3 use drop = drop_path(0.2 * progress) stage first { 9_000 x bottleneck(4) } }"
    ),
    "adapters of one name": NETWORK.format(
        "a = relu repeat 12_000 { conv(4, 1) skip always from a via conv(4, 1) by add }"
    ),
    "a line of a megabyte": "# " + "a" * 999_000 + "\n" + NETWORK.format("relu"),
}
"""What is fine, and long: it grows with the text and with what it expands to, no faster."""

UNPREDICTABLE = {
    "a window larger than its map": "maxpool(99999, stride = 2)",
    "a mean over a window larger than its map": "avgpool(99999, stride = 2)",
    "padding larger than the map": "avgpool(3, stride = 40_000, pad = 40_000)",
}
"""What `check --signal` says that it cannot predict."""
