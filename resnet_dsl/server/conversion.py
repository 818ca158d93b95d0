"""From our places and data to those of the Language Server Protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.editing.colouring import MODIFIERS, TYPES, Coloured
from resnet_dsl.editing.completing import Completion
from resnet_dsl.editing.hints import Hint, Lens
from resnet_dsl.editing.hovering import Hover
from resnet_dsl.editing.outline import OutlineEntry
from resnet_dsl.editing.positions import Encoding, Position, offset_of, position_of
from resnet_dsl.server.workspace import Workspace
from resnet_dsl.source import Source, Span

SOURCE = "resnet-dsl"
DRAW = "resnet-dsl.draw"
"""The command that answers with the figure of a network."""

_SEVERITIES = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}
_UNUSED = ("W02", "E0229")
"""Codes of what is not used, which editors show in grey."""

_KINDS = {
    "network": types.CompletionItemKind.Class,
    "block": types.CompletionItemKind.Function,
    "slot": types.CompletionItemKind.Interface,
    "let": types.CompletionItemKind.Constant,
    "parameter": types.CompletionItemKind.TypeParameter,
    "index": types.CompletionItemKind.Variable,
    "value": types.CompletionItemKind.Variable,
    "stage": types.CompletionItemKind.Module,
    "input": types.CompletionItemKind.Variable,
    "head": types.CompletionItemKind.Module,
    "stem": types.CompletionItemKind.Module,
    "file": types.CompletionItemKind.File,
    "operation": types.CompletionItemKind.Operator,
    "argument": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.Keyword,
    "function": types.CompletionItemKind.Function,
    "quantity": types.CompletionItemKind.Field,
}


_SYMBOLS = {
    "network": types.SymbolKind.Class,
    "block": types.SymbolKind.Function,
    "slot": types.SymbolKind.Interface,
    "let": types.SymbolKind.Constant,
    "value": types.SymbolKind.Variable,
    "input": types.SymbolKind.Variable,
    **dict.fromkeys(("stem", "stage", "head"), types.SymbolKind.Module),
}


class Converter:
    """Converts what is said of texts that are open, in the editor's units of columns."""

    def __init__(self, workspace: Workspace, encoding: Encoding, snippets: bool) -> None:
        self.workspace = workspace
        self.encoding = encoding
        self.snippets = snippets

    def offset(self, source: Source, position: types.Position) -> int:
        return offset_of(source, Position(position.line, position.character), self.encoding)

    def offsets(self, source: Source, between: types.Range) -> tuple[int, int]:
        return self.offset(source, between.start), self.offset(source, between.end)

    def range(self, span: Span) -> types.Range:
        source, start, end = span
        return types.Range(self._position(source, start), self._position(source, end))

    def _position(self, source: Source, offset: int) -> types.Position:
        return types.Position(*position_of(source, offset, self.encoding))

    def location(self, span: Span) -> types.Location | None:
        """None in a text that came from no file."""
        uri = self.workspace.uri_of(span.source)
        return None if uri is None else types.Location(uri, self.range(span))

    def locations(self, spans: Iterable[Span]) -> list[types.Location]:
        return [one for one in map(self.location, spans) if one is not None]

    def diagnostic(self, found: Diagnostic) -> types.Diagnostic:
        """Its words, with the calls that led there and the remedy; what is without a place stands at the beginning."""
        nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
        return types.Diagnostic(
            range=nowhere if found.place is None else self.range(found.place.span),
            message="\n".join(_words(found)),
            severity=_SEVERITIES[found.severity],
            code=found.code,
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if found.code.startswith(_UNUSED) else None,
            related_information=[*self._related(found.others)],
        )

    def _related(self, others: Iterable[Label]) -> Iterator[types.DiagnosticRelatedInformation]:
        for label in others:
            location = self.location(label.span)
            if location is not None:
                yield types.DiagnosticRelatedInformation(location, label.text or "takes part")

    def edits(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            uri = self.workspace.uri_of(edit.span.source)
            if uri is not None:
                changes.setdefault(uri, []).append(self.edit(edit))
        return types.WorkspaceEdit(changes=changes)

    def edit(self, edit: Edit) -> types.TextEdit:
        return types.TextEdit(self.range(edit.span), edit.text)

    def hover(self, found: Hover) -> types.Hover:
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, found.text), self.range(found.span))

    def symbol(self, entry: OutlineEntry) -> types.DocumentSymbol:
        return types.DocumentSymbol(
            name=entry.name,
            kind=_SYMBOLS[entry.kind],
            range=self.range(entry.span),
            selection_range=self.range(entry.name_span),
            detail=entry.detail or None,
            children=[self.symbol(one) for one in entry.children],
        )

    def tokens(self, found: Iterable[Coloured]) -> types.SemanticTokens:
        """Each by its distance from the one before, as the protocol has them."""
        data: list[int] = []
        line = column = 0
        for one in found:
            start, end = self.range(one.span).start, self.range(one.span).end
            column = start.character - (column if start.line == line else 0)
            modifiers = sum(1 << MODIFIERS.index(name) for name in one.modifiers)
            data += [start.line - line, column, end.character - start.character, TYPES.index(one.type), modifiers]
            line, column = start.line, start.character
        return types.SemanticTokens(data)

    def hint(self, source: Source, found: Hint) -> types.InlayHint:
        at = self._position(source, found.at)
        return types.InlayHint(at, found.text, types.InlayHintKind.Type, tooltip=found.more or None, padding_left=True)

    def lens(self, uri: str, found: Lens) -> Iterator[types.CodeLens]:
        """What is said, and what draws the network."""
        place = self.range(found.span)
        if found.counts:
            yield types.CodeLens(place, types.Command(found.counts, ""))
        yield types.CodeLens(place, types.Command("draw", DRAW, arguments=[uri, found.network]))

    def completion(self, found: Completion) -> types.CompletionItem:
        is_snippet = self.snippets and found.snippet != found.text
        text = found.snippet if self.snippets else found.text
        return types.CompletionItem(
            label=found.label,
            kind=_KINDS[found.kind],
            detail=found.detail or None,
            documentation=types.MarkupContent(types.MarkupKind.Markdown, found.documentation),
            sort_text=f"{found.order}{found.label}",
            filter_text=found.label,
            insert_text_format=types.InsertTextFormat.Snippet if is_snippet else types.InsertTextFormat.PlainText,
            text_edit=types.TextEdit(self.range(found.span), text),
        )


def _words(found: Diagnostic) -> Iterator[str]:
    yield found.message
    if found.place is not None and found.place.text:
        yield found.place.text
    yield from found.notes
    if found.help:
        yield f"help: {found.help}"
