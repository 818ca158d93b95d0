"""`expect` lines, from their tree to data. They are checked against the tables, behind the shape analysis."""

from __future__ import annotations

from collections.abc import Collection

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.arithmetic import last_digit
from resnet_dsl.elaborate.expressions import Evaluator
from resnet_dsl.elaborate.frames import Frame
from resnet_dsl.elaborate.values import Expectation
from resnet_dsl.ir.parameters import is_number
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

NETWORK_QUANTITIES = ("params", "total_params", "macs", "depth", "output", "receptive_field", "output_stride", "blocks")
STAGE_QUANTITIES = ("params", "total_params", "macs", "output", "blocks")


def read_expectation(evaluator: Evaluator, statement: tree.Expect, frame: Frame, parts: Collection[str]) -> Expectation:
    """One expectation; ``parts`` hold a step. Raises DiagnosticError where its quantity or value is none."""
    stage, quantity, span = _quantity(statement.quantity)
    if stage is not None and stage not in parts:
        raise DiagnosticError(errors.unknown_part(stage, span, parts))
    known = NETWORK_QUANTITIES if stage is None else STAGE_QUANTITIES
    if quantity not in known:
        raise DiagnosticError(_unknown_quantity(quantity, span, known, stage))
    comparison = statement.comparison.text
    value = evaluator.evaluate(statement.value, frame)
    if quantity == "output" and (not isinstance(value, tuple) or comparison not in ("==", "!=")):
        value = (value,) if isinstance(value, int) and comparison in ("==", "!=") else value
        if not isinstance(value, tuple):
            raise DiagnosticError(errors.not_a("a size (`7x7x2048`) behind `==`", value, statement.value.span))
    if quantity != "output" and not is_number(value):
        raise DiagnosticError(errors.not_a("a number", value, statement.value.span))
    unit = _unit(statement) if comparison == "~=" else 0.0
    return Expectation(quantity, stage, comparison, value, unit, statement.span)


def _quantity(expression: tree.Expression) -> tuple[str | None, str, Span]:
    """The stage, where there is one, and the quantity."""
    if isinstance(expression, tree.Name):
        return None, expression.token.text, expression.span
    subject = expression.subject if isinstance(expression, tree.Attribute) else None
    if isinstance(expression, tree.Attribute) and len(expression.names) == 1:
        if isinstance(subject, tree.Name):
            return subject.token.text, expression.names[0].text, expression.span
        if isinstance(subject, tree.Entry) and subject.keyword.text == "stem":
            return "stem", expression.names[0].text, expression.span
    raise DiagnosticError(_unknown_quantity(expression.span.text, expression.span, NETWORK_QUANTITIES, None))


def _unit(statement: tree.Expect) -> float:
    if not isinstance(statement.value, tree.Number):
        raise DiagnosticError(
            Diagnostic(
                "E0403",
                "`~=` compares with the digits of a number, and this is none",
                Label(statement.value.span),
                help="write the number (`~= 4.1G`), or compare with `==`",
            )
        )
    return last_digit(statement.value.token.text)


def _unknown_quantity(name: str, span: Span, known: tuple[str, ...], stage: str | None) -> Diagnostic:
    has = f"a stage has {listed(known)}" if stage is not None else f"a network has {listed(known)}"
    example = known[0] if stage is None else f"{stage}.{known[0]}"
    return Diagnostic(
        "E0402",
        f"`{name}` is not a quantity that can be expected" + (" of a stage" if stage is not None else ""),
        Label(span),
        help=suggestion(name, known) or f"{has}: `expect {example} == 1_000`",
    )
