"""All that rests on Keras' private parts: a layer copied instead of made anew, a call recorded without being made, the
layers of a model sorted without recursion, variables without and then with a value.

Each function checks what it finds and raises Unexpected where that is not what it knows; the model is then built the
plain way. Known to hold: see ``tests/targets/keras/test_fast.py`` and the documentation's page on speed.
"""

from __future__ import annotations

import inspect
import itertools
import sys
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import CellType, FunctionType, ModuleType
from typing import Any


class Unexpected(Exception):
    """Keras' inside is not what the fast way was written for."""


def expect(truth: object, what: str) -> None:
    if not truth:
        raise Unexpected(what)


def _module(name: str) -> ModuleType:
    module = sys.modules.get(name)
    if module is None:
        raise Unexpected(f"there is no module {name}")
    return module


# --- A layer, copied -------------------------------------------------------------------------------------------------

_STORES = {
    "trainable_variables": "_trainable_variables",
    "non_trainable_variables": "_non_trainable_variables",
    "metrics": "_metrics",
    "layers": "_layers",
    "seed_generators": "_seed_generators",
}
_REPLACED = frozenset({"name", "_path", "_tracker", "_inbound_nodes", "_outbound_nodes", *_STORES.values()})
_CONSTANTS = frozenset({"DynamicBackend", "SerializableDict"})
_PLAIN = (type(None), bool, int, float, str, bytes, inspect.Signature)


class Template:
    """A built layer of which copies are made: all that is the same is shared, all that a layer owns is made anew."""

    def __init__(self, keras: ModuleType, layer: Any) -> None:
        self._keras = keras
        self._layer = layer
        self._tracking = _module("keras.src.utils.tracking")
        expect(layer.built and layer._path in {None, layer.name} and not layer._parent_path, "where the layer lies")
        expect(not layer._layers and not layer._metrics and not layer._seed_generators, "what the layer contains")
        self.variables: tuple[Any, ...] = (*layer._trainable_variables, *layer._non_trainable_variables)
        for variable in self.variables:
            expect(variable.path == f"{layer.name}/{variable.name}", "the path of a variable")
        self._variable_parts = [_variable_parts(variable) for variable in self.variables]
        tracker = layer._tracker
        expect(set(tracker.config) == set(_STORES), "what the tracker keeps")
        expect(all(tracker.config[key][1] is getattr(layer, at) for key, at in _STORES.items()), "the tracker's stores")
        expect(set(vars(tracker)) == {"config", "stored_ids", "locked", "_lock_violation_msg", "exclusions"}, "tracker")
        self._shared: dict[str, Any] = {}
        self._owned: dict[str, Callable[[Any, dict[int, Any], Any], Any]] = {}
        for name, value in vars(layer).items():
            if name not in _REPLACED:
                self._sort(name, value)

    def _sort(self, name: str, value: Any) -> None:
        """Decides whether copies share an attribute or get one of their own."""
        if isinstance(value, FunctionType) and value.__closure__ and hasattr(value, "__wrapped__"):
            self._owned[name] = _rebinder(value, self._layer)
        elif type(value).__name__ == "SerializableDict" and "name" in value.config:  # in Keras before 3.15
            self._owned[name] = _renamer(value)
        elif isinstance(value, self._container_types):
            self._owned[name] = _copier(value)
        elif any(value is variable for variable in self.variables):
            self._owned[name] = lambda copy, copies, tracker: copies[id(value)]
        else:
            expect(self._may_be_shared(value), f"{type(self._layer).__name__}.{name} is a {type(value).__name__}")
            self._shared[name] = value

    @property
    def _container_types(self) -> tuple[type, ...]:
        tracking = self._tracking
        return (list, dict, set, tracking.TrackedList, tracking.TrackedDict, tracking.TrackedSet)

    def _may_be_shared(self, value: Any) -> bool:
        if isinstance(value, tuple):
            return all(map(self._may_be_shared, value))
        keras = self._keras
        constant = (keras.initializers.Initializer, keras.InputSpec, keras.dtype_policies.DTypePolicy)
        if isinstance(value, (*_PLAIN, *constant)) or type(value).__name__ in _CONSTANTS:
            return True
        return isinstance(value, FunctionType) and value.__closure__ is None

    def copy(self, name: str, replaced: dict[str, Any]) -> Any:
        """A layer like this one, of another name and with these attributes; its variables have no value."""
        layer = self._layer
        copy = object.__new__(type(layer))
        attributes = vars(copy)
        variables = [
            _new_variable(one, parts, name) for one, parts in zip(self.variables, self._variable_parts, strict=True)
        ]
        copies = {id(old): new for old, new in zip(self.variables, variables, strict=True)}
        trainable = len(layer._trainable_variables)
        stores: dict[str, list[Any]] = {at: [] for at in _STORES.values()}
        stores["_trainable_variables"], stores["_non_trainable_variables"] = (
            variables[:trainable],
            variables[trainable:],
        )
        tracker = self._new_tracker(stores)
        attributes.update(self._shared)
        attributes.update(stores)
        attributes["name"] = name
        attributes["_path"] = None if layer._path is None else name
        attributes["_tracker"] = tracker
        for at in ("_inbound_nodes", "_outbound_nodes"):
            attributes[at] = _filler(type(getattr(layer, at)))((), tracker)
        for at, make in self._owned.items():
            attributes[at] = make(copy, copies, tracker)
        expect(replaced.keys() <= attributes.keys(), "the names of a layer's attributes")
        attributes.update(replaced)
        return copy

    def _new_tracker(self, stores: dict[str, list[Any]]) -> Any:
        old = self._layer._tracker
        tracker = object.__new__(type(old))
        config = {key: (old.config[key][0], stores[at]) for key, at in _STORES.items()}
        ids = {key: set(map(id, stores[at])) for key, at in _STORES.items()}
        tracker.__dict__.update(vars(old), config=config, stored_ids=ids)
        return tracker


