"""The server: one function for each thing that an editor asks or tells.

What takes time is done by one thread, one thing after the other; the editor is heard meanwhile, and of many changes in
a row only what they come to is checked.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path

from resnet_dsl import __version__
from resnet_dsl.editing.colouring import MODIFIERS, TYPES, coloured
from resnet_dsl.editing.completing import complete
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.drawing import Drawn, draw
from resnet_dsl.editing.finding import definitions, references
from resnet_dsl.editing.hints import hints, lenses
from resnet_dsl.editing.hovering import hover
from resnet_dsl.editing.outline import Fold, folds, outline
from resnet_dsl.editing.positions import Encoding
from resnet_dsl.editing.remedies import Remedy, all_sure, layout, remedies
from resnet_dsl.editing.renaming import rename, renameable
from resnet_dsl.failure import Failure
from resnet_dsl.server.conversion import DRAW, Converter
from resnet_dsl.server.workspace import Workspace
from resnet_dsl.syntax.reading import ENDING

_Answer = TypeVar("_Answer")

FIX_ALL = "source.fixAll.resnet-dsl"
"""The kind of action that makes all sure remedies (`check --fix`)."""


class Server(LanguageServer):
    """Holds the texts that are open, and checks them behind every change."""

    def __init__(self) -> None:
        """Of texts that come whole with every change."""
        super().__init__("resnet-dsl", __version__, types.TextDocumentSyncKind.Full)
        self.texts = Workspace()
        self._worker = ThreadPoolExecutor(1)
        self._unchecked: dict[str, None] = {}
        self._checking: asyncio.Task[None] | None = None
        self._figures: TemporaryDirectory[str] | None = None
        self.client_shows_figures = False

    @property
    def converter(self) -> Converter:
        agreed = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        encoding = cast(Encoding, agreed.value if isinstance(agreed, types.PositionEncodingKind) else agreed)
        return Converter(self.texts, encoding, self._takes_snippets())

    def shutdown(self) -> None:
        """Begins nothing new, and stops."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self.leave_nothing()
        super().shutdown()  # type: ignore[no-untyped-call]

    def leave_nothing(self) -> None:
        """Takes the figures away that were written for the editor."""
        if self._figures is not None:
            self._figures.cleanup()

    def _takes_snippets(self) -> bool:
        texts = self.client_capabilities.text_document
        item = texts.completion.completion_item if texts and texts.completion else None
        return bool(item and item.snippet_support)

    async def ask(self, uri: str, question: Callable[[Document], _Answer]) -> _Answer | None:
        """What is known of a text that is open; None of another one."""
        if uri not in self.texts:
            return None
        document = self.texts[uri]
        return await asyncio.get_running_loop().run_in_executor(self._worker, question, document)

    def show(self, drawn: Drawn) -> None:
        """Has the editor open a figure, from a file that is gone when the server ends; or say why there is none."""
        if drawn.svg is None:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, drawn.told or ""))
            return
        self._figures = self._figures or TemporaryDirectory(prefix="resnet-dsl-")
        path = os.path.join(self._figures.name, f"{drawn.network}.svg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(drawn.svg)
        window = self.client_capabilities.window
        if window and window.show_document and window.show_document.support:
            self.window_show_document(types.ShowDocumentParams(from_fs_path(path) or "", external=True))
        else:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"the figure is in {path}"))

    def recheck(self) -> None:
        """Has all texts checked that are open."""
        self._unchecked |= dict.fromkeys(self.texts.uris)
        if self._checking is None or self._checking.done():
            self._checking = asyncio.get_running_loop().create_task(self._check_all())

    async def _check_all(self) -> None:
        while self._unchecked:
            uri = next(iter(self._unchecked))
            del self._unchecked[uri]
            await self._check(uri)

    async def _check(self, uri: str) -> None:
        """Publishes what is found, unless the text is another one by now."""
        found = await self.ask(uri, lambda document: (document, document.checked.diagnostics))
        if found is not None and uri in self.texts and self.texts[uri] is found[0]:
            diagnostics = [self.converter.diagnostic(one) for one in found[1]]
            version = self.workspace.get_text_document(uri).version
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))


