"""The server: one function for each thing that an editor asks or tells.

What takes time is done by one thread, one thing after the other; the editor is heard meanwhile, and of many changes in
a row only what they come to is checked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from resnet_dsl import __version__
from resnet_dsl.editing.completing import complete
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.hovering import hover
from resnet_dsl.editing.positions import Encoding
from resnet_dsl.editing.remedies import Remedy, all_sure, layout, remedies
from resnet_dsl.server.conversion import Converter
from resnet_dsl.server.workspace import Workspace

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

    @property
    def converter(self) -> Converter:
        agreed = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        encoding = cast(Encoding, agreed.value if isinstance(agreed, types.PositionEncodingKind) else agreed)
        return Converter(self.texts, encoding, self._takes_snippets())

    def shutdown(self) -> None:
        """Begins nothing new, and stops."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]

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
    return server


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


_FEATURES: dict[str, tuple[Callable[..., Any], Any]] = {
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
}
"""What is answered: by whom, and what the editor is told of it."""