def _renamer(arguments: Any) -> Callable[[Any, dict[int, Any], Any], Any]:
    """Makes the record of a layer's arguments anew, with the copy's name."""
    expect(set(vars(arguments)) == {"config"}, "the record of a layer's arguments")

    def make(copy: Any, copies: dict[int, Any], tracker: Any) -> Any:
        made = object.__new__(type(arguments))
        made.config = {**arguments.config, "name": copy.name}
        return made

    return make


@cache
def _filler(kind: Any) -> Callable[[Iterable[Any], Any], Any]:
    """(values, tracker) -> a container of this kind with these values, which are not tracked once more."""
    plain = next(one for one in (list, dict, set) if issubclass(kind, one))
    fill: Any = list.extend if plain is list else plain.update
    new, tracked = kind.__new__, kind is not plain

    def make(values: Iterable[Any], tracker: Any) -> Any:
        made = new(kind)
        if values:
            fill(made, values)
        if tracked:
            made.tracker = tracker
        return made

    return make


def _copier(value: Any) -> Callable[[Any, dict[int, Any], Any], Any]:
    """Makes a container anew, with the copy's variables in place of the template's."""
    expect(set(getattr(value, "__dict__", {})) <= {"tracker"}, "what a container carries")
    fill = _filler(type(value))
    values = list(value.items()) if isinstance(value, dict) else list(value)
    if not any(map(_holds_an_object, values)):
        return lambda copy, copies, tracker: fill(values, tracker)
    return lambda copy, copies, tracker: _mapped(value, copies, tracker)


def _mapped(one: Any, copies: dict[int, Any], tracker: Any) -> Any:
    """What a container holds, for a copy."""
    if isinstance(one, _PLAIN):
        return one
    if isinstance(one, tuple):
        return tuple(_mapped(part, copies, tracker) for part in one)
    if isinstance(one, list | dict | set):
        values = one.items() if isinstance(one, dict) else one
        return _filler(type(one))([_mapped(part, copies, tracker) for part in values], tracker)
    if hasattr(one, "ref"):  # TensorFlow's TrackableReference
        return type(one)(one.name, copies[id(one.ref)])
    return copies[id(one)]


def _holds_an_object(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_holds_an_object, value))
    return not isinstance(value, _PLAIN)


