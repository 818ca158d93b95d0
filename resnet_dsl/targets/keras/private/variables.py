"""Variables of Keras without a value, and then with their first one."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from resnet_dsl.targets.keras.private import expect, module


class Values:
    """Gives variables without a value their first one."""

    def __init__(self, keras: ModuleType) -> None:
        self._keras = keras
        self._tensorflow = module("tensorflow") if keras.backend.backend() == "tensorflow" else None
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
    "_in_graph_mode", "_trainable", "_synchronization", "_aggregation", "_save_slice_info", "_initial_value",
    "_initializer_op", "_is_initialized_op", "_graph_element", "_caching_device", "_cached_value", "_shape", "_dtype",
    "_distribute_strategy", "_graph_key", "_handle", "_unique_id", "_handle_name", "_constraint",
    "_cached_shape_as_list", "_validate_shape", "_xla_sharding", "_variable_read",
}  # fmt: skip
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
    state = module("keras.src.backend.common.global_state")
    pending = state.get_global_attribute("uninitialized_variables", [], set_to_default=True)
    count = len(pending)
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        del pending[count:]
