"""Backbones: a network that returns what its stages give, or what its top takes, for models that are built on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from resnet_dsl.analyses.counts import main_inputs
from resnet_dsl.analyses.head import KEEPS_LOGITS
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.parts import stage_of_scopes
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate.limits import MOST_OUTPUTS
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.naming import layer_name
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument
from resnet_dsl.passes.cutting import cut, needed
from resnet_dsl.passes.rewriting import readers
from resnet_dsl.pipeline import Backbone, Compiled
from resnet_dsl.sentences import first

EVERY_STAGE = "all"
"""Names every stage, in a network that has no part of this name."""

POOLINGS = {"avg": "avgpool", "max": "maxpool"}
"""The operation of each, under the names that keras.applications have for them."""

_MOST_TOLD = 8


def asked(features: Any = None, include_top: bool = True, pooling: Any = None) -> Backbone | None:
    """What these options ask for; None where that is the network as it is. Raises Failure where they make no sense.

    features: a name, several, or True for every stage.
    """
    names = None if features is None or features is False else _names(features)
    if pooling is not None and pooling not in [*POOLINGS]:
        near = suggestion(pooling, POOLINGS) if isinstance(pooling, str) else None
        raise Failure(f"`pooling` is {' or '.join(map(repr, POOLINGS))}, not {pooling!r}", near)
    if pooling is not None and (include_top or names is not None):
        raise Failure("`pooling` is of the map that the top takes", "leave out the top, and name no `features`")
    if names is not None and not include_top:
        raise Failure("`features` says what is returned, and so does leaving out the top", "do one of them")
    return None if include_top and names is None else Backbone(names, pooling)


def _names(features: Any) -> tuple[str, ...]:
    if features is True:
        return (EVERY_STAGE,)
    names = (features,) if isinstance(features, str) else features
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise Failure(f"`features` are names of stages in order, or True for every one, not {features!r:.60}")
    return tuple(names)


def backbone(network: Compiled, wanted: Backbone) -> Compiled:
    """The part of a network that is asked for. Nodes keep their names, so that layers take the weights of the whole.

    Raises Failure where there is no such part.
    """
    if wanted.features is not None:
        found, outputs = network, _parts(network.graph, wanted.features)
    else:
        found, output = _below_top(network, wanted.pooling)
        outputs = {_part_of(found.graph, output): output}
    part = cut(found.graph, found.shapes, outputs)
    origins = tuple(found.origins[old] for old in part.kept)
    return replace(found, facts=Facts(part.graph, part.shapes), origins=origins, cut_from=(network, wanted))


def resized(network: Compiled, input_size: InputSize) -> Compiled:
    """The same network, or part of one, for another size of its input. Raises Refusal."""
    if network.cut_from is not None:
        whole, wanted = network.cut_from
        return backbone(resized(whole, input_size), wanted)
    return network.under(input_size)


# By name


def _parts(graph: Graph, names: tuple[str, ...]) -> dict[str, int]:
    """The nodes whose values parts give, by their names: stages, the stem, heads."""
    parts = {scope.name: scope.exit for scope in graph.scopes if scope.parent == 0}
    parts |= {output.name: output.node for output in graph.outputs}
    if names == (EVERY_STAGE,) and EVERY_STAGE not in parts:
        names = tuple(scope.name for scope in graph.scopes if scope.kind == "stage")
        if not names:
            raise Failure(f"`{graph.name}` has no stages", f"name other parts: {_there_are(parts)}")
    _check_names(graph.name, names, parts)
    return {name: parts[name] for name in names}


def _check_names(network: str, names: tuple[str, ...], parts: Collection[str]) -> None:
    if not names:
        raise Failure("`features` names no stage", _there_are(parts))
    if len(names) > MOST_OUTPUTS:
        raise Failure(f"`features` names {len(names):,} stages, and {MOST_OUTPUTS:,} are the most")
    for name in names:
        if name not in parts:
            raise Failure(f"`{network}` has no stage `{name}`", suggestion(name, parts) or _there_are(parts))
        if names.count(name) > 1:
            raise Failure(f"`features` names `{name}` twice", "name each stage once")


def _there_are(parts: Collection[str]) -> str:
    return f"there are {first([*parts], _MOST_TOLD)}"


# Without the top


def _below_top(network: Compiled, pooling: str | None) -> tuple[Compiled, int]:
    """The network, and the node that it returns without its top: what the top takes, or what is pooled of that."""
    taken = _map_below(network)
    if pooling is None:
        return network, taken
    if len(network.shapes[taken]) == 1:
        message = f"there is nothing to pool: what the top of `{network.name}` takes is a vector"
        raise Failure(message, "leave the pooling out")
    return _pooled(network, taken, POOLINGS[pooling])


def _map_below(network: Compiled) -> int:
    """The node whose value the top takes: a head, from where it gives up the map, or tells the classes, on."""
    graph = network.graph
    owners = stage_of_scopes(graph)
    inside = {index for index, node in enumerate(graph.nodes) if graph.scopes[owners[node.scope]].kind == "head"}
    ends = {output.node for output in graph.outputs}
    if not ends & inside:
        raise Failure(f"`{graph.name}` has no head, and so no top that could be left out")
    taken = {one for end in ends for one in _taken(network, end, inside)}
    taken |= _entries(graph, ends, taken)
    if len(taken) > 1:
        names = [graph.nodes[one].name for one in sorted(taken)]
        message = f"the top of `{graph.name}` takes several values: {first(names, _MOST_TOLD)}"
        raise Failure(message, "name the stages whose values are to be returned (`features`)")
    if min(taken) < graph.inputs:
        raise Failure(f"`{graph.name}` is nothing but its top: nothing stands before it")
    return min(taken)


def _entries(graph: Graph, ends: Collection[int], taken: Collection[int]) -> set[int]:
    """All values from which what stands above some of them starts, also by gates: inputs of its own, and others."""
    above = {*needed(graph, ends)} - {*needed(graph, taken)}
    read = {one for index in above for one in graph.nodes[index].inputs}
    return read - above | {index for index in above if index < graph.inputs}


def _taken(network: Compiled, end: int, inside: Collection[int]) -> set[int]:
    """The values from which an output's top starts; the output itself where there is no top on the way to it."""
    nodes = network.graph.nodes
    above: set[int] = set()
    telling = _telling(nodes, end, inside)
    way = sorted(_way(nodes, end, inside))
    for index in way:
        if index in telling or _gives_up_map(network, index) or above & {*main_inputs(nodes[index])}:
            above.add(index)
    if end not in above:
        return {end}
    return {one for index in above for one in main_inputs(nodes[index]) if one not in above}


