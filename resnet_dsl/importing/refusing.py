"""What is told where the compiler refuses the text of a network: of the source, in its own names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.importing.flat import FlatNetwork, NotImportedError
from resnet_dsl.importing.mining import step_by_step
from resnet_dsl.pipeline import load_text

_UNREAD, _TOO_MANY = "E0260", "E0264"
"""Refusals whose remedies are for a text: an input that nothing reads, too many inputs or outputs."""

_REMEDIES = {_UNREAD: "save the model without this input", _TOO_MANY: "save the part of the model that is wanted"}


def not_compiled(flat: FlatNetwork, refused: Refusal) -> NotImportedError:
    """The language has no such network, or holds it for a mistake: what the compiler says, and of which layer."""
    first = next(one for one in refused.diagnostics if one.severity == "error")
    label = _label(flat, first)
    why = f"`{label}` is refused: {first.message}" if label else first.message
    if first.code == _UNREAD:
        why = re.sub("^nothing reads the input `[^`]*`", f"nothing in it reads its input `{label}`", first.message)
    return NotImportedError(f"`{flat.source}` cannot be imported: {why}", _REMEDIES.get(first.code, first.help), flat)


def _label(flat: FlatNetwork, found: Diagnostic) -> str | None:
    """What the source calls the step that is refused; None where it is the network as a whole."""
    text, labels = step_by_step(flat)
    same = next((one for one in _refusals(text) if one.code == found.code and one.place), None)
    if same is None or same.place is None:
        return None
    span = same.place.span
    return _of_line(text.splitlines()[span.source.position(span.start)[0] - 1], labels)


def _refusals(text: str) -> tuple[Diagnostic, ...]:
    try:
        load_text(text).compile()
    except Refusal as refused:
        return refused.diagnostics
    return ()


def _of_line(line: str, labels: Mapping[str, str]) -> str | None:
    """Of a line of the text: an input's, or a step's; the last step's begins with no name."""
    if line.startswith(("network ", "output ")):
        return None
    named = re.match(r"(?:input )?(\w+) (?:=|\d|\?)", line)
    return labels[named[1] if named else "body"]
