"""A file in ONNX as data: its operators, its fixed numbers and its ends, checked and bounded. No code of it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from resnet_dsl.importing.onnx.arrays import Array, array_of, arrays_of
from resnet_dsl.importing.onnx.parsing import check_text, parsed, refusal
from resnet_dsl.importing.onnx.wire import unreadable
from resnet_dsl.ir.sizes import Size, ruled
from resnet_dsl.sentences import an, counted, listed
from resnet_dsl.targets.onnx.model import NODE, OPERATION, import_onnx

MOST_OPERATORS = 4_800
"""CIFAR's ResNet-1202, the longest network of the papers, has 4,200."""
OLDEST_OPSET = 9
"""PyTorch and others have written no earlier one since 2018."""

_KNOWN_DOMAINS = ("", "ai.onnx")
_TORCH_SCOPES = "pkg.torch.onnx.name_scopes"


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """One operator. ``inputs``: tensors by their names, "" for an optional one that is left out.

    label: what a user is told of it. of: the node and the operation of ours that wrote it, where one did.
    """

    kind: str
    label: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    of: tuple[str, str] = ("", "")
    name: str = ""

    @property
    def output(self) -> str:
        return self.outputs[0]


class OnnxEnd(NamedTuple):
    """An input or output. size: with the batch's axis, None for a length that is open, "32?" for a multiple.

    kind: the type of its numbers.
    """

    name: str
    size: Size
    kind: str


class OnnxSource(NamedTuple):
    """A model. arrays: its fixed numbers by name. widened: the types of numbers that were made float32."""

    path: str
    name: str
    opset: int
    inputs: tuple[OnnxEnd, ...]
    outputs: tuple[OnnxEnd, ...]
    operators: tuple[Operator, ...]
    arrays: Mapping[str, Array]
    widened: tuple[str, ...]


def read_source(path: str) -> OnnxSource:
    """Raises OSError where it cannot be opened, Failure where it is damaged, and NotImportedError where it holds what
    no network of ours has: graphs inside operators, operators of other domains, quantised numbers."""
    model = parsed(path)
    opset = _opset(model, path)
    graph = model.graph
    if model.functions:
        check_text(path, *(one.name for one in model.functions))
        named = listed([one.name for one in model.functions[:3]])
        raise refusal(path, f"it defines operators of its own: {named}", "export it with its functions inlined")
    if graph.sparse_initializer:
        raise refusal(path, f"`{graph.sparse_initializer[0].values.name}` is a sparse array")
    if len(graph.node) > MOST_OPERATORS:
        raise refusal(path, f"it has {len(graph.node):,} operators, and {MOST_OPERATORS:,} are the most")
    arrays, widened = arrays_of(path, graph)
    operators = tuple(_operator(path, index, node, opset) for index, node in enumerate(graph.node))
    inputs = tuple(_end(path, one) for one in graph.input if one.name not in arrays)
    outputs = tuple(_end(path, one) for one in graph.output)
    _check_names(path, inputs, outputs, operators, arrays)
    return OnnxSource(path, graph.name, opset, inputs, outputs, operators, arrays, widened)


def _opset(model: Any, path: str) -> int:
    versions = [one.version for one in model.opset_import if one.domain in _KNOWN_DOMAINS]
    if not versions:
        raise unreadable(path, "it does not say which version of ONNX's operators it has")
    newest = import_onnx().defs.onnx_opset_version()
    if not OLDEST_OPSET <= versions[0] <= newest:
        remedy = f"bring it to one of {OLDEST_OPSET} to {newest} by `onnx.version_converter`, or export it anew"
        raise refusal(path, f"it is of version {versions[0]} of ONNX's operators", remedy)
    return int(versions[0])


def _operator(path: str, index: int, node: Any, opset: int) -> Operator:
    said = {one.key: one.value for one in node.metadata_props}
    check_text(path, node.op_type, node.name, node.domain, *node.input, *node.output, *said, *said.values())
    check_text(path, *(text for one in node.attribute for text in (one.name, one.ref_attr_name)))
    label = said.get(NODE) or _scoped(said.get(_TORCH_SCOPES, "")) or node.name or f"{node.op_type}_{index}"
    if node.domain not in _KNOWN_DOMAINS:
        raise refusal(path, f"`{label}` is {an(node.op_type)} of `{node.domain}`, which is no operator of ONNX's own")
    _check_form(path, label, node, opset)
    attributes = {one.name: _value(path, label, node.op_type, one) for one in node.attribute}
    of = (said.get(NODE, ""), said.get(OPERATION, ""))
    return Operator(node.op_type, label, tuple(node.input), tuple(node.output), attributes, of, node.name)


