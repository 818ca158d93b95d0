"""The page "If you come from Keras or PyTorch", written from the table: `python -m resnet_dsl.vocabulary.page`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from resnet_dsl.vocabulary.steps import OPEN
from resnet_dsl.vocabulary.table import WordRow, rows, words
from resnet_dsl.vocabulary.translating import OF_OPEN, advice, translate

_HEAD = """\
# If you come from Keras or PyTorch

Written by `python -m resnet_dsl.vocabulary.page > docs/coming_from.md` from the table in `resnet_dsl/vocabulary/`,
whose files name its sources. Messages and `resnet-dsl explain Conv2D` say the same.

What is different throughout:

- Steps are not called on values: what flows in stands in front of them. `x = Conv2D(64, 3)(x)` is `conv(64, 3)`,
  `F.relu(a)` is `a -> relu`, and `nn.Sequential(a, b)` is `a -> b`.
- A step takes its channels and its rank from what flows in: there is no `in_channels`, and what is said here of
  `Conv2D` holds for `Conv1D` and `Conv3D` as well.
- Sizes have no brackets: `(3, 3)` is `3`, `(3, 1)` is `3x1`, `(224, 224, 3)` is `224x224x3`. Words need no quotes.
- The activation is a step of its own; normalisation and activation of all blocks are slots: `use act = silu`.
- Defaults are those of the papers: convolutions have no bias and a border of half their kernel (Keras: a bias and none,
  PyTorch: a bias and none), and start from `he_normal` (Keras: `glorot_uniform`, PyTorch: a uniform distribution).
  `pad = same` is TensorFlow's border. What a call leaves to its tool is written out, so that the step computes what
  the tool does; where papers mostly have something else, that stands behind it.
- Channels are the last axis.
- What a spec defines itself always comes first: a block called `linear` is that block.
"""


def page() -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD.rstrip("\n")]
    for title, found in groupby(rows(), key=lambda row: row.tool):
        parts.append(f"## {title}\n\n{_table(('there', 'here', 'for one'), map(_line, found))}")
    return "\n\n".join([*parts, *_of_words()]) + "\n"


def _table(titles: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rule = "|".join(["---"] * len(titles))
    shown = [f"| {' | '.join(line)} |".replace("|  |", "| |") for line in (titles, *lines)]
    return "\n".join([shown[0], f"|{rule}|", *shown[1:]])


def _line(row: WordRow) -> tuple[str, str, str]:
    names = ", ".join(f"`{_prefix(row)}{name}`" for name in _without_ranks(row.names))
    return names, _here(row), "<br>".join(map(_example, row.examples))


def _prefix(row: WordRow) -> str:
    return "" if "" in row.prefixes else f"{row.prefixes[0]}."


def _without_ranks(names: tuple[str, ...]) -> Iterator[str]:
    """The names but those that differ from another in the number of axes alone."""
    return (one for one in names if not any(one != other and one in _ranks(other) for other in names if "2" in other))


def _ranks(name: str) -> tuple[str, str]:
    return name.replace("2", "1"), name.replace("2", "3")


def _here(row: WordRow) -> str:
    if row.none:
        return advice(row)
    if row.row:
        return "steps behind one another"
    if row.member:
        return f"`{row.member} SIZE` in the network's braces"
    steps = dict.fromkeys(f"`{row.step_of(name)}`" for name in row.names)
    open_ = OF_OPEN if OPEN in row.here else ""
    return "; ".join(one for one in (", ".join(steps), row.note, open_) if one)


def _example(example: str) -> str:
    found = translate(example)
    assert found is not None
    usual = f", in papers mostly `{found.usual}`" if found.usual != found.text else ""
    return f"`{example}`: `{found.text}`{usual}"


def _of_words() -> Iterator[str]:
    table = words()
    here = {
        name: ", ".join(f"`{one}`" for one in names)
        for name, names in table.arguments.items()
        if name not in table.otherwise
    }
    nowhere = table.otherwise | table.steps | table.labels | table.flows | table.needless | table.nowhere
    values = {
        f"{name} = {other}": f"`{name} = {one}`" for name, found in table.values.items() for other, one in found.items()
    }
    yield "## Arguments\n\n" + _table(("there", "here"), _pairs(here))
    yield "## Arguments that are not here\n\n" + _table(("there", "instead"), _pairs(nowhere))
    yield "## Values\n\nCase and underscores do not count.\n\n" + _table(("there", "here"), _pairs(values))
    yield "## Slots\n\n" + _table(("there", "here"), _pairs(_quoted(table.slots)))
    yield "## Statements\n\n" + _table(("there", "here"), _pairs(_quoted(table.statements) | table.python))
    yield "## Settings of a training\n\n" + _table(("there", "here"), _pairs(table.trained))
    yield "## Methods of a model\n\n" + _table(("there", "here"), _pairs(table.methods))
    yield "## Methods of a value\n\n" + _table(("there", "here"), _pairs(table.tensors))


def _quoted(found: Mapping[str, str]) -> dict[str, str]:
    return {name: f"`{one}`" for name, one in found.items()}


def _pairs(found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A line for each meaning, with all words of that meaning."""
    for meaning in dict.fromkeys(found.values()):
        yield ", ".join(f"`{name}`" for name, one in found.items() if one == meaning), meaning


if __name__ == "__main__":
    print(page(), end="")
