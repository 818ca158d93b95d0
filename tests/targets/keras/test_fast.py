"""The fast way builds the same model as the plain way, and gives way to it where Keras is not what it was."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.targets.keras import fast as fast_way
from resnet_dsl.targets.keras import lower, to_keras
from resnet_dsl.targets.keras.building import build
from resnet_dsl.targets.keras.fast import build_fast
from resnet_dsl.targets.keras.private import UnexpectedKerasError
from resnet_dsl.targets.keras.private.copying import Template
from resnet_dsl.targets.keras.private.sorting import sort_graph
from resnet_dsl.targets.keras.sampling import Sampler
from tests.targets.keras.graphs import Sketch, bottlenecks, one_op, residual
from tests.targets.keras.sameness import assert_equal, assert_same_outputs, random_input
from tests.targets.keras.test_operations import CASES

keras = pytest.importorskip("keras")


def _copied_twice(size: tuple[int | None, ...], op: str, args: dict[str, Any]) -> Sketch:
    """An operation three times on the same input: the first is made, the others are copies."""
    net = Sketch(*size)
    for name in ("one", "two", "three"):
        net.add(op, 0, name=name, **args)
    net.add("add", 1, 2, 3, name="all")
    return net


@pytest.mark.parametrize(("size", "op", "args"), CASES, ids=str)
def test_both_ways_build_the_same_layers(size: tuple[int | None, ...], op: str, args: dict[str, Any]) -> None:
    calls = lower(*_copied_twice(size, op, args).graph())
    plain, quick = build(calls, 3), build_fast(calls, 3)
    assert_equal(plain, quick)
    assert_same_outputs(plain, quick)


@pytest.mark.parametrize("net", [residual(9), residual(9, option="B"), bottlenecks((1, 2, 2, 2), (64, 64, 3), 8)])
@pytest.mark.parametrize("seed", [None, 3])
def test_both_ways_build_the_same_networks(net: Sketch, seed: int | None) -> None:
    calls = lower(*net.graph())
    plain, quick = build(calls, seed), build_fast(calls, seed)
    assert_equal(plain, quick)
    assert_same_outputs(plain, quick)


def test_the_fast_way_lives_as_any_model(tmp_path: Path) -> None:
    model = build_fast(lower(*residual(6, width=4, size=(16, 16, 3)).graph()), 1)
    values, labels = random_input(model, 16), np.arange(16) % 10
    before = model.get_weights()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(values, labels, batch_size=8, epochs=2, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert all(changed), "every weight of its own has moved, those that began alike too"
    kernels = [w for w in model.get_weights() if w.ndim == 1 and w.size == 4]
    assert not np.array_equal(kernels[0], kernels[4]), "layers that began with shared zeros or ones went apart"
    model.summary(print_fn=lambda *_, **__: None)

    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(values, verbose=0), model.predict(values, verbose=0), atol=1e-6)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    np.testing.assert_allclose(copy.predict(values, verbose=0), model.predict(values, verbose=0), atol=1e-6)
    rebuilt = keras.Model.from_config(model.get_config())
    assert [layer.name for layer in rebuilt.layers] == [layer.name for layer in model.layers]

    inner = keras.Model(model.input, model.get_layer("s1b0_add").output)
    assert inner(values).shape == (16, 8, 8, 8)
    frozen = model.get_layer("s0b0_conv1")
    frozen.trainable = False
    assert len(frozen.trainable_weights) == 0


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's own formats")
def test_the_fast_way_in_tensorflows_own_formats(tmp_path: Path) -> None:
    import tensorflow as tf

    calls = lower(*residual(3, width=4, size=(16, 16, 3)).graph())
    model, other = build_fast(calls, 1), build_fast(calls, 2)
    values = random_input(model)
    model.export(tmp_path / "saved", verbose=False)
    loaded = tf.saved_model.load(tmp_path / "saved")
    served = loaded.serve(values)
    np.testing.assert_allclose(served, model(values), atol=1e-6)
    path = tf.train.Checkpoint(model=model).save(str(tmp_path / "checkpoint"))
    tf.train.Checkpoint(model=other).restore(path).assert_consumed()
    np.testing.assert_array_equal(other(values), model(values))
    handles = {id(v.value.handle) for v in model.variables}
    uniques = {v.value._unique_id for v in model.variables}
    assert len(handles) == len(uniques) == len(model.variables)


def test_the_policy_in_force_is_kept() -> None:
    calls = lower(*residual(6, width=4, size=(16, 16, 3)).graph())
    try:
        for policy in ("mixed_bfloat16", "mixed_float16", "float64"):
            keras.config.set_dtype_policy(policy)
            plain, quick = build(calls, 1), build_fast(calls, 1)
            assert_equal(plain, quick)
            assert {layer.compute_dtype for layer in quick.layers} == {keras.config.dtype_policy().compute_dtype}
            assert_same_outputs(plain, quick)
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's own distribution")
def test_the_strategy_in_force_is_kept() -> None:
    import tensorflow as tf

    graph, shapes = residual(3, width=4, size=(16, 16, 3)).graph()
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    with strategy.scope():
        with pytest.raises(UnexpectedKerasError, match="strategy"):
            build_fast(lower(graph, shapes))
        model = to_keras(graph, shapes, seed=1)
    assert all(strategy.extended.variable_created_in_scope(variable.value) for variable in model.variables)
    elsewhere = to_keras(graph, shapes, seed=1)
    assert not any(strategy.extended.variable_created_in_scope(variable.value) for variable in elsewhere.variables)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="Keras distributes on JAX")
def test_the_distribution_in_force_is_kept() -> None:
    graph, shapes = residual(3, width=4, size=(16, 16, 3)).graph()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=keras.distribution.list_devices()))
    try:
        with pytest.raises(UnexpectedKerasError, match="distribution"):
            build_fast(lower(graph, shapes))
        model = to_keras(graph, shapes, seed=1)
    finally:
        keras.distribution.set_distribution(None)
    assert all(variable._layout is not None for variable in model.variables)


def test_a_seed_means_the_same_weights() -> None:
    calls = lower(*residual(3).graph())
    first, again, other = (build_fast(calls, seed).get_weights() for seed in (7, 7, 8))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    keras.utils.set_random_seed(5)
    first = build_fast(calls).get_weights()
    keras.utils.set_random_seed(5)
    assert all(np.array_equal(a, b) for a, b in zip(first, build_fast(calls).get_weights(), strict=True))


def test_truncated_normals_are_what_they_should_be() -> None:
    drawn = np.sort(Sampler(0).truncated_normal((1000, 1001), 0.5).ravel() / 0.5)
    assert drawn[0] >= -2
    assert drawn[-1] <= 2
    assert len(np.unique(drawn)) > 0.9 * drawn.size
    cdf = keras.ops.convert_to_numpy((keras.ops.erf(drawn / 2**0.5) + 1) / 2).astype("float64")
    low, high = cdf[0], cdf[-1]
    distance = np.abs((cdf - low) / (high - low) - np.arange(drawn.size) / drawn.size).max()
    assert distance < 1.63 / drawn.size**0.5  # Kolmogorov and Smirnov, 1 %
    assert drawn.std() == pytest.approx(0.8796, abs=0.002)
    part = Sampler(0).truncated_normal((3, 5), 1.0)
    assert part.shape == (3, 5)
    assert not np.array_equal(part, Sampler(1).truncated_normal((3, 5), 1.0))


@pytest.mark.parametrize("init", ["he_normal", "he_normal_out", "he_uniform", "lecun_uniform", "truncated_normal"])
def test_initial_kernels_have_the_spread_of_keras(init: str) -> None:
    calls = lower(*one_op((8, 8, 64), "conv", channels=128, kernel=3, init=init))
    plain, quick = (way(calls, 1).get_weights()[0] for way in (build, build_fast))
    assert quick.std() == pytest.approx(plain.std(), rel=0.02)
    assert abs(quick).max() == pytest.approx(abs(plain).max(), rel=0.02 if "out" not in init else 0.2)


def test_depth_touches_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "setrecursionlimit", lambda limit: pytest.fail("the recursion limit was touched"))
    model = build_fast(lower(*residual(600, width=2, size=(8, 8, 3)).graph()))
    assert len(model.layers) > 4000


def _break_node(monkeypatch: pytest.MonkeyPatch) -> None:
    class Node:
        def __init__(self, layer: object, inputs: object) -> None: ...

    monkeypatch.setattr(sys.modules["keras.src.ops.node"], "Node", Node)


def _break_sort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["keras.src.ops.function"].Function, "__init__", lambda self, graph: None)


def _break_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Template.__init__

    def changed(self: Any, keras_: Any, layer: Any) -> None:
        layer.__dict__["_of_a_later_version"] = object()
        plain(self, keras_, layer)

    monkeypatch.setattr(Template, "__init__", changed)


def _break_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_way, "awaited", lambda variable: (variable.no_such_thing, (), ""))


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="layers are not copied there")
@pytest.mark.parametrize("broken", [_break_node, _break_variable, _break_paused])
def test_where_keras_is_another_the_plain_way_is_taken(broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, shapes = residual(3).graph()
    pending = sys.modules["keras.src.backend.common.global_state"].get_global_attribute("uninitialized_variables") or []
    count = len(pending)
    with monkeypatch.context() as patch:
        broken(patch)
        with pytest.raises(UnexpectedKerasError):
            build_fast(lower(graph, shapes), 3)
        if broken is _break_node:
            return  # the plain way needs it, too
        model = to_keras(graph, shapes, seed=3)
    expected = build(lower(graph, shapes), 3)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), expected.get_weights(), strict=True))
    assert len(pending) == count
    assert gc.isenabled()
    assert sort_graph is not sys.modules["keras.src.ops.function"].map_graph


def test_a_broken_sort_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    _break_sort(monkeypatch)
    with pytest.raises(UnexpectedKerasError, match="map_graph"):
        build_fast(lower(*residual(3).graph()))


def test_the_order_of_layers_is_that_of_keras() -> None:
    model = build(lower(*bottlenecks((1, 2), (32, 32, 3), 8).graph()))
    theirs = sys.modules["keras.src.ops.function"].map_graph(model.inputs, model.outputs)
    ours = sort_graph(model.inputs, model.outputs)
    assert ours[0] == theirs[0]
    assert ours[2] == theirs[2]
    for one, other in ((ours[1], theirs[1]), (ours[3], theirs[3])):
        assert dict(one) == dict(other)