def _check_form(path: str, label: str, node: Any, opset: int) -> None:
    """That it has as many inputs and outputs, and attributes of the kinds, as ONNX says."""
    onnx = import_onnx()
    try:
        schema = onnx.defs.get_schema(node.op_type, opset)
    except onnx.defs.SchemaError:
        why = f"`{label}` is {an(node.op_type)}, which version {opset} of ONNX's operators does not have"
        raise refusal(path, why) from None
    counts = (("input", node.input, schema.min_input), ("output", node.output, schema.min_output))
    for what, found, least in counts:
        if len(found) < least or not all(found[:least]):
            raise unreadable(
                path, f"`{label}` is {an(node.op_type)} with {counted(len(found), what)}, and needs {least}"
            )
    for one in node.attribute:
        known = schema.attributes.get(one.name)
        if known is not None and int(known.type) != one.type:
            raise unreadable(path, f"`{one.name}` of `{label}` is of another kind than ONNX has it")
    missing = next((name for name, one in schema.attributes.items() if one.required and not _has(node, name)), None)
    if missing is not None:
        raise unreadable(path, f"`{label}` is {an(node.op_type)} without `{missing}`")


def _has(node: Any, name: str) -> bool:
    return any(one.name == name for one in node.attribute)


def _scoped(scopes: str) -> str:
    """The innermost of PyTorch's scopes, which stand as a list in Python's words: ``['', 'layer1.0', 'layer1.0.conv1',
    'conv2d']``; the last is the operator itself."""
    names = [one.strip(" '\"") for one in scopes.strip("[]").split(",")]
    return next((one for one in reversed(names[:-1]) if one), "")


def _value(path: str, label: str, kind: str, attribute: Any) -> Any:
    onnx = import_onnx()
    if attribute.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
        raise refusal(path, f"`{label}` is {an(kind)}, which holds a graph of its own: networks here have no branches")
    if attribute.ref_attr_name:
        raise refusal(path, f"`{label}` takes `{attribute.name}` from a function that there is not")
    if attribute.type == onnx.AttributeProto.TENSOR:
        if attribute.t.data_location == onnx.TensorProto.EXTERNAL:
            raise unreadable(
                path, f"`{attribute.name}` of `{label}` stands in another file, as only arrays of the graph may"
            )
        return array_of(path, attribute.t)
    try:
        value = onnx.helper.get_attribute_value(attribute)
    except ValueError:
        raise unreadable(path, f"`{attribute.name}` of `{label}` has no value that is known") from None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _end(path: str, one: Any) -> OnnxEnd:
    onnx = import_onnx()
    check_text(path, one.name, one.doc_string)
    if one.type.WhichOneof("value") not in ("tensor_type", None):
        raise refusal(path, f"`{one.name}` is no tensor: networks here take and return tensors")
    tensor = one.type.tensor_type
    size = _size(tensor.shape.dim, one.doc_string)
    kind = onnx.TensorProto.DataType.Name(tensor.elem_type).lower() if tensor.elem_type else "float"
    return OnnxEnd(one.name, size, kind)


def _size(lengths: Sequence[Any], said: str) -> Size:
    """With open lengths as multiples, where resnet-dsl said that they are (channels last)."""
    known = [one.dim_value if one.HasField("dim_value") and one.dim_value > 0 else None for one in lengths]
    divisors = (1, *ruled(said, len(known) - 2), 1) if len(known) > 2 else (1,) * len(known)
    pairs = zip(known, divisors, strict=False)
    return tuple(f"{divisor}?" if length is None and divisor > 1 else length for length, divisor in pairs)


def _check_names(
    path: str,
    inputs: Iterable[OnnxEnd],
    outputs: Iterable[OnnxEnd],
    operators: Iterable[Operator],
    arrays: Mapping[str, Array],
) -> None:
    """That each tensor is made once, before it is read: then there are no cycles."""
    known = {*arrays, *(one.name for one in inputs), ""}
    made = {name for operator in operators for name in operator.outputs}
    for operator in operators:
        for name in operator.inputs:
            if name not in known:
                why = "which is made behind it, or by itself: a cycle" if name in made else "which nothing makes"
                raise unreadable(path, f"`{operator.label}` reads `{name}`, {why}")
        for name in filter(None, operator.outputs):
            if name in known:
                raise unreadable(path, f"`{operator.label}` makes `{name}`, which there is already")
            known.add(name)
    for one in outputs:
        if one.name not in known:
            raise unreadable(path, f"it returns `{one.name}`, which nothing makes")


def readers(operators: Iterable[Operator], outputs: Iterable[OnnxEnd]) -> dict[str, int]:
    """How often each tensor is read; by the network's outputs, too."""
    found: dict[str, int] = {}
    for name in _read(operators, outputs):
        found[name] = found.get(name, 0) + 1
    return found


def _read(operators: Iterable[Operator], outputs: Iterable[OnnxEnd]) -> Iterator[str]:
    for operator in operators:
        yield from operator.inputs
    yield from (one.name for one in outputs)
