"""Headless Neovim with the real server, set up as docs/editors.md says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")

from tests.conftest import ROOT
from tests.editing.texts import BLOCKS

pytestmark = [
    pytest.mark.editors,
    pytest.mark.skipif(shutil.which("nvim") is None, reason="needs Neovim (apt: neovim)"),
]

ASKING = """
vim.cmd("edit net.resnet")
local function wait(holds) assert(vim.wait(30000, holds, 50), "the server did not answer") end
wait(function() return #vim.diagnostic.get(0) == 1 end)
local told = { diagnostics = vim.diagnostic.get(0) }
local function place(words)
  vim.fn.cursor(1, 1)
  vim.fn.search(words, "cW")
  return vim.lsp.util.make_position_params()
end
local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 30000)
  for _, answer in pairs(answers) do return answer.result or answer.error end
end
local everywhere = {
  textDocument = vim.lsp.util.make_text_document_params(),
  range = { start = { line = 0, character = 0 }, ["end"] = { line = 99, character = 0 } },
  context = { diagnostics = {} },
}
told.hover = ask("textDocument/hover", place("conv(width, 5"))
told.definition = ask("textDocument/definition", place("views(2"))
told.completion = ask("textDocument/completion", place("act"))
told.symbols = ask("textDocument/documentSymbol", { textDocument = everywhere.textDocument })
local action = ask("textDocument/codeAction", everywhere)[1]
vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
wait(function() return #vim.diagnostic.get(0) == 0 end)
local rename = place("views(width, stride")
rename.newName = "pair"
vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", rename), "utf-16")
wait(function() return #vim.diagnostic.get(0) == 0 end)
told.omnifunc, told.mapped = vim.bo.omnifunc, vim.fn.maparg("K", "n") ~= "" or vim.fn.has("nvim-0.10") == 1
told.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n")
vim.fn.writefile({ vim.fn.json_encode(told) }, "told.json")
vim.cmd("qall!")
"""


def _setup() -> str:
    """The last of the page's setups for Neovim, which every version understands."""
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8").partition("## Neovim")[2].partition("\n## ")[0]
    return str(re.findall(r"```lua\n(.*?)```", page, re.DOTALL)[-1])


def test_neovim_shows_completes_finds_mends_and_renames(tmp_path: Path) -> None:
    (tmp_path / "net.resnet").write_text(BLOCKS.replace("softmax", "sofmax"), encoding="utf-8")
    (tmp_path / "ask.lua").write_text(_setup() + ASKING, encoding="utf-8")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    command = ["nvim", "--clean", "--headless", "-c", "luafile ask.lua", "-c", "cquit"]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["diagnostics"][0]["code"] == "E0201"
    assert "| small | two_block1 | 32x32x16 | 16x16x16 |" in told["hover"]["contents"]["value"]
    assert told["definition"][0]["range"]["start"] == {"line": 1, "character": 6}
    assert {"conv", "near"} <= {one["label"] for one in told["completion"]}
    assert told["omnifunc"] == "v:lua.vim.lsp.omnifunc"
    assert told["mapped"]
    assert [one["name"] for one in told["symbols"]] == ["views", "small", "bare"]
    assert told["text"] == re.sub(r"views(?=\()", "pair", BLOCKS).rstrip("\n")
