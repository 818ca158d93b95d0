"""What a diagnostic is: data, found by a stage, drawn elsewhere."""

from __future__ import annotations

from typing import Literal, NamedTuple

from resnet_dsl.source import Span

Severity = Literal["error", "warning"]


class Label(NamedTuple):
    """A place in a text and what is to be said about it; the words may be empty."""

    span: Span
    text: str = ""


class Edit(NamedTuple):
    """A text to write in the place of a span's: of an empty span, to put in there; an empty text takes the span out."""

    span: Span
    text: str


class Diagnostic(NamedTuple):
    """One mistake, in the user's terms.

    ``code`` names the kind (E0302: an error, W0101: a warning); ``place`` is where the cause stands (None only where
    no text is at fault, as for a file that cannot be read); ``others`` are further places that take part; ``notes`` are
    the chain of calls and the like, innermost first; ``help`` says what to write instead.

    ``strict``: a warning that counts as an error (`check --strict`).

    ``edits`` are what ``help`` says, as changes of the text: made together they are the remedy. They are ``sure`` where
    they cannot lead to another network than was meant: one reading of the text is left, and the edits write that one.
    A sign too many, a sign of another language with one meaning here, a bracket that fits in one place, letters that
    only look like a known word's are sure. What chooses is not: a near name among others, a value, a place.
    """

    code: str
    message: str
    place: Label | None
    others: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    edits: tuple[Edit, ...] = ()
    sure: bool = False
    strict: bool = False

    @property
    def severity(self) -> Severity:
        return "error" if self.strict or self.code.startswith("E") else "warning"


class DiagnosticError(Exception):
    """Carries one diagnostic from where it is found to where diagnostics are collected, within one stage."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
