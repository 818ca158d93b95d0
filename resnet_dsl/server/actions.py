"""Remedies as the actions of an editor."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.remedies import Remedy, all_sure, remedies
from resnet_dsl.server.conversion import Converter
from resnet_dsl.server.server import Server

FIX_ALL = "source.fixAll.resnet-dsl"
"""The kind of action that makes all sure remedies (`check --fix`)."""


async def actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
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


async def resolved_action(server: Server, action: types.CodeAction) -> types.CodeAction:
    """Makes the remedies once somebody chooses them: to look for what helps takes as long as several checks."""
    edit = await server.ask(str(action.data), all_sure)
    if edit is not None:
        action.edit = server.converter.edits([edit])
    return action
