"""The real server, asked as an editor asks it: every answer over the wire, on whole, broken and hostile texts."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pygls")

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from resnet_dsl import resources
from tests.editing.test_hostile import HOSTILE
from tests.editing.texts import BLOCKS
from tests.server.editor import Editor

WRONG = BLOCKS.replace("softmax", "sofmax")
SNIPPETS = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        completion=types.CompletionClientCapabilities(
            completion_item=types.ClientCompletionItemOptions(snippet_support=True)
        )
    )
)


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    made = Editor(SNIPPETS)
    yield made
    assert made.end() == 0


@pytest.fixture
def uri(editor: Editor, tmp_path: Path) -> Iterator[str]:
    """The address of a text that holds BLOCKS, open."""
    address = (tmp_path / "net.resnet").as_uri()
    assert editor.open(address, BLOCKS) == []
    yield address
    editor.close(address)


def at(text: str, words: str, within: int = 0) -> types.Position:
    offset = text.index(words) + within
    line = text.count("\n", 0, offset)
    return types.Position(line, offset - (text.rfind("\n", 0, offset) + 1))


def _document(uri: str) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(uri)


def _everywhere(uri: str, *only: str) -> types.CodeActionParams:
    whole = types.Range(types.Position(0, 0), types.Position(999, 0))
    return types.CodeActionParams(_document(uri), whole, types.CodeActionContext([], only=[*only] or None))


def test_mistakes_come_behind_a_change_and_go(editor: Editor, uri: str) -> None:
    (found,) = editor.change(uri, WRONG)
    assert (found.code, found.source, found.severity) == ("E0201", "resnet-dsl", types.DiagnosticSeverity.Error)
    assert found.range == types.Range(at(WRONG, "sofmax"), at(WRONG, "sofmax", 6))
    assert found.message.endswith("did you mean `softmax`?")
    assert editor.change(uri, BLOCKS) == []


def test_other_places_are_told(editor: Editor, uri: str) -> None:
    text = BLOCKS + "\nblock views { relu }\n"
    found = next(one for one in editor.change(uri, text) if one.related_information)
    (related,) = found.related_information or []
    assert related.location == types.Location(uri, types.Range(at(text, "views(width"), at(text, "views(width", 5)))


def test_columns_are_counted_in_halves_of_pairs(editor: Editor, uri: str) -> None:
    """𝔸 has two of them, and é one."""
    text = 'network n {\n  input 8x8x3\n  stage s { conv(4, 3) as "𝔸é" -> nothing }\n}\n'
    (found,) = editor.change(uri, text)
    assert (found.range.start.character, found.range.end.character) == (35, 42)
    hovered = editor.ask(types.TEXT_DOCUMENT_HOVER, types.HoverParams(_document(uri), types.Position(2, 13)))
    assert hovered.range.start == types.Position(2, 12)


def test_a_remedy_is_a_quick_fix(editor: Editor, uri: str) -> None:
    editor.change(uri, WRONG)
    (action,) = editor.ask(types.TEXT_DOCUMENT_CODE_ACTION, _everywhere(uri))
    assert action.kind == types.CodeActionKind.QuickFix
    assert not action.is_preferred
    (edit,) = action.edit.changes[uri]
    assert (edit.range.start, edit.new_text) == (at(WRONG, "sofmax"), "softmax")


def test_sure_remedies_are_made_at_once_when_they_are_chosen(editor: Editor, uri: str) -> None:
    text = BLOCKS.replace("act\n}", "act;\n}")
    editor.change(uri, text)
    fix, both = editor.ask(types.TEXT_DOCUMENT_CODE_ACTION, _everywhere(uri))
    assert fix.is_preferred
    assert both.kind == "source.fixAll.resnet-dsl"
    (chosen,) = editor.ask(types.TEXT_DOCUMENT_CODE_ACTION, _everywhere(uri, "source.fixAll"))
    made = editor.ask(types.CODE_ACTION_RESOLVE, chosen)
    (edit,) = made.edit.changes[uri]
    assert (edit.range, edit.new_text) == (types.Range(at(text, ";"), at(text, ";", 1)), "")


def test_hover(editor: Editor, uri: str) -> None:
    asked = types.HoverParams(_document(uri), at(BLOCKS, "conv(width, 5"))
    told = editor.ask(types.TEXT_DOCUMENT_HOVER, asked)
    assert told.contents.kind == types.MarkupKind.Markdown
    assert "| small | two_block1 | 32x32x16 | 16x16x16 |" in told.contents.value


def test_completion(editor: Editor, uri: str) -> None:
    text = BLOCKS.replace("  act\n", "  c\n")
    editor.change(uri, text)
    asked = types.CompletionParams(_document(uri), at(text, "  c\n", 3))
    found = {one.label: one for one in editor.ask(types.TEXT_DOCUMENT_COMPLETION, asked)}
    assert found["conv"].text_edit.new_text == "conv(${1:channels}, ${2:kernel})"
    assert found["conv"].insert_text_format == types.InsertTextFormat.Snippet
    assert found["near"].detail == "value"


def test_formatting(editor: Editor, uri: str) -> None:
    text = BLOCKS.replace("stage one { 2", "stage one {2")
    editor.change(uri, text)
    asked = types.DocumentFormattingParams(_document(uri), types.FormattingOptions(2, True))
    (edit,) = editor.ask(types.TEXT_DOCUMENT_FORMATTING, asked)
    assert edit.new_text.startswith(" ")
    editor.change(uri, "network {")
    assert not editor.ask(types.TEXT_DOCUMENT_FORMATTING, asked)


def _defined(uri: str, words: str) -> types.DefinitionParams:
    return types.DefinitionParams(_document(uri), at(BLOCKS, words))


def test_definition_and_references(editor: Editor, uri: str) -> None:
    (found,) = editor.ask(types.TEXT_DOCUMENT_DEFINITION, _defined(uri, "views(width)"))
    assert (found.uri, found.range.start) == (uri, at(BLOCKS, "views(width, stride"))
    (prelude,) = editor.ask(types.TEXT_DOCUMENT_DEFINITION, _defined(uri, "norm -> act"))
    assert Path(prelude.uri.removeprefix("file://")).name == "prelude.resnet"
    for given, count in ((True, 3), (False, 2)):
        asked = types.ReferenceParams(types.ReferenceContext(given), _document(uri), at(BLOCKS, "views(width)"))
        assert len(editor.ask(types.TEXT_DOCUMENT_REFERENCES, asked)) == count


def test_the_prelude_can_be_opened(editor: Editor) -> None:
    path = Path(resources.prelude_path())
    assert editor.open(path.as_uri(), path.read_text(encoding="utf-8")) == []
    editor.close(path.as_uri())


def test_rename_reaches_the_files_beside(editor: Editor, uri: str, tmp_path: Path) -> None:
    (tmp_path / "user.resnet").write_text('import "net.resnet"\nnetwork n from small {}\n', encoding="utf-8")
    place = types.PrepareRenameParams(_document(uri), at(BLOCKS, "small("))
    name = types.Range(at(BLOCKS, "small("), at(BLOCKS, "small(", 5))
    assert editor.ask(types.TEXT_DOCUMENT_PREPARE_RENAME, place) == name
    asked = types.RenameParams(_document(uri), at(BLOCKS, "small("), "tiny")
    edit = editor.ask(types.TEXT_DOCUMENT_RENAME, asked)
    assert {name: len(edits) for name, edits in edit.changes.items()} == {
        uri: 2,
        (tmp_path / "user.resnet").as_uri(): 1,
    }


@pytest.mark.parametrize(
    ("words", "name", "said"), [("far =", "near", "means something else"), ("32x32", "a", "no name")]
)
def test_what_cannot_be_renamed_is_told(editor: Editor, uri: str, words: str, name: str, said: str) -> None:
    asked = types.RenameParams(_document(uri), at(BLOCKS, words), name)
    with pytest.raises(JsonRpcException, match=said):
        editor.ask(types.TEXT_DOCUMENT_RENAME, asked)


def test_outline_and_folds(editor: Editor, uri: str) -> None:
    found = editor.ask(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams(_document(uri)))
    assert [(one.name, len(one.children)) for one in found] == [("views", 2), ("small", 5), ("bare", 0)]
    folded = editor.ask(types.TEXT_DOCUMENT_FOLDING_RANGE, types.FoldingRangeParams(_document(uri)))
    assert (folded[0].start_line, folded[0].end_line) == (1, 5)


def test_tokens_are_told_by_their_distances(editor: Editor, uri: str) -> None:
    legend = editor.capabilities.semantic_tokens_provider.legend
    text = "# é\nblock 𝔸b { relu }\n"
    editor.change(uri, text)
    data = editor.ask(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, types.SemanticTokensParams(_document(uri))).data
    rows = [[*data[start : start + 5]] for start in range(0, len(data), 5)]
    assert [row[:3] for row in rows] == [[0, 0, 3], [1, 0, 5], [0, 6, 3], [0, 6, 4]]
    assert [legend.token_types[row[3]] for row in rows] == ["comment", "keyword", "function", "function"]
    second = types.Range(types.Position(1, 0), types.Position(2, 0))
    asked = types.SemanticTokensRangeParams(_document(uri), second)
    assert len(editor.ask(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, asked).data) == 15


def test_hints_and_lenses(editor: Editor, uri: str) -> None:
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    found = editor.ask(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintParams(_document(uri), whole))
    assert ("32x32x16", at(BLOCKS, "views(width) }", 12)) in [(one.label, one.position) for one in found]
    seen = editor.ask(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensParams(_document(uri)))
    assert [one.command.title for one in seen][:2] == [
        "15.9k parameters, 9.13M MACs, depth 5, 32x32x3 to 10",
        "draw",
    ]
    drawn = editor.ask(types.WORKSPACE_EXECUTE_COMMAND, _command(seen[1].command))
    assert (drawn["network"], drawn["networks"]) == ("small", ["small", "bare"])
    assert "<svg" in drawn["svg"]


def _command(command: types.Command) -> types.ExecuteCommandParams:
    return types.ExecuteCommandParams(command.command, command.arguments)


def test_a_figure_that_the_client_does_not_show_lies_in_a_file(editor: Editor, uri: str) -> None:
    drawn = editor.ask(types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("resnet-dsl.draw", [uri, "bare"]))
    assert Path(editor.said[-1].removeprefix("the figure is in ")).read_text(encoding="utf-8") == drawn["svg"]


def test_a_client_that_shows_figures_is_told_nothing(tmp_path: Path) -> None:
    editor, uri = Editor(shows_figures=True), (tmp_path / "net.resnet").as_uri()
    editor.open(uri, BLOCKS)
    drawn = editor.ask(types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("resnet-dsl.draw", [uri]))
    assert (drawn["network"], editor.said) == ("small", [])
    assert editor.end() == 0


def test_what_cannot_be_drawn_is_answered(editor: Editor, uri: str) -> None:
    editor.change(uri, WRONG)
    drawn = editor.ask(
        types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("resnet-dsl.draw", [uri, None, "dark"])
    )
    assert (drawn["svg"], drawn["told"]) == (None, "`small` holds a mistake")


def test_a_text_is_checked_with_what_is_open_beside_it(editor: Editor, tmp_path: Path) -> None:
    """An import is read from the editor, and what imports it is told of its changes."""
    (tmp_path / "parts.resnet").write_text("block mine { relu }\n", encoding="utf-8")
    net, parts = ((tmp_path / name).as_uri() for name in ("main.resnet", "parts.resnet"))
    text = 'import "parts.resnet"\nnetwork net {\n  input 8x8x3\n  stage s { conv(4, 3) -> mine }\n}\n'
    assert editor.open(net, text) == []
    editor.open(parts, "block other { relu }\n")
    assert [one.code for one in editor.found(net)] == ["E0201"]
    editor.change(parts, "block mine { conv(0, 3) }\n")
    (found,) = editor.found(net)
    assert found.range == types.Range(at(text, '"parts'), at(text, "\nnetwork"))
    assert (found.related_information or [])[0].location.uri == parts
    editor.close(parts)
    assert editor.found(net) == []
    editor.close(net)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_answered(editor: Editor, uri: str, name: str) -> None:
    text = HOSTILE[name].replace("\ud800", "")
    editor.change(uri, text)
    for position in (types.Position(0, 0), types.Position(0, 10**6), types.Position(10**6, 0)):
        editor.ask(types.TEXT_DOCUMENT_HOVER, types.HoverParams(_document(uri), position))
        editor.ask(types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams(_document(uri), position))
    editor.ask(types.TEXT_DOCUMENT_CODE_ACTION, _everywhere(uri))


def test_a_text_that_is_not_open_gets_no_answer(editor: Editor) -> None:
    asked = types.HoverParams(types.TextDocumentIdentifier("untitled:nothing"), types.Position(0, 0))
    assert editor.ask(types.TEXT_DOCUMENT_HOVER, asked) is None


def test_a_text_without_a_file_is_checked(editor: Editor) -> None:
    found = editor.open("untitled:Untitled-1", WRONG)
    assert [one.code for one in found] == ["E0201"]
    editor.close("untitled:Untitled-1")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_server_that_is_asked_to_end_ends(number: int, code: int) -> None:
    """Though it waits for the editor's next word, which never comes."""
    command = [sys.executable, "-m", "resnet_dsl", "lsp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        body = b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}'
        server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        server.stdin.flush()
        server.stdout.readline()
        server.send_signal(number)
        assert server.wait(20) == code


def test_a_server_whose_editor_is_gone_ends() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "resnet_dsl", "lsp"], stdin=subprocess.DEVNULL, timeout=60, check=False
    )
    assert ended.returncode == 0
