"""What a notebook shows: cells with ``%%resnet``, rich views, refusals; and the notebook that ships."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest

import resnet_dsl
from tests.cli.calling import NET, TWO, WARNED
from tests.conftest import ROOT

pytest.importorskip("IPython", reason="IPython is not installed")
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output


class Shell:
    """An IPython shell; each cell gives what it shows, as bundles by MIME type, and what it prints."""

    def __init__(self) -> None:
        self.shell = InteractiveShell.instance()
        self.cell("import resnet_dsl\n%load_ext resnet_dsl")

    def cell(self, text: str) -> tuple[bool, list[dict[str, Any]], str]:
        self.shell.run_line_magic("colors", "nocolor")
        with capture_output() as captured:
            ended = self.shell.run_cell(text)
        shown = [output.data for output in captured.outputs]
        if ended.result is not None:
            shown.append(self.shell.display_formatter.format(ended.result)[0])
        printed = re.sub(r"\033\[[\d;]*m", "", captured.stdout + captured.stderr)
        return ended.success, shown, printed


@pytest.fixture
def shell() -> Iterator[Shell]:
    yield Shell()
    InteractiveShell.clear_instance()


def test_a_cell_shows_the_figure_and_binds_the_spec(shell: Shell) -> None:
    fine, shown, _ = shell.cell(f"%%resnet mine --level block\n{NET}")
    assert fine
    assert [ET.fromstring(one["image/svg+xml"]).tag for one in shown] == ["{http://www.w3.org/2000/svg}svg"]
    assert len(shown[0]["text/plain"]) < 100
    assert shell.cell("mine.network(classes=3).output_shape")[1][0]["text/plain"] == "(3,)"


def test_a_cell_with_several_networks_shows_their_table(shell: Shell) -> None:
    _, shown, _ = shell.cell(f"%%resnet\n{TWO}")
    rows = ET.fromstring(shown[0]["text/html"]).findall("tbody/tr/th")
    assert [row.text for row in rows] == ["small", "plain"]


def test_warnings_stand_above_the_figure_and_are_not_kept_quiet(shell: Shell) -> None:
    _, shown, _ = shell.cell(f"%%resnet mine --quiet\n{WARNED}")
    assert [list(one) for one in shown] == [["text/plain", "text/html"]]
    assert shown[0]["text/plain"].startswith("warning[W")
    assert "".join(ET.fromstring(shown[0]["text/html"]).itertext()).rstrip() == shown[0]["text/plain"]


def test_a_mistake_in_a_cell_is_the_diagnostics_alone_and_binds_nothing(shell: Shell) -> None:
    fine, _, printed = shell.cell("%%resnet wrong\nnetwork a { input 8x8x3 stem { conv(8, 3) -> nrom } }\nnetwork b {}")
    assert not fine
    assert printed.startswith("error[E0201]: there is no operation, block or slot called `nrom`\n --> <cell>:1:46\n")
    assert "Traceback" not in printed
    assert ".py" not in printed
    assert not shell.cell("wrong")[0]


def test_a_refusal_elsewhere_shows_the_reader_s_line_and_the_diagnostic(shell: Shell) -> None:
    shell.cell(f"%%resnet mine\n{NET}")
    _, _, printed = shell.cell("mine.network(wdith=3)")
    assert "mine.network(wdith=3)\n" in printed
    assert "has no parameter `wdith`" in printed
    assert "pipeline.py" not in printed


@pytest.mark.parametrize("line", ["8x", "class", "--level all", "a b"])
def test_a_wrong_use_is_told_in_a_line(shell: Shell, line: str) -> None:
    fine, shown, printed = shell.cell(f"%%resnet {line}\n{NET}")
    assert not fine
    assert shown == []
    assert printed.startswith("UsageError: ")
    assert "Traceback" not in printed


def test_a_spec_with_mistakes_lists_what_compiles_and_says_the_rest() -> None:
    text = f"{NET}\nnetwork other {{ input 8x8x3 stem {{ conv(8, 3) -> nrom }} }}"
    page = ET.fromstring(f"<div>{resnet_dsl.load(text)._repr_html_()}</div>")
    assert [one.text for one in page.findall("table/tbody/tr/th")] == ["small"]
    assert "there is no operation, block or slot called `nrom`" in "".join(page.find("pre").itertext())  # type: ignore[union-attr]


def test_views_are_html_in_which_names_stay_text() -> None:
    network = resnet_dsl.load(NET).network()
    views = [network.summary("layer"), resnet_dsl.table(network), resnet_dsl.table([network], rows=True)]
    for view in [*views, resnet_dsl.diff(network, network)]:
        ET.fromstring(f"<div>{view._repr_html_()}</div>")
    told = resnet_dsl.Failure("no `<img src=x>`", "a & b")._repr_html_()
    assert "".join(ET.fromstring(told).itertext()) == "error: no `<img src=x>`\n  = help: a & b\n"


def test_what_tells_two_networks_apart() -> None:
    left, right = (resnet_dsl.load("resnet50").networks[name] for name in ("resnet18", "resnet34"))
    found = resnet_dsl.diff(left, right)
    assert found.data()["networks"] == ["resnet18", "resnet34"]
    assert "depth: 18 and 34" in list(found)
    assert found
    assert not resnet_dsl.diff(left, left)
    assert str(resnet_dsl.diff(left, left)) == "nothing tells them apart"


def test_networks_of_one_name_are_told_apart_by_their_parameters() -> None:
    wide, narrow = (resnet_dsl.load(NET).network(width=width) for width in (8, 4))
    rows = [line.split("  ")[0] for line in str(resnet_dsl.table([wide, narrow], rows=True)).splitlines()[2:4]]
    assert rows == ["small(width=8)", "small(width=4)"]
    assert "small(width=4)" in str(resnet_dsl.table([wide, narrow])).splitlines()[0]
    assert resnet_dsl.diff(wide, narrow).names == ("small(width=8)", "small(width=4)")
    assert "small(width=8)" in resnet_dsl.figure([wide, narrow], "stage").svg()
    assert resnet_dsl.diff(wide, wide).names[0] != ""


def cells() -> list[str]:
    notebook = json.loads((ROOT / "docs" / "tour.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.mark.keras
def test_the_notebook_that_ships_runs_from_top_to_bottom(shell: Shell) -> None:
    ended = {text: shell.cell(text) for text in cells()}
    assert [text for text, (fine, *_) in ended.items() if not fine] == [text for text in cells() if "wrong" in text]
    shown = [set(one) for _, bundles, _ in ended.values() for one in bundles]
    assert sum("image/svg+xml" in one for one in shown) == 2
    assert sum("text/html" in one for one in shown) == 3
    assert ended[cells()[-1]][1][0]["text/plain"] == "((None, 10), True)"