def _rebinder(function: FunctionType, layer: Any) -> Callable[[Any, dict[int, Any], Any], Any]:
    """Makes a function that closes over the layer (Keras wraps ``build`` so) anew, closing over the copy."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    for one in cells:
        known = one is layer or getattr(one, "__self__", None) is layer or isinstance(one, _PLAIN)
        expect(known, f"what {function.__name__} closes over")
    attributes = {name: value for name, value in vars(function).items() if name != "__wrapped__"}
    wrapped = vars(function)["__wrapped__"]
    expect(getattr(wrapped, "__self__", None) is layer, f"what {function.__name__} wraps")

    def bound(one: Any, copy: Any) -> Any:
        if one is layer:
            return copy
        return one.__func__.__get__(copy) if getattr(one, "__self__", None) is layer else one

    def make(copy: Any, copies: dict[int, Any], tracker: Any) -> Any:
        closure = tuple(CellType(bound(one, copy)) for one in cells)
        made = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__, made.__qualname__ = function.__kwdefaults__, function.__qualname__
        made.__doc__, made.__module__ = function.__doc__, function.__module__
        made.__dict__.update(attributes, __wrapped__=bound(wrapped, copy))
        return made

    return make


# --- Variables -------------------------------------------------------------------------------------------------------


def _variable_parts(variable: Any) -> tuple[dict[str, Any], dict[str, type]]:
    """(attributes that copies share, empty containers that each owns) of a variable without a value."""
    expect(variable._value is None and callable(variable._initializer), "a variable without a value")
    owned = {name: type(value) for name, value in vars(variable).items() if isinstance(value, list | dict | set)}
    expect(not any(vars(variable)[name] for name in owned), "what a variable contains")
    return {name: value for name, value in vars(variable).items() if name not in owned}, owned


def _new_variable(variable: Any, parts: tuple[dict[str, Any], dict[str, type]], layer: str) -> Any:
    shared, owned = parts
    copy = object.__new__(type(variable))
    copy.__dict__.update(shared)
    copy.__dict__.update({name: kind() for name, kind in owned.items()}, _path=f"{layer}/{variable._name}")
    return copy


class Values:
    """Gives variables without a value their first one."""

    def __init__(self, keras: ModuleType) -> None:
        self._keras = keras
        self._tensorflow = _module("tensorflow") if keras.backend.backend() == "tensorflow" else None
        self._templates: dict[Any, Any] = {}

    def tensor(self, values: Any) -> Any:
        """A NumPy array as the backend's tensor, of its type."""
        return (
            self._keras.ops.convert_to_tensor(values) if self._tensorflow is None else self._tensorflow.constant(values)
        )

    def give(self, variable: Any, tensor: Any) -> None:
        """``tensor``: of the backend, with the variable's shape and type."""
        if self._tensorflow is None:
            variable._initialize(tensor)
        else:
            self._give_tensorflow(variable, tensor)
        variable._initializer = None

    def _give_tensorflow(self, variable: Any, tensor: Any) -> None:
        """A variable of TensorFlow's own, copied: making one anew costs several times the two operations behind it."""
        key = (tensor.shape, tensor.dtype, variable._trainable, variable._aggregation, variable._synchronization)
        if key in self._templates:
            variable._value = _copy_of_tensorflows(self._tensorflow, self._templates[key], variable._path, tensor)
            return
        variable._initialize(tensor)
        made = variable._value
        expect(type(made).__name__ == "ResourceVariable" and set(vars(made)) == _TENSORFLOWS, "TensorFlow's variable")
        expect(set(vars(made._handle)) == {"_parent_trackable", "_name", "_unique_id"}, "the handle of a variable")
        made._handle_name = made._handle._name = f"{variable._path}:0"  # as it would have had in the scope of names
        self._templates[key] = made


_TENSORFLOWS = {
    *("_in_graph_mode", "_trainable", "_synchronization", "_aggregation", "_save_slice_info", "_initial_value"),
    *(
        "_initializer_op",
        "_is_initialized_op",
        "_graph_element",
        "_caching_device",
        "_cached_value",
        "_shape",
        "_dtype",
    ),
    *("_distribute_strategy", "_graph_key", "_handle", "_unique_id", "_handle_name", "_constraint"),
    *("_cached_shape_as_list", "_validate_shape", "_xla_sharding", "_variable_read"),
}
_unique = itertools.count(1)


def _copy_of_tensorflows(tensorflow: Any, template: Any, path: str, tensor: Any) -> Any:
    """A variable of TensorFlow like the template, with another name and this value."""
    name = path.rpartition("/")[2]
    handle = tensorflow.raw_ops.VarHandleOp(
        dtype=template._dtype, shape=template._shape, shared_name=_ANONYMOUS, debug_name=name
    )
    copy = object.__new__(type(template))
    unique = f"{path}_resnet_dsl_{next(_unique)}"
    copy.__dict__.update(vars(template), _handle=handle, _unique_id=unique, _handle_name=f"{path}:0")
    handle._handle_data = template._handle._handle_data
    handle._parent_trackable = weakref.ref(copy)
    handle._name, handle._unique_id = f"{path}:0", unique
    tensorflow.raw_ops.AssignVariableOp(resource=handle, value=tensor)
    return copy


_ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"
"""What TensorFlow calls resources that no name may share (``tensorflow.python.eager.context.anonymous_name``)."""


def awaited(variable: Any) -> tuple[Any, tuple[int, ...], str] | None:
    """(initialiser, shape, type) of what is to be a variable's first value; None where it has one."""
    return None if variable._value is not None else (variable._initializer, tuple(variable._shape), variable._dtype)


