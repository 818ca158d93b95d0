"""The networks that ship: what they are, their numbers, their parameters, and how to build on them."""

from __future__ import annotations

from itertools import takewhile

from resnet_dsl import pipeline, shipped
from resnet_dsl.analyses.network import Facts
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.notation import written
from resnet_dsl.sentences import counted
from resnet_dsl.syntax import tree


def names() -> list[str]:
    return shipped.names()


def tell(name: str) -> str:
    """Its documentation (with the paper), its counts, its parameters with their defaults, and its file."""
    file = next(one for one in shipped.shipped_files() if name in one.networks)
    spec = pipeline.load(file.path)
    network = spec.compile(name)
    lines = [f"## `{name}`: a network that ships", "", network.graph.doc, ""]
    lines += [_opening(spec.source.text), "", *_numbers(network.facts)]
    lines += [f'- its file: `{file.name}`, as in `import "{file.name}"`', *_parameters(spec.networks[name])]
    return "\n".join([*lines, "", f"To build on it: `network mine from {name} {{ … }}`."])


def _opening(text: str) -> str:
    """What a file says of itself, with the paper: the comment that it begins with."""
    lines = takewhile(lambda line: line.startswith("#"), text.splitlines())
    return "\n".join(line.removeprefix("#").strip() for line in lines)


def _numbers(facts: Facts) -> list[str]:
    sizes = ", ".join(map(show, facts.input_shapes.values())), ", ".join(map(show, facts.output_shapes.values()))
    macs = "" if facts.count.macs is None else f", {written(facts.count.macs)} MACs"
    return [
        f"- from {sizes[0]} to {sizes[1]}",
        f"- {written(facts.count.params)} numbers that train ({written(facts.count.total_params)} in all){macs}",
        f"- depth {facts.depth}, {counted(facts.blocks, 'residual block')}",
    ]


def _parameters(definition: Definition | None) -> list[str]:
    """Those of a network, and of what it derives from where they are still open."""
    found: dict[str, str] = {}
    while definition is not None and isinstance(definition.tree, tree.NetworkNode):
        for one in tree.parameters(definition.tree):
            found.setdefault(one.name.text, " ".join(one.span.text.split()))
        definition = definition.module.base_of(definition.tree)
    return [f"- its parameters: {', '.join(f'`{one}`' for one in found.values())}"] if found else []


def files() -> list[str]:
    return shipped.file_names()


def tell_file(name: str) -> str:
    """What a file that ships says of itself, and what it defines, each with the first line of its documentation."""
    path = shipped.file_called(name)
    assert path is not None
    spec = pipeline.load(path)
    lines = [f"## `{name}`: a file that ships", "", _opening(spec.source.text), ""]
    return "\n".join([*lines, *(_entry(one.tree) for one in spec.module.own.values())])


def _entry(defined: tree.SyntaxNode) -> str:
    kind = defined.kind.lower()
    doc = defined.doc.partition("\n")[0] if isinstance(defined, tree.Block | tree.Slot | tree.NetworkNode) else ""
    return f"- {kind} `{defined.name.text}`{f': {doc}' if doc else ''}"  # type: ignore[attr-defined]