def _way(nodes: tuple[Node, ...], end: int, inside: Collection[int]) -> set[int]:
    """The nodes inside heads on the way to an output, without those of gates."""
    found = {end} & {*inside}
    pending = [*found]
    while pending:
        fresh = {*main_inputs(nodes[pending.pop()])} & {*inside} - found
        found |= fresh
        pending += fresh
    return found


def _telling(nodes: tuple[Node, ...], end: int, inside: Collection[int]) -> set[int]:
    """The layers with weights, in heads, that tell the classes: whose values are an output's logits, or probabilities.

    Those behind which an activation stands make features, unless that one, or a later one, makes probabilities.
    """
    last = OPERATIONS[nodes[end].op]
    passed = KEEPS_LOGITS | ({"activation", "norm"} if last.role == "activation" and last.range[1] <= 1 else set())
    found: set[int] = set()
    seen, pending = {end}, [end]
    while pending:
        index = pending.pop()
        role = OPERATIONS[nodes[index].op].role
        if index in inside and role == "weighted":
            found.add(index)
        elif index in inside and role in passed:
            fresh = {*main_inputs(nodes[index])} - seen
            seen |= fresh
            pending += fresh
    return found


def _gives_up_map(network: Compiled, index: int) -> bool:
    """Whether a node leaves nothing of the spatial axes that its input has, or one position."""
    node = network.graph.nodes[index]
    before = network.shapes[node.inputs[0]]
    if len(network.shapes[index]) < len(before):
        return True
    operation = OPERATIONS[node.op]
    return operation.role == "pool" and operation.window(node.args, before) == "all"


