"""What an editor tells: of itself, of texts that are opened, changed and closed, of files that change elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from lsprotocol import types

from resnet_dsl.server.server import Server
from resnet_dsl.syntax.reading import ENDING


def greeted(server: Server, params: types.InitializeParams) -> None:
    """What the client says of itself: `figures`, that it shows those that a command answers with."""
    asked = params.initialization_options
    server.client_shows_figures = isinstance(asked, Mapping) and bool(asked.get("figures"))


def ready(server: Server, params: types.InitializedParams) -> None:
    """Asks to be told of files that change elsewhere."""
    changes = server.client_capabilities.workspace
    watched = changes.did_change_watched_files if changes else None
    if watched and watched.dynamic_registration:
        specs = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(f"**/*{ENDING}")])
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        server.client_register_capability(types.RegistrationParams([types.Registration("specs", method, specs)]))


def opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    server.texts.put(params.text_document.uri, params.text_document.text)
    server.recheck()


def changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    uri = params.text_document.uri
    server.texts.put(uri, server.workspace.get_text_document(uri).source)
    server.recheck()


def closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    server.texts.close(uri)
    server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
    server.texts.forget_others()
    server.recheck()


def saved_elsewhere(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    server.texts.forget_others()
    server.recheck()
