"""The server: the texts that are open, and their checks.

What takes time is done by one thread, one thing after the other; the editor is heard meanwhile, and of many changes in
a row only what they come to is checked.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory
from typing import TypeVar, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path

from resnet_dsl import __version__
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.drawing import Drawn
from resnet_dsl.editing.positions import Encoding
from resnet_dsl.server.conversion import Converter
from resnet_dsl.server.workspace import Workspace

_Answer = TypeVar("_Answer")


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
