"""An editor: a client of the protocol, with the real server as a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

import pytest

pytest.importorskip("pygls")

from lsprotocol import types
from pygls.lsp.client import LanguageClient

_Answer = TypeVar("_Answer")
_LONGEST = 60


class Editor:
    """One that has a server, and waits for its answers. said: what the server has shown in words."""

    def __init__(self, capabilities: types.ClientCapabilities | None = None, shows_figures: bool = False) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = LanguageClient("test", "1")
        self._published: defaultdict[str, asyncio.Queue[list[types.Diagnostic]]] = defaultdict(asyncio.Queue)
        self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self._keep))
        self.said: list[str] = []
        self._client.feature(types.WINDOW_SHOW_MESSAGE)(lambda told: self.said.append(told.message))
        self._run(self._client.start_io(sys.executable, "-m", "resnet_dsl", "lsp"))
        asked = types.InitializeParams(
            capabilities or types.ClientCapabilities(), initialization_options={"figures": shows_figures}
        )
        self.capabilities = self._run(self._client.initialize_async(asked)).capabilities
        self._client.initialized(types.InitializedParams())
        self._version = 0

    def _run(self, waiting: Coroutine[Any, Any, _Answer]) -> _Answer:
        return self._loop.run_until_complete(asyncio.wait_for(waiting, _LONGEST))

    def open(self, uri: str, text: str) -> list[types.Diagnostic]:
        """Opens a text; what is found in it."""
        item = types.TextDocumentItem(uri, "resnet", self._next(), text)
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return self.found(uri)

    def change(self, uri: str, text: str) -> list[types.Diagnostic]:
        """Another version of a text; what is found in it."""
        item = types.VersionedTextDocumentIdentifier(self._next(), uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self._client.text_document_did_change(types.DidChangeTextDocumentParams(item, [change]))
        return self.found(uri)

    def close(self, uri: str) -> list[types.Diagnostic]:
        item = types.TextDocumentIdentifier(uri)
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(item))
        return self.found(uri)

    def found(self, uri: str) -> list[types.Diagnostic]:
        """What is published next of a text."""
        return self._run(self._published[uri].get())

    def _keep(self, told: types.PublishDiagnosticsParams) -> None:
        self._published[told.uri].put_nowait([*told.diagnostics])

    def _next(self) -> int:
        self._version += 1
        return self._version

    def ask(self, method: str, params: Any) -> Any:
        """The answer to a request, by the method's name."""

        async def asked() -> Any:
            return await self._client.protocol.send_request_async(method, params)

        return self._run(asked())

    def end(self) -> int | None:
        """Shuts the server down; its exit code."""
        process = self._client._server
        self._run(self._client.shutdown_async(None))
        self._client.exit(None)
        code = self._run(process.wait())  # type: ignore[union-attr]
        self._run(self._client.stop())
        self._loop.close()
        return code
