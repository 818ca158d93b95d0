"""A summary in words: plain text, rich, Markdown, CSV and JSON. Only the terminal's form imports rich."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from resnet_dsl.analyses.network import CountedPart, Facts
from resnet_dsl.ir.lengths import show
from resnet_dsl.tabular import columns, comma_separated, markdown
from resnet_dsl.targets.summary.data import Extra, Granularity, as_data, rows

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("text", "json", "csv", "md")
_NAMES = 3  # columns in front of the numbers
_NUMBERS = ("params", "MACs", "activations")


def write(facts: Facts, by: Granularity = "stage", form: str = "text", extra: Extra | None = None) -> str:
    """The summary in one of FORMATS, with one more column where ``extra`` has it."""
    if form == "json":
        return json.dumps(as_data(facts, by, extra), indent=2) + "\n"
    header, body = _table(facts, by, extra)
    if form == "csv":
        more = [] if extra is None else [extra.title]
        return comma_separated([[*_CSV_HEADER, *more], *(_csv_row(part, extra) for part in rows(facts, by))])
    if form == "md":
        return _markdown(facts, header, body)
    below = "".join(f"{name:<15}  {value}\n" for name, value in totals(facts))
    return f"{headline(facts)}\n\n{columns(header, body, _NAMES)}\n{below}"


_CSV_HEADER = ["name", "kind", "block", "blocks", "output_shape", "params", "total_params", "macs", "activations"]


def _csv_row(part: CountedPart, extra: Extra | None) -> list[object]:
    return [
        part.name, part.kind, part.block or "", part.blocks, show(part.output_shape), part.params, part.total_params,
        "" if part.macs is None else part.macs, "" if part.activations is None else part.activations,
        *([] if extra is None else [extra.values.get(part.name, "")]),
    ]  # fmt: skip


def number(value: int | None) -> str:
    """A count for people; unknown while an input length is open."""
    return "?" if value is None else f"{value:,}"


def _table(facts: Facts, by: Granularity, extra: Extra | None) -> tuple[list[str], list[list[str]]]:
    what = {"stage": "blocks", "block": "block", "layer": "operation"}[by]
    header = [by, what, "output", *_NUMBERS]
    body = [
        [part.name, _blocks(part, by), show(part.output_shape), number(part.params), number(part.macs),
         number(part.activations)]
        for part in rows(facts, by)
    ]  # fmt: skip
    if extra is not None:
        header.append(extra.title)
        for row in body:
            row.append(f"{extra.values[row[0]]:.3g}" if row[0] in extra.values else "")
    return header, body


def _blocks(part: CountedPart, by: Granularity) -> str:
    if by == "stage":
        return str(part.blocks) if part.blocks else ""
    return part.block or ""


def headline(facts: Facts) -> str:
    """The network in one line."""
    return f"{facts.graph.name}: {show(facts.input_shape)} -> {show(facts.output_shape)}"


def totals(facts: Facts) -> list[tuple[str, str]]:
    """The network's own numbers, named."""
    count = facts.count
    found = [
        ("parameters", f"{number(count.params)} trainable, {number(count.total_params)} in all"),
        ("MACs", number(count.macs)),
        ("depth", f"{facts.depth} weighted layers on the main path, {facts.blocks} blocks"),
        ("activations", _memory(count.activations)),
    ]
    if facts.receptive_field is not None:
        found.append(("receptive field", f"{facts.receptive_field:,} (output stride {facts.output_stride})"))
    return found


def _memory(activations: int | None) -> str:
    if activations is None:
        return "?"
    return f"{activations:,} a sample ({activations * 4 / 2**20:,.1f} MiB in float32)"


def _markdown(facts: Facts, header: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines = [
        f"**{headline(facts)}**",
        "",
        markdown(header),
        f"|{'---|' * _NAMES}{'---:|' * (len(header) - _NAMES)}",
        *map(markdown, body),
        "",
    ]
    lines += [f"- {name}: {value}" for name, value in totals(facts)]
    return "\n".join(lines) + "\n"


def show_in_terminal(console: Console, facts: Facts, by: Granularity = "stage", extra: Extra | None = None) -> None:
    """The summary with rich, as wide as the console."""
    from rich.table import Table

    header, body = _table(facts, by, extra)
    table = Table(title=headline(facts), title_justify="left", header_style="bold", box=None, pad_edge=False)
    for position, name in enumerate(header):
        table.add_column(
            name, justify="left" if position < _NAMES else "right", style="cyan" if position == 0 else None
        )
    for row in body:
        table.add_row(*row)
    console.print(table)
    console.print()
    for name, value in totals(facts):
        console.print(f"[bold]{name:<15}[/bold]  {value}", highlight=False)
