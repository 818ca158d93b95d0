"""The registry: every operation keeps what the others may count on."""

from __future__ import annotations

import pytest

from resnet_dsl.ir.operation import Operation, OperationName
from resnet_dsl.ir.operations import OPERATIONS, WORDS, MissingRuleError, check_names, complete
from resnet_dsl.ir.parameters import is_number
from tests.elaborate.compiling import refused_stage, staged

ALL = [pytest.param(operation, id=name) for name, operation in OPERATIONS.items()]

BODIES = {
    "conv": "conv(6, 3, stride = 2, groups = 2)",
    "conv_transpose": "conv_transpose(6, 2)",
    "dense": "avgpool(global) dense(5)",
    "maxpool": "maxpool(3, stride = 2)",
    "avgpool": "avgpool(2)",
    "groupnorm": "groupnorm(2)",
    "evonorm": "evonorm(2)",
    "attention": "conv(12, 1) attention(2, 2, relative)",
    "channels": "channels(1, 2)",
    "pad_channels": "pad_channels(9, both)",
    "subsample": "subsample(2x1)",
    "reshape": "reshape(4x16x4)",
    "normalize": "normalize(0.5, [1, 2, 3, 4])",
    "zero_pad": "zero_pad([0, 2])",
    "resize": "resize(4x16)",
    "crop": "crop([[0, 2], [1, 0]])",
    "dropout": "dropout(0.5)",
    "drop_path": "drop_path(0.5)",
    "dropblock": "dropblock(0.5)",
    "identity": 'identity as "id"',
    "add": "a = relu add(a, in)",
    "mul": "a = relu mul(a, in)",
    "sub": "a = relu sub(a, in)",
    "concat": "a = relu concat(a, in)",
}


@pytest.mark.parametrize("operation", ALL)
def test_documentation_and_defaults_fit(operation: Operation) -> None:
    assert operation.doc.endswith(".")
    assert len({one.name for one in operation.parameters}) == len(operation.parameters)
    for parameter in operation.parameters:
        assert parameter.doc
        assert parameter.required or parameter.default is None or parameter.kind.fits(parameter.default)
        assert not parameter.kind.fits(object())


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "input"])
def test_settled_arguments_stay_as_they_are_and_fit_their_parameters(name: str) -> None:
    """What is settled once, settles to itself: a graph that was read from a file means what it meant."""
    network = staged(BODIES.get(name, name))
    index, node = next((i, one) for i, one in enumerate(network.graph.nodes) if one.op == name)
    operation = OPERATIONS[name]
    inputs = tuple(network.shapes[one] for one in node.inputs)
    assert set(node.args) == {one.name for one in operation.parameters if not one.later}
    assert dict(operation.settle(node.args, inputs)) == dict(node.args)
    assert operation.infer(node.args, inputs) == network.shapes[index]
    assert operation.label is not None
    assert operation.label(node.args)


@pytest.mark.parametrize("name", [name for name, one in OPERATIONS.items() if not one.many and name != "input"])
def test_a_required_argument_is_required_and_an_unknown_one_refused(name: str) -> None:
    """Where both are wrong, the unknown one may be the one that is missing, and is told alone."""
    required = [one for one in OPERATIONS[name].parameters if one.required]
    assert refused_stage(f"{name}(colour = 1)") in (["E0202"], ["E0203"])
    assert not required or refused_stage(f"{name}()") == ["E0204"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("conv(0, 3)", "E0207"),
        ("conv(-4, 3)", "E0207"),
        ("conv(4, 0)", "E0207"),
        ("conv(4, 3, stride = 0)", "E0207"),
        ("conv(4, 3, groups = 3)", "E0304"),
        ("conv(6, 3, groups = 4)", "E0304"),
        ("conv(4, 3, pad = 0 - 1)", "E0207"),
        ("conv(true, 3)", "E0206"),
        ("conv(4, 3, bias = 1)", "E0206"),
        ("conv(4, 3, 1, 1, 1, true, half, he_normal, none, 1e-6, 1.0, zeros, 5)", "E0203"),
        ("dropout(1)", "E0207"),
        ("dropout(0 - 0.1)", "E0207"),
        ("groupnorm(3)", "E0304"),
        ("dense(5)", "E0301"),
        ("avgpool(global) conv(4, 3)", "E0301"),
        ("avgpool(global) maxpool(2)", "E0301"),
        ("batchnorm(epsilon = 0)", "E0207"),
        ("blurpool(8)", "E0207"),
        ("blurpool(1)", "E0207"),
        ("blurpool(3x5)", "E0206"),
    ],
)
def test_arguments_out_of_their_range(body: str, code: str) -> None:
    assert refused_stage(body) == [code]


EACH: dict[OperationName, str] = {operation.name: operation.doc for operation in OPERATIONS.values()}


def test_tables_of_rules_are_complete_when_they_are_imported() -> None:
    assert complete("rules/", EACH) == EACH
    assert complete("rules/", {"add": ""}, {"mul": ""}, but=[one for one in EACH if one not in ("add", "mul")])


@pytest.mark.parametrize("name", EACH)
def test_a_missing_rule_is_told_by_name_and_place(name: OperationName) -> None:
    table = {one: doc for one, doc in EACH.items() if one != name}
    with pytest.raises(MissingRuleError, match=f"^rules/ has no rule for `{name}`: add it to RULES") as caught:
        complete("rules/", table)
    kin = [one for one in table if OPERATIONS[one].role == OPERATIONS[name].role]
    assert not kin or f"beside `{kin[0]}`" in str(caught.value)


def test_rules_that_stand_twice_or_for_nothing_are_refused() -> None:
    with pytest.raises(MissingRuleError, match="two rules"):
        complete("rules/", EACH, {"relu": ""})
    with pytest.raises(MissingRuleError, match="that has none there"):
        complete("rules/", EACH, but=("input",))
    with pytest.raises(MissingRuleError, match="that has none there"):
        complete("rules/", {**EACH, "relv": ""})  # type: ignore[dict-item]


def test_names_that_are_not_in_both_lists_are_told() -> None:
    with pytest.raises(
        MissingRuleError, match=r"^add `relv` to OperationName in .* add `tanh` to OPERATIONS of its family"
    ):
        check_names([*(name for name in OPERATIONS if name != "tanh"), "relv"])


def test_words_are_no_numbers() -> None:
    assert {"half", "same", "valid", "global", "he_normal"} <= WORDS
    assert not any(is_number(word) for word in WORDS)