def initialize(variable: Any) -> None:
    """The plain way to a first value, for a variable without one."""
    variable._deferred_initialize()
    if hasattr(variable._value, "_handle_name"):
        variable._value._handle_name = f"{variable._path}:0"


@contextmanager
def variables_without_values(keras: ModuleType) -> Iterator[None]:
    """Variables made within have no value, and nothing will give them one but the caller."""
    state = _module("keras.src.backend.common.global_state")
    pending = state.get_global_attribute("uninitialized_variables", [], set_to_default=True)
    count = len(pending)
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        del pending[count:]


# --- The graph of a model --------------------------------------------------------------------------------------------


def recorder() -> Callable[[Any, Any, dict[str, Any], Any], None]:
    """(layer, its input, further arguments, result) -> None: records a call as ``Layer.__call__`` does at its end."""
    node = _module("keras.src.ops.node").Node
    expect(list(inspect.signature(node).parameters) == ["operation", "call_args", "call_kwargs", "outputs"], "Node")

    def record(layer: Any, given: Any, further: dict[str, Any], result: Any) -> None:
        node(operation=layer, call_args=(given,), call_kwargs=further, outputs=result)

    return record


def further_arguments(layer: Any) -> dict[str, Any]:
    """What Keras added to the input when it called a layer for the first time (``mask = None``)."""
    (node,) = layer._inbound_nodes
    further: dict[str, Any] = node.arguments.kwargs
    expect(all(isinstance(value, _PLAIN) for value in further.values()), "what a layer is called with")
    return further


@contextmanager
def sorting_without_recursion() -> Iterator[None]:
    """Models made within, by this thread, get their layers sorted by ``sort_graph``."""
    module = _module("keras.src.ops.function")
    known: Any = module.map_graph
    expect(list(inspect.signature(known).parameters) == ["inputs", "outputs"], "map_graph")
    expect("map_graph" in module.Function.__init__.__code__.co_names, "who calls map_graph")
    thread = threading.get_ident()

    def chosen(inputs: Any, outputs: Any) -> Any:
        return (sort_graph if threading.get_ident() == thread else known)(inputs, outputs)

    module.map_graph = chosen  # type: ignore[attr-defined]
    try:
        yield
    finally:
        module.map_graph = known  # type: ignore[attr-defined]


def sort_graph(inputs: list[Any], outputs: list[Any]) -> tuple[Any, ...]:
    """What Keras' ``map_graph`` returns, in time linear in the layers and without recursion.

    For graphs that begin at ``keras.Input`` and whose inputs are all used.
    """
    order, first_seen = _in_order(outputs)
    expect(all(tensor._keras_history.operation in first_seen for tensor in inputs), "an input that is not used")
    make_key = _module("keras.src.ops.function").make_node_key
    keys = {make_key(node.operation, node.operation._inbound_nodes.index(node)) for node in order}
    node_depths: dict[Any, int] = {}
    operation_depths: dict[Any, int] = {}
    for node in reversed(order):
        depth = max(node_depths.setdefault(node, 0), operation_depths.get(node.operation, 0))
        node_depths[node] = operation_depths[node.operation] = depth
        for parent in node.parent_nodes:
            node_depths[parent] = max(depth + 1, node_depths.get(parent, 0))
    by_depth = _by_depth(operation_depths)
    operations = []
    for depth in sorted(by_depth, reverse=True):
        by_depth[depth].sort(key=first_seen.__getitem__)
        operations.extend(by_depth[depth])
    expect(len({operation.name for operation in operations}) == len(operations), "two layers of one name")
    return keys, _by_depth(node_depths), operations, by_depth


def _by_depth(depths: dict[Any, int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)  # as Keras' own: TensorFlow would track what a plain one holds
    for one, depth in depths.items():
        found[depth].append(one)
    return found


def _in_order(outputs: list[Any]) -> tuple[list[Any], dict[Any, int]]:
    """(nodes, inputs first; when each operation was first seen), by the depth-first walk that Keras makes."""
    order: list[Any] = []
    first_seen: dict[Any, int] = {}
    started: set[Any] = set()

    def enter(node: Any) -> tuple[Any, Iterator[Any]]:
        started.add(node)
        first_seen.setdefault(node.operation, len(first_seen))
        return node, iter(() if node.is_input else node.parent_nodes)

    for tensor in outputs:
        history = tensor._keras_history
        last = history.operation._inbound_nodes[history.node_index]
        stack = [] if last in started else [enter(last)]
        while stack:
            parent = next((one for one in stack[-1][1] if one not in started), None)
            if parent is None:
                order.append(stack.pop()[0])
            else:
                stack.append(enter(parent))
    return order, first_seen
