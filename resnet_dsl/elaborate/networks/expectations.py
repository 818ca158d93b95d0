"""`expect` lines, from their tree to data. They are checked against the tables, behind the shape analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Edit, Label
from resnet_dsl.diagnostics.nearest import respelt
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.arithmetic import last_digit
from resnet_dsl.elaborate.building.builder import Builder
from resnet_dsl.elaborate.expressions import Evaluator, said
from resnet_dsl.elaborate.frames import Frame
from resnet_dsl.elaborate.networks.derivation import Level
from resnet_dsl.elaborate.networks.plan import Plan
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import Expectation, PoisonedError
from resnet_dsl.ir.parameters import is_number
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Known: TypeAlias = Mapping[str | None, tuple[str, ...]]
"""What facts there are, of each part, output and input by name; of the network under None."""

NETWORK_QUANTITIES = ("params", "total_params", "macs", "depth", "output", "receptive_field", "output_stride", "blocks")
PART_QUANTITIES = ("params", "total_params", "macs", "output", "blocks")
OUTPUT_QUANTITIES = ("output", "depth", "receptive_field", "output_stride")
INPUT_QUANTITIES = ("receptive_field", "output_stride")


def known_quantities(parts: Iterable[str], outputs: list[str], inputs: Iterable[str]) -> Known:
    """``parts``: those that hold a step. ``outputs`` are all of them."""
    found: dict[str | None, tuple[str, ...]] = {None: NETWORK_QUANTITIES}
    if len(outputs) > 1:
        found[None] = tuple(one for one in NETWORK_QUANTITIES if one != "output")
    for names, quantities in ((parts, PART_QUANTITIES), (outputs, OUTPUT_QUANTITIES), (inputs, INPUT_QUANTITIES)):
        for name in names:
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *quantities)))
    return found


def facts_of(plan: Plan, builder: Builder, outputs: Mapping[str, int] | None) -> Known:
    """What facts there are of a network that has run; behind a mistake (``outputs`` is None) those of every part."""
    parts = [*dict.fromkeys(part.key for part in plan.parts)]
    if outputs is not None:
        held = _held(builder, outputs)
        parts = [name for name in parts if name in held]
    stated = plan.heads if plan.output is None else (parts if outputs is None else outputs)
    return known_quantities(parts, [*stated], [*plan.inputs])


def _held(builder: Builder, outputs: Mapping[str, int]) -> set[str]:
    """The parts that hold a step: of an empty one, or one that nothing reads, there are no facts."""
    tops = [0]
    for index, scope in enumerate(builder.scopes[1:], 1):
        tops.append(tops[scope.parent or 0] or index)
    reached = zip(builder.nodes, builder.reaching(outputs.values()), strict=True)
    return {builder.scopes[tops[raw.scope]].name for raw, wanted in reached if wanted}


def read_expectations(context: Context, own: Level, facts: Known) -> list[Expectation]:
    """A network's own expectations; a mistake in one is reported."""
    found = []
    for member in own.members:
        if isinstance(member, tree.Expect):
            try:
                found.append(_read(context.evaluator, member, own.frame, facts))
            except (DiagnosticError, PoisonedError) as raised:
                context.findings.take(raised)
    return found


def _read(evaluator: Evaluator, statement: tree.Expect, frame: Frame, facts: Known) -> Expectation:
    """One expectation. Raises DiagnosticError where its quantity or value is none, and PoisonedError."""
    subject, quantity, span = _quantity(statement.quantity)
    if subject not in facts:
        raise DiagnosticError(errors.unknown_part(str(subject), span, filter(None, facts)))
    known = facts[subject]
    if quantity == "output" and subject is None and "output" not in known:
        raise DiagnosticError(_which_output(span, [name for name, has in facts.items() if name and "depth" in has]))
    if quantity not in known:
        raise DiagnosticError(_unknown_quantity(quantity, span, known, subject))
    comparison = said(statement.comparison)
    value = evaluator.evaluate(statement.value, frame)
    if quantity == "output" and (not isinstance(value, tuple) or comparison not in ("==", "!=")):
        value = (value,) if isinstance(value, int) and comparison in ("==", "!=") else value
        if not isinstance(value, tuple):
            raise DiagnosticError(errors.not_a("a size (`7x7x2048`) behind `==`", value, statement.value.span))
    if quantity != "output" and not is_number(value):
        raise DiagnosticError(errors.not_a("a number", value, statement.value.span))
    unit = _unit(statement) if comparison == "~=" else 0.0
    return Expectation(quantity, subject, comparison, value, unit, statement.span)


def _quantity(expression: tree.Expression) -> tuple[str | None, str, Span]:
    """Whose quantity it is, where that is said, and the quantity."""
    if isinstance(expression, tree.Name):
        return None, expression.token.text, expression.span
    subject = expression.subject if isinstance(expression, tree.Attribute) else None
    if isinstance(expression, tree.Attribute) and len(expression.names) == 1:
        if isinstance(subject, tree.Name):
            return subject.token.text, expression.names[0].text, expression.span
        if isinstance(subject, tree.Entry) and subject.keyword.text != "in":
            return subject.keyword.text, expression.names[0].text, expression.span
    raise DiagnosticError(_unknown_quantity(expression.span.text, expression.span, NETWORK_QUANTITIES, None))


def _which_output(span: Span, outputs: list[str]) -> Diagnostic:
    return Diagnostic(
        "E0267",
        f"the network returns several values, and `output` does not say which: {listed(outputs)}",
        Label(span),
        help=f"write its name in front: `expect {outputs[0]}.output == …`",
    )


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


_ALIKE = {
    **dict.fromkeys(("shape", "size", "output_shape", "out", "channels"), "output"),
    **dict.fromkeys(("layers", "num_layers"), "depth"),
    **dict.fromkeys(("flops", "gflops", "madds", "mults"), "macs"),
    **dict.fromkeys(("weights", "parameters", "trainable_params", "num_params"), "params"),
}
"""What papers and tools call the quantities."""


def _unknown_quantity(name: str, span: Span, known: tuple[str, ...], subject: str | None) -> Diagnostic:
    what = "a network" if subject is None else "a stage" if known == PART_QUANTITIES else f"`{subject}`"
    example = known[0] if subject is None else f"{subject}.{known[0]}"
    found = Diagnostic(
        "E0402",
        f"`{name}` is not a quantity that can be expected" + (f" of {what}" if subject is not None else ""),
        Label(span),
        help=f"{what} has {listed(known)}: `expect {example} == 1_000`",
    )
    word = Span(span.source, span.end - len(name), span.end)  # behind the part's name
    *owners, last = name.split(".")
    meant = _ALIKE.get(last.lower(), last)
    if meant in known and owners != ["in"]:
        written = f"{owners[0]}.{meant}" if owners else meant
        return found._replace(help=f"did you mean `{written}`?", edits=(Edit(word, written),))
    told = respelt(found._replace(place=Label(word)), name, known)
    return told._replace(place=found.place)
