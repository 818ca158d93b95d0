"""The network as a table by stage, block or layer: as data, as text, in Markdown, HTML, CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from resnet_dsl.analyses.network import CountedPart, Facts
from resnet_dsl.ir.lengths import Shape, as_json, show
from resnet_dsl.sentences import counted
from resnet_dsl.showing import BOLD, line, painted
from resnet_dsl.tabular import columns, comma_separated, html, markdown

FORMATS = ("text", "json", "csv", "md", "html")
_NAMES = 3  # columns in front of the numbers
_NUMBERS = ("params", "MACs", "activations")
_FIELDS = ("name", "kind", "block", "blocks", "output_shape", "params", "total_params", "macs", "activations")
"""Of a part, in JSON and in CSV."""

Granularity: TypeAlias = Literal["stage", "block", "layer"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)


class Extra(NamedTuple):
    """One more column: its title, and its numbers by the names of parts."""

    title: str
    values: Mapping[str, float]


def rows(facts: Facts, by: Granularity) -> Sequence[CountedPart]:
    """The parts that a summary lists."""
    if by == "stage":
        return facts.stages
    return facts.parts_by_block if by == "block" else facts.layers


def as_data(facts: Facts, by: Granularity = "stage", extra: Extra | None = None) -> dict[str, Any]:
    """The JSON form: shapes are lists without the batch axis, unknown lengths null; counts are of one sample.

    ``input_shape`` and ``output_shape`` are those of the one input and output, null where there are several;
    ``inputs`` and ``outputs`` have all by name. ``params`` are what trains,
    ``total_params`` those and the moving statistics; ``activations`` counts numbers.
    """
    count = facts.count
    data: dict[str, Any] = {
        "network": facts.graph.name,
        "input_shape": _only(facts.input_shapes),
        "output_shape": _only(facts.output_shapes),
        "inputs": {name: as_json(shape) for name, shape in facts.input_shapes.items()},
        "outputs": {name: as_json(shape) for name, shape in facts.output_shapes.items()},
        "params": count.params,
        "total_params": count.total_params,
        "macs": count.macs,
        "depth": facts.depth,
        "blocks": facts.blocks,
        "activations": count.activations,
        "receptive_field": facts.receptive_field,
        "output_stride": facts.output_stride,
        "stages": [_part(part, extra) for part in facts.stages],
    }
    if by != "stage":
        data[f"{by}s"] = [_part(part, extra) for part in rows(facts, by)]
    return data


def _only(shapes: Mapping[str, Shape]) -> list[int | None] | None:
    return as_json(*shapes.values()) if len(shapes) == 1 else None


def _part(part: CountedPart, extra: Extra | None) -> dict[str, Any]:
    more = {} if extra is None else {extra.title.replace(" ", "_"): extra.values.get(part.name)}
    return {name: getattr(part, name) for name in _FIELDS} | {"output_shape": as_json(part.output_shape)} | more


def write(
    facts: Facts, by: Granularity = "stage", form: str = "text", extra: Extra | None = None, colours: bool = False
) -> str:
    """The summary in one of FORMATS, with one more column where ``extra`` has it; text may be in ``colours``."""
    if form == "json":
        return json.dumps(as_data(facts, by, extra), indent=2) + "\n"
    header, body = _table(facts, by, extra)
    if form == "csv":
        more = [] if extra is None else [extra.title]
        parts = [_part(part, extra) | {"output_shape": show(part.output_shape)} for part in rows(facts, by)]
        return comma_separated([[*_FIELDS, *more], *(part.values() for part in parts)])
    if form == "md":
        return _markdown(facts, header, body)
    if form == "html":
        return _html(facts, header, body)
    return _text(facts, header, body, colours)


def number(value: int | None) -> str:
    """A count for people; unknown while an input length is open."""
    return "?" if value is None else f"{value:,}"


def _table(facts: Facts, by: Granularity, extra: Extra | None) -> tuple[list[str], list[list[str]]]:
    what = {"stage": "blocks", "block": "block", "layer": "operation"}[by]
    header = [by, what, "output", *_NUMBERS]
    body = [
        [part.name, str(part.blocks or "") if by == "stage" else part.block or "", show(part.output_shape),
         number(part.params), number(part.macs), number(part.activations)]
        for part in rows(facts, by)
    ]  # fmt: skip
    if extra is not None:
        header.append(extra.title)
        for row in body:
            row.append(f"{extra.values[row[0]]:.3g}" if row[0] in extra.values else "")
    return header, body


def headline(facts: Facts) -> str:
    """The network in one line."""
    return f"{facts.graph.name}: {_ends(facts.input_shapes)} -> {_ends(facts.output_shapes)}"


def _ends(shapes: Mapping[str, Shape]) -> str:
    """A shape; of several each with its name."""
    named = len(shapes) > 1
    return ", ".join(f"{name} {show(shape)}" if named else show(shape) for name, shape in shapes.items())


def totals(facts: Facts) -> list[tuple[str, str]]:
    """The network's own numbers, named."""
    count = facts.count
    found = [
        ("parameters", f"{number(count.params)} trainable, {number(count.total_params)} in all"),
        ("MACs", number(count.macs)),
        ("depth", f"{counted(facts.depth, 'weighted layer')} on the main path, {counted(facts.blocks, 'block')}"),
        ("activations", _memory(count.activations)),
    ]
    if facts.receptive_field is not None:
        found.append(("receptive field", f"{facts.receptive_field:,} (output stride {facts.output_stride})"))
    return found


def _memory(activations: int | None) -> str:
    if activations is None:
        return "?"
    return f"{activations:,} a sample ({_bytes(activations * 4)} in float32)"


def _bytes(count: int) -> str:
    """``3.2 MiB``, in a smaller unit where that would be nothing."""
    for unit, size in (("MiB", 2**20), ("KiB", 2**10)):
        if count >= size / 10:
            return f"{count / size:,.1f} {unit}"
    return counted(count, "byte")


def _text(facts: Facts, header: Sequence[str], body: Sequence[Sequence[str]], colours: bool) -> str:
    def bold(text: str) -> str:
        return painted(text, BOLD) if colours else text

    below = "".join(f"{bold(f'{name:<15}')}  {value}\n" for name, value in totals(facts))
    return f"{bold(line(headline(facts)))}\n\n{columns(header, body, _NAMES, colours)}\n{below}"


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


def _html(facts: Facts, header: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    named = "".join(f"<li>{escape(name)}: {escape(value)}</li>" for name, value in totals(facts))
    return f"{html(headline(facts), header, body, _NAMES)}<ul>{named}</ul>\n"
