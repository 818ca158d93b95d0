"""What is answered to an editor: one function for each thing that it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from resnet_dsl.editing.colouring import coloured
from resnet_dsl.editing.completing import complete
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.drawing import draw
from resnet_dsl.editing.finding import definitions, references
from resnet_dsl.editing.hints import hints, lenses
from resnet_dsl.editing.hovering import hover
from resnet_dsl.editing.outline import Fold, folds, outline
from resnet_dsl.editing.remedies import layout
from resnet_dsl.editing.renaming import rename, renameable
from resnet_dsl.failure import Failure
from resnet_dsl.server.server import Server

_Answer = TypeVar("_Answer")


async def hovered(server: Server, params: types.HoverParams) -> types.Hover | None:
    convert = server.converter

    def asked(document: Document) -> types.Hover | None:
        found = hover(document, convert.offset(document.source, params.position))
        return None if found is None else convert.hover(found)

    return await server.ask(params.text_document.uri, asked)


async def completions(server: Server, params: types.CompletionParams) -> list[types.CompletionItem] | None:
    convert, uri = server.converter, params.text_document.uri

    def asked(document: Document) -> list[types.CompletionItem]:
        files = server.texts.importable(uri)
        found = complete(document, convert.offset(document.source, params.position), files)
        return [convert.completion(one) for one in found]

    return await server.ask(uri, asked)


async def formatted(server: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    edit = await server.ask(params.text_document.uri, layout)
    return [] if edit is None else [server.converter.edit(edit)]


async def places_of_definition(server: Server, params: types.DefinitionParams) -> list[types.Location] | None:
    convert = server.converter

    def asked(document: Document) -> list[types.Location]:
        return convert.locations(definitions(document, convert.offset(document.source, params.position)))

    return await server.ask(params.text_document.uri, asked)


async def places_of_references(server: Server, params: types.ReferenceParams) -> list[types.Location] | None:
    convert, uri, given = server.converter, params.text_document.uri, params.context.include_declaration

    def asked(document: Document) -> list[types.Location]:
        offset = convert.offset(document.source, params.position)
        return convert.locations(references(document, offset, server.texts.beside(uri), given))

    return await server.ask(uri, asked)


async def place_to_rename(server: Server, params: types.PrepareRenameParams) -> types.Range | None:
    convert = server.converter

    def asked(document: Document) -> types.Range:
        return convert.range(renameable(document, convert.offset(document.source, params.position)))

    return await server.ask(params.text_document.uri, _refusing(asked))


async def renamed(server: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    convert, uri = server.converter, params.text_document.uri

    def asked(document: Document) -> types.WorkspaceEdit:
        offset = convert.offset(document.source, params.position)
        return convert.edits(rename(document, offset, params.new_name, server.texts.beside(uri)))

    return await server.ask(uri, _refusing(asked))


def _refusing(question: Callable[[Document], _Answer]) -> Callable[[Document], _Answer]:
    """The same, with what it refuses told as the protocol has it."""

    def asked(document: Document) -> _Answer:
        try:
            return question(document)
        except Failure as failure:
            raise JsonRpcException(str(failure), types.LSPErrorCodes.RequestFailed.value) from None

    return asked


async def symbols(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    convert = server.converter
    return await server.ask(
        params.text_document.uri, lambda document: [convert.symbol(one) for one in outline(document)]
    )


async def folded(server: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    return await server.ask(params.text_document.uri, lambda document: [_fold(one) for one in folds(document)])


def _fold(found: Fold) -> types.FoldingRange:
    """Of braces the last line stays."""
    is_comment = found.kind == "comment"
    kind = types.FoldingRangeKind.Comment if is_comment else types.FoldingRangeKind.Region
    return types.FoldingRange(found.first, found.last if is_comment else found.last - 1, kind=kind)


async def tokens(server: Server, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    convert = server.converter
    return await server.ask(params.text_document.uri, lambda document: convert.tokens(coloured(document)))


async def tokens_between(server: Server, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    convert = server.converter

    def asked(document: Document) -> types.SemanticTokens:
        return convert.tokens(coloured(document, *convert.offsets(document.source, params.range)))

    return await server.ask(params.text_document.uri, asked)


async def inlay_hints(server: Server, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    convert = server.converter

    def asked(document: Document) -> list[types.InlayHint]:
        found = hints(document, *convert.offsets(document.source, params.range))
        return [convert.hint(document.source, one) for one in found]

    return await server.ask(params.text_document.uri, asked)


async def code_lenses(server: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    convert, uri = server.converter, params.text_document.uri
    return await server.ask(uri, lambda document: [two for one in lenses(document) for two in convert.lens(uri, one)])


async def drawn_figure(ls: Server, *given: object) -> dict[str, object] | None:
    """The figure of a network: given are its text's address, its name and a theme, the last two left out or null."""
    uri, network, theme, *_ = (one if isinstance(one, str) else None for one in (*given, None, None, None))
    drawn = await ls.ask(uri or "", lambda document: draw(document, network, theme))
    if drawn is None:
        return None
    if not ls.client_shows_figures:
        ls.show(drawn)
    return {key: value for key, value in drawn._asdict().items() if key != "told" or value is not None}