def _pooled(network: Compiled, taken: int, operation: str) -> tuple[Compiled, int]:
    """The network, and what it pools: by the head's own pool, made to be of this kind, or by one more.

    Behind its own pool the head may still do something (a norm, a bias) before it comes to weights: that stays.
    """
    graph = network.graph
    read = readers(graph)
    pools = [index for index in read[taken] if index >= 0 and _pools_all(graph.nodes[index])]
    for index in sorted(pools, key=lambda one: graph.nodes[one].op != operation):
        found = _before_weights(graph, read, index)
        if len(network.shapes[found]) == 1:
            return _with_kind(network, index, operation), found
    pool = _pool(network, taken, operation, keepdims=False)
    entering = (network.shapes[taken],)
    facts = Facts(
        replace(graph, nodes=(*graph.nodes, pool)),
        (*network.shapes, OPERATIONS[operation].infer(pool.args, entering)),
    )
    return replace(network, facts=facts, origins=(*network.origins, network.origins[taken])), len(graph.nodes)


def _pools_all(node: Node) -> bool:
    return node.op in POOLINGS.values() and node.args["kernel"] == "global"


def _with_kind(network: Compiled, index: int, operation: str) -> Compiled:
    """The network with a pool of another kind at the place of one."""
    graph, old = network.graph, network.graph.nodes[index]
    if old.op == operation:
        return network
    pool = _pool(network, old.inputs[0], operation, old.args["keepdims"])
    nodes = (*graph.nodes[:index], pool, *graph.nodes[index + 1 :])
    return replace(network, facts=Facts(replace(graph, nodes=nodes), network.shapes))


def _before_weights(graph: Graph, read: list[list[int]], pool: int) -> int:
    """The last value, past norms but before noise, that goes from a pool straight into a layer with weights."""
    found = pool
    for index in _straight(graph, read, pool):
        role = OPERATIONS[graph.nodes[index].op].role
        if role == "weighted":
            return found
        found = index if role != "noise" else found
    return pool


def _straight(graph: Graph, read: list[list[int]], start: int) -> Iterator[int]:
    """The nodes behind one, as long as each is all that reads the one before, and reads nothing else."""
    at = start
    while len(read[at]) == 1 and read[at][0] >= 0 and len(graph.nodes[read[at][0]].inputs) == 1:
        at = read[at][0]
        yield at


def _pool(network: Compiled, taken: int, operation: str, keepdims: Argument) -> Node:
    """A node of the head that pools all of a map."""
    graph, record = network.graph, OPERATIONS[operation]
    head = next(index for index, scope in enumerate(graph.scopes) if scope.kind == "head")
    given = {one.name: one.default for one in record.parameters} | {"kernel": "global", "keepdims": keepdims}
    args = MappingProxyType(dict(record.settle(given, (network.shapes[taken],))))
    name = _free(layer_name(f"{graph.scopes[head].name}_{operation}"), {node.name for node in graph.nodes})
    return Node(name=name, op=operation, args=args, inputs=(taken,), scope=head)


def _free(name: str, taken: Collection[str]) -> str:
    return name if name not in taken else _free(f"{name}_", taken)


def _part_of(graph: Graph, index: int) -> str:
    """The name of the part in which a node lies."""
    return graph.scopes[stage_of_scopes(graph)[graph.nodes[index].scope]].name
