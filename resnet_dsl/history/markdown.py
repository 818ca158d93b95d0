"""Changes as the comment of a pull request: a table of counts, and what has changed in words, which unfolds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from resnet_dsl.analyses.network import Facts
from resnet_dsl.history.changes import Change
from resnet_dsl.history.words import tally, told
from resnet_dsl.sentences import counted
from resnet_dsl.showing import line
from resnet_dsl.tabular import markdown, plain

MOST_CHARACTERS = 60_000
"""Of a comment; GitHub takes 65,536."""

_MOST_SENTENCES = 50
"""Of one network; the others are counted."""

_COLUMNS: dict[str, Callable[[Facts], int | None]] = {
    "parameters": lambda facts: facts.count.params,
    "MACs": lambda facts: facts.count.macs,
    "depth": lambda facts: facts.depth,
}


def as_markdown(changes: Sequence[Change], title: str) -> str:
    """What differs, in Markdown; what does not is counted. Names mean themselves, whatever they hold.

    What does not fit into a comment is left out, and told.
    """
    differing = [one for one in changes if one.differs]
    counts = [] if all(one.file is None for one in changes) else [f"{tally(changes)}.", ""]
    head = [f"### {_inert(title)}", "", *counts]
    if not differing:
        return "\n".join(head if counts else [*head, "Nothing tells them apart.", ""])
    head += [markdown(["network", *_COLUMNS]), markdown(["---", *("---:" for _ in _COLUMNS)])]
    table = _fitting(
        "\n".join(head), map(_row, differing), MOST_CHARACTERS // 2, "Left out of this table, for its length: {}."
    )
    details = (_details(one) for one in differing if told(one))
    return _fitting(table, details, MOST_CHARACTERS, "Left out of what has changed, for its length: {}.") + "\n"


def _fitting(text: str, parts: Iterable[str], most: int, otherwise: str) -> str:
    """The text with the parts below it, as far as they fit; ``otherwise`` says of how many networks they do not."""
    left = list(parts)
    while left and len(text) + len(left[0]) < most:
        text += f"\n{left.pop(0)}"
    return f"{text}\n\n{otherwise.format(counted(len(left), 'more network'))}\n" if left else f"{text}\n"


def _row(change: Change) -> str:
    return markdown([_name(change), *(_cell(change, count) for count in _COLUMNS.values())])


def _name(change: Change) -> str:
    kind = "" if change.kind == "changed" else f" ({'moved' if change.kind == 'same' else change.kind})"
    return _inert(change.name) + kind + (f"<br>{_inert(change.file)}" if change.file else "")


def _cell(change: Change, count: Callable[[Facts], int | None]) -> str:
    before, after = (None if facts is None else count(facts) for facts in (change.before, change.after))
    sides = [_number(count(facts)) for facts in (change.before, change.after) if facts is not None]
    return " → ".join(dict.fromkeys(sides)) + (_percent(before, after) if before and after else "")


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _percent(before: int, after: int) -> str:
    growth = 100 * (after - before) / before
    digits = f"{growth:+,.0f}" if abs(growth) >= 10 else f"{growth:+.2g}"
    return "" if before == after else f" ({digits.replace('-', '−')} %)"


def _details(change: Change) -> str:
    sentences = told(change)
    left = len(sentences) - _MOST_SENTENCES
    lines = [f"- {_inert(one)}" for one in sentences[:_MOST_SENTENCES]] + ([f"- and {left} more"] if left > 0 else [])
    # Within HTML no sign of Markdown is one, and within code no name is somebody's.
    summary = f"<code>{escape(line(change.name))}</code>: {counted(len(sentences), 'difference')}"
    return "\n".join(["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>", ""])


def _inert(text: str) -> str:
    return plain(line(text))
