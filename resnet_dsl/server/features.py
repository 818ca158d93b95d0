"""All that the server does: which function answers what, and what the editor is told of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsprotocol import types

from resnet_dsl.editing.colouring import MODIFIERS, TYPES
from resnet_dsl.server import actions, answers, told
from resnet_dsl.server.conversion import DRAW
from resnet_dsl.server.server import Server


def make_server() -> Server:
    """A server with all its functions."""
    server = Server()
    for name, (function, options) in _FEATURES.items():
        server.feature(name, options)(function)
    server.command(DRAW)(answers.drawn_figure)
    return server


_LEGEND = types.SemanticTokensLegend(list(TYPES), list(MODIFIERS))

_FEATURES: dict[str, tuple[Callable[..., Any], Any]] = {
    types.INITIALIZE: (told.greeted, None),
    types.INITIALIZED: (told.ready, None),
    types.TEXT_DOCUMENT_DID_OPEN: (told.opened, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (told.changed, None),
    types.TEXT_DOCUMENT_DID_CLOSE: (told.closed, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (told.saved_elsewhere, None),
    types.TEXT_DOCUMENT_HOVER: (answers.hovered, None),
    types.TEXT_DOCUMENT_COMPLETION: (
        answers.completions,
        types.CompletionOptions(trigger_characters=[".", ">", "(", ",", "=", '"', "/"]),
    ),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        actions.actions,
        types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll],
            resolve_provider=True,
        ),
    ),
    types.CODE_ACTION_RESOLVE: (actions.resolved_action, None),
    types.TEXT_DOCUMENT_FORMATTING: (answers.formatted, None),
    types.TEXT_DOCUMENT_DEFINITION: (answers.places_of_definition, None),
    types.TEXT_DOCUMENT_REFERENCES: (answers.places_of_references, None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (answers.place_to_rename, None),
    types.TEXT_DOCUMENT_RENAME: (answers.renamed, types.RenameOptions(prepare_provider=True)),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (answers.symbols, None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (answers.folded, None),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: (answers.tokens, _LEGEND),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: (answers.tokens_between, _LEGEND),
    types.TEXT_DOCUMENT_INLAY_HINT: (answers.inlay_hints, None),
    types.TEXT_DOCUMENT_CODE_LENS: (answers.code_lenses, None),
}
"""What is answered: by whom, and what the editor is told of it."""