def make_server() -> Server:
    """A server with all its functions."""
    server = Server()
    for name, (function, options) in _FEATURES.items():
        server.feature(name, options)(function)
    server.command(DRAW)(_draw)
    return server


def _greeted(server: Server, params: types.InitializeParams) -> None:
    """What the client says of itself: `figures`, that it shows those that a command answers with."""
    asked = params.initialization_options
    server.client_shows_figures = isinstance(asked, Mapping) and bool(asked.get("figures"))


def _ready(server: Server, params: types.InitializedParams) -> None:
    """Asks to be told of files that change elsewhere."""
    changes = server.client_capabilities.workspace
    watched = changes.did_change_watched_files if changes else None
    if watched and watched.dynamic_registration:
        specs = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(f"**/*{ENDING}")])
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        server.client_register_capability(types.RegistrationParams([types.Registration("specs", method, specs)]))


def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    server.texts.put(params.text_document.uri, params.text_document.text)
    server.recheck()


def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    uri = params.text_document.uri
    server.texts.put(uri, server.workspace.get_text_document(uri).source)
    server.recheck()


def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    server.texts.close(uri)
    server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
    server.texts.forget_others()
    server.recheck()


def _saved_elsewhere(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    server.texts.forget_others()
    server.recheck()


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    convert = server.converter

    def asked(document: Document) -> types.Hover | None:
        found = hover(document, convert.offset(document.source, params.position))
        return None if found is None else convert.hover(found)

    return await server.ask(params.text_document.uri, asked)


async def _complete(server: Server, params: types.CompletionParams) -> list[types.CompletionItem] | None:
    convert, uri = server.converter, params.text_document.uri

    def asked(document: Document) -> list[types.CompletionItem]:
        files = server.texts.importable(uri)
        found = complete(document, convert.offset(document.source, params.position), files)
        return [convert.completion(one) for one in found]

    return await server.ask(uri, asked)


async def _actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    convert, uri = server.converter, params.text_document.uri
    wanted = params.context.only

    def asked(document: Document) -> list[types.CodeAction]:
        start, end = (convert.offset(document.source, at) for at in (params.range.start, params.range.end))
        found = [_action(convert, one) for one in remedies(document, start, end)] if _wants(wanted, _QUICK_FIX) else []
        has_sure = any(one.sure for one in document.checked.diagnostics)
        if has_sure and _wants(wanted, FIX_ALL):
            found.append(types.CodeAction("make all sure remedies", FIX_ALL, data=uri))
        return found

    return await server.ask(uri, asked)


_QUICK_FIX = types.CodeActionKind.QuickFix.value


def _wants(only: Sequence[types.CodeActionKind | str] | None, kind: str) -> bool:
    """Whether actions of a kind are asked for: of all kinds, of this one, or of one that it is a part of."""
    names = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or []]
    return not names or any(kind == one or kind.startswith(f"{one}.") for one in names)


def _action(convert: Converter, remedy: Remedy) -> types.CodeAction:
    return types.CodeAction(
        title=remedy.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[convert.diagnostic(remedy.of)],
        is_preferred=remedy.sure,
        edit=convert.edits(remedy.edits),
    )


async def _resolve_action(server: Server, action: types.CodeAction) -> types.CodeAction:
    """Makes the remedies once somebody chooses them: to look for what helps takes as long as several checks."""
    edit = await server.ask(str(action.data), all_sure)
    if edit is not None:
        action.edit = server.converter.edits([edit])
    return action


