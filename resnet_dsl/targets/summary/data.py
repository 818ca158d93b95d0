"""A summary as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from resnet_dsl.analyses.network import CountedPart, Facts
from resnet_dsl.ir.lengths import as_json

Granularity: TypeAlias = Literal["stage", "block", "layer"]


def rows(facts: Facts, by: Granularity) -> Sequence[CountedPart]:
    """The parts that a summary lists."""
    if by == "stage":
        return facts.stages
    return facts.parts_by_block if by == "block" else facts.layers


class Extra(NamedTuple):
    """One more column: its title, and its numbers by the names of parts."""

    title: str
    values: Mapping[str, float]


def as_data(facts: Facts, by: Granularity = "stage", extra: Extra | None = None) -> dict[str, Any]:
    """The JSON form: shapes are lists without the batch axis, unknown lengths null; counts are of one sample.

    ``params`` are what trains, ``total_params`` those and the moving statistics; ``activations`` counts numbers.
    """
    count = facts.count
    data: dict[str, Any] = {
        "network": facts.graph.name,
        "input_shape": as_json(facts.input_shape),
        "output_shape": as_json(facts.output_shape),
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


def _part(part: CountedPart, extra: Extra | None) -> dict[str, Any]:
    return {
        "name": part.name,
        "kind": part.kind,
        "block": part.block,
        "blocks": part.blocks,
        "output_shape": as_json(part.output_shape),
        "params": part.params,
        "total_params": part.total_params,
        "macs": part.macs,
        "activations": part.activations,
        **({} if extra is None else {extra.title.replace(" ", "_"): extra.values.get(part.name)}),
    }
