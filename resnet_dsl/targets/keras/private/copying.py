"""A layer copied, where Keras would make it anew: in a fraction of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CellType, FunctionType, ModuleType
from typing import Any

from resnet_dsl.targets.keras.private import PLAIN, expect, module

_STORES = {
    name: f"_{name}"
    for name in ("trainable_variables", "non_trainable_variables", "metrics", "layers", "seed_generators")
}
_REPLACED = frozenset({"name", "_path", "_tracker", "_inbound_nodes", "_outbound_nodes", *_STORES.values()})
_CONSTANTS = frozenset({"DynamicBackend", "SerializableDict"})


class Template:
    """A built layer of which copies are made: all that is the same is shared, all that a layer owns is made anew."""

    def __init__(self, keras: ModuleType, layer: Any) -> None:
        self._keras = keras
        self._layer = layer
        tracking = module("keras.src.utils.tracking")
        self._containers = (list, dict, set, tracking.TrackedList, tracking.TrackedDict, tracking.TrackedSet)
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
        self._nodes = {at: _filler(type(getattr(layer, at))) for at in ("_inbound_nodes", "_outbound_nodes")}
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
        elif isinstance(value, self._containers):
            self._owned[name] = _copier(value)
        elif any(value is variable for variable in self.variables):
            self._owned[name] = lambda copy, copies, tracker: copies[id(value)]
        else:
            expect(self._may_be_shared(value), f"{type(self._layer).__name__}.{name} is a {type(value).__name__}")
            self._shared[name] = value

    def _may_be_shared(self, value: Any) -> bool:
        if isinstance(value, tuple):
            return all(map(self._may_be_shared, value))
        keras = self._keras
        constant = (keras.initializers.Initializer, keras.InputSpec, keras.dtype_policies.DTypePolicy)
        if isinstance(value, (*PLAIN, *constant)) or type(value).__name__ in _CONSTANTS:
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
        stores["_trainable_variables"] = variables[:trainable]
        stores["_non_trainable_variables"] = variables[trainable:]
        tracker = self._new_tracker(stores)
        attributes.update(self._shared)
        attributes.update(stores)
        attributes["name"] = name
        attributes["_path"] = None if layer._path is None else name
        attributes["_tracker"] = tracker
        for at, fill in self._nodes.items():
            attributes[at] = fill((), tracker)
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


_FILLS: dict[type, Any] = {list: list.extend, dict: dict.update, set: set.update}


def _filler(kind: type) -> Callable[[Iterable[Any], Any], Any]:
    """(values, tracker) -> a container of this kind with these values, which are not tracked once more."""
    new: Any = kind.__new__
    tracked = kind not in _FILLS
    fill = next(filling for plain, filling in _FILLS.items() if issubclass(kind, plain))

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
    if isinstance(one, PLAIN):
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
    return not isinstance(value, PLAIN)


def _rebinder(function: FunctionType, layer: Any) -> Callable[[Any, dict[int, Any], Any], Any]:
    """Makes a function that closes over the layer (Keras wraps ``build`` so) anew, closing over the copy."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    for one in cells:
        known = one is layer or getattr(one, "__self__", None) is layer or isinstance(one, PLAIN)
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