async def _format(server: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    edit = await server.ask(params.text_document.uri, layout)
    return [] if edit is None else [server.converter.edit(edit)]


async def _definition(server: Server, params: types.DefinitionParams) -> list[types.Location] | None:
    convert = server.converter

    def asked(document: Document) -> list[types.Location]:
        return convert.locations(definitions(document, convert.offset(document.source, params.position)))

    return await server.ask(params.text_document.uri, asked)


async def _references(server: Server, params: types.ReferenceParams) -> list[types.Location] | None:
    convert, uri, given = server.converter, params.text_document.uri, params.context.include_declaration

    def asked(document: Document) -> list[types.Location]:
        offset = convert.offset(document.source, params.position)
        return convert.locations(references(document, offset, server.texts.beside(uri), given))

    return await server.ask(uri, asked)


async def _prepare_rename(server: Server, params: types.PrepareRenameParams) -> types.Range | None:
    convert = server.converter

    def asked(document: Document) -> types.Range:
        return convert.range(renameable(document, convert.offset(document.source, params.position)))

    return await server.ask(params.text_document.uri, _refusing(asked))


async def _rename(server: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
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


async def _symbols(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    convert = server.converter
    return await server.ask(
        params.text_document.uri, lambda document: [convert.symbol(one) for one in outline(document)]
    )


async def _folds(server: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    return await server.ask(params.text_document.uri, lambda document: [_fold(one) for one in folds(document)])


def _fold(found: Fold) -> types.FoldingRange:
    """Of braces the last line stays."""
    is_comment = found.kind == "comment"
    kind = types.FoldingRangeKind.Comment if is_comment else types.FoldingRangeKind.Region
    return types.FoldingRange(found.first, found.last if is_comment else found.last - 1, kind=kind)


async def _tokens(server: Server, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    convert = server.converter
    return await server.ask(params.text_document.uri, lambda document: convert.tokens(coloured(document)))


async def _tokens_between(server: Server, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    convert = server.converter

    def asked(document: Document) -> types.SemanticTokens:
        return convert.tokens(coloured(document, *convert.offsets(document.source, params.range)))

    return await server.ask(params.text_document.uri, asked)


async def _hints(server: Server, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    convert = server.converter

    def asked(document: Document) -> list[types.InlayHint]:
        found = hints(document, *convert.offsets(document.source, params.range))
        return [convert.hint(document.source, one) for one in found]

    return await server.ask(params.text_document.uri, asked)


async def _lenses(server: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    convert, uri = server.converter, params.text_document.uri
    return await server.ask(uri, lambda document: [two for one in lenses(document) for two in convert.lens(uri, one)])


async def _draw(ls: Server, *given: object) -> dict[str, object] | None:
    """The figure of a network: given are its text's address, its name and a theme, the last two left out or null."""
    uri, network, theme, *_ = (one if isinstance(one, str) else None for one in (*given, None, None, None))
    drawn = await ls.ask(uri or "", lambda document: draw(document, network, theme))
    if drawn is None:
        return None
    if not ls.client_shows_figures:
        ls.show(drawn)
    return {key: value for key, value in drawn._asdict().items() if key != "told" or value is not None}


_LEGEND = types.SemanticTokensLegend(list(TYPES), list(MODIFIERS))

_FEATURES: dict[str, tuple[Callable[..., Any], Any]] = {
    types.INITIALIZE: (_greeted, None),
    types.INITIALIZED: (_ready, None),
    types.TEXT_DOCUMENT_DID_OPEN: (_opened, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (_changed, None),
    types.TEXT_DOCUMENT_DID_CLOSE: (_closed, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (_saved_elsewhere, None),
    types.TEXT_DOCUMENT_HOVER: (_hover, None),
    types.TEXT_DOCUMENT_COMPLETION: (
        _complete,
        types.CompletionOptions(trigger_characters=[".", ">", "(", ",", "=", '"', "/"]),
    ),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        _actions,
        types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll],
            resolve_provider=True,
        ),
    ),
    types.CODE_ACTION_RESOLVE: (_resolve_action, None),
    types.TEXT_DOCUMENT_FORMATTING: (_format, None),
    types.TEXT_DOCUMENT_DEFINITION: (_definition, None),
    types.TEXT_DOCUMENT_REFERENCES: (_references, None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (_prepare_rename, None),
    types.TEXT_DOCUMENT_RENAME: (_rename, types.RenameOptions(prepare_provider=True)),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (_symbols, None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (_folds, None),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: (_tokens, _LEGEND),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: (_tokens_between, _LEGEND),
    types.TEXT_DOCUMENT_INLAY_HINT: (_hints, None),
    types.TEXT_DOCUMENT_CODE_LENS: (_lenses, None),
}
"""What is answered: by whom, and what the editor is told of it."""
