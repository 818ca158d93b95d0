"""Tables hold what Table 1 of the ResNet paper (He et al. 2015) prints, in every format; nothing breaks out of them."""

import csv
import io
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

import resnet_dsl
from resnet_dsl.targets.figure.outline.outline import Group
from resnet_dsl.targets.table import FORMATS, NetworkTable, tabulate, write
from resnet_dsl.targets.table.gather import Row

NAMES = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
REPEATS = {"conv2": (2, 3, 3, 3, 3), "conv3": (2, 4, 4, 4, 8), "conv4": (2, 6, 6, 23, 36), "conv5": (2, 3, 3, 3, 3)}
BOTTLENECKS = {
    "conv2": ("1×1, 64", "3×3, 64", "1×1, 256"),
    "conv3": ("1×1, 128", "3×3, 128", "1×1, 512"),
    "conv4": ("1×1, 256", "3×3, 256", "1×1, 1024"),
    "conv5": ("1×1, 512", "3×3, 512", "1×1, 2048"),
}
SIZES = {"conv2": "56×56", "conv3": "28×28", "conv4": "14×14", "conv5": "7×7"}


def facts(name):
    return resnet_dsl.load(name).network(name).compiled.facts


@pytest.fixture(scope="module")
def table():
    return tabulate([facts(name) for name in NAMES])


@pytest.mark.parametrize("stage", REPEATS)
def test_rows_are_those_of_the_papers_table_1(table, stage):
    row = next(row for row in table.rows if row.name == stage)
    assert row.size == SIZES[stage]
    assert tuple(cell[0].repeat for cell in row.cells) == REPEATS[stage]
    assert [cell[0].rows for cell in row.cells[2:]] == [BOTTLENECKS[stage]] * 3
    assert all(len(cell) == 1 for cell in row.cells)


def test_sums_are_the_known_counts(table):
    """Parameters and MACs of torchvision's models; the depth is in the name."""
    sums = dict(table.sums)
    assert sums["parameters"] == ("11.7M", "21.8M", "25.6M", "44.5M", "60.2M")
    assert sums["MACs"] == ("1.81G", "3.66G", "4.09G", "7.80G", "11.5G")
    assert sums["depth"] == ("18", "34", "50", "101", "152")


def test_one_network_has_its_counts_row_by_row():
    text = write(tabulate([facts("resnet50")]))
    assert "⎢ 3×3, 256  ⎥ × 6" in text
    assert next(line for line in text.splitlines() if line.lstrip().startswith("1000-d")).split() == [
        *("1000-d", "fc", "1000"),
        *("2.05M", "2.05M"),
    ]


CELLS = {
    "one row": ((Group(("3×3, 8",)),), "3×3, 8", ["3×3, 8"], "3×3, 8"),
    "one row, thrice": (
        (Group(("3×3, 8",), blocks=((), (), ())),),
        "[3×3, 8] × 3",
        ["[ 3×3, 8 ] × 3"],
        r"$\left[{3×3, 8}\right]\times 3$",
    ),
    "two rows": (
        (Group(("3×3, 8", "1×1, 16")),),
        "[3×3, 8; 1×1, 16]",
        ["⎡ 3×3, 8  ⎤", "⎣ 1×1, 16 ⎦"],
        r"$\left[{3×3, 8\\ 1×1, 16}\right]$",
    ),
    "three rows, twice": (
        (Group(("a", "b", "c"), blocks=((), ())),),
        "[a; b; c] × 2",
        ["⎡ a ⎤", "⎢ b ⎥ × 2", "⎣ c ⎦"],
        r"$\left[{a\\ b\\ c}\right]\times 2$",
    ),
    "two groups": (
        (Group(("a", "b")), Group(("c",))),
        "[a; b]; c",
        ["⎡ a ⎤", "⎣ b ⎦", "c"],
        r"{$\left[{a\\ b}\right]$\\ c}",
    ),
    "none": ((), "", [], ""),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_in_every_format(name):
    """Brackets hold what is repeated, or has several rows; ``{…}`` here stands for LaTeX's centred tabular."""
    cell, row, lines, latex = CELLS[name]
    table = NetworkTable(("net",), (Row("part", "8×8", (cell,), ("1", "2")),), (("parameters", ("1",)),))
    assert list(csv.reader(io.StringIO(write(table, "csv"))))[1] == ["part", "8×8", row, "1", "2"]
    html = ET.fromstring(write(table, "html")).find("tbody/tr")[2]
    assert "; ".join(html.itertext()) == row
    assert len(html.findall("br")) == row.count("; ")
    plain = write(table, "md").splitlines()[2].replace("\\", "").replace("<br>", "; ")
    assert plain == f"| part | 8×8 | {row} | 1 | 2 |"
    body = write(table).splitlines()[2:-2]
    assert [line.replace("part", "").replace("8×8", "", 1).replace("  1           2", "").strip() for line in body] == (
        lines or [""]
    )
    assert ["part" in line for line in body].index(True) == (len(body) - 1) // 2
    tabular = (
        write(table, "latex").splitlines()[4].replace(r"\begin{tabular}{@{}c@{}}", "{").replace(r"\end{tabular}", "}")
    )
    assert tabular == rf"part & 8×8 & {latex} & 1 & 2 \\".replace("×", r"\ensuremath{\times}")


def test_networks_with_other_parts_leave_blanks():
    table = tabulate([facts("cifar_resnet20"), facts("resnet50")])
    row = next(row for row in table.rows if row.name == "conv5")
    assert row.cells[0] == ()
    for form in FORMATS:
        assert write(table, form)


def test_csv_reads_back(table):
    rows = list(csv.reader(io.StringIO(write(table, "csv"))))
    assert {len(row) for row in rows} == {7}
    assert next(row for row in rows if row[0] == "conv4")[:2] == ["conv4", "14×14"]


def test_html_is_well_formed_and_has_headings(table):
    root = ET.fromstring(write(table, "html"))
    assert [cell.text for cell in root.find("thead/tr")] == list(table.header)
    assert all(row[0].tag == "th" and row[0].get("scope") == "row" for row in root.find("tbody"))


def test_markdown_rows_have_the_heads_number_of_cells(table):
    lines = write(table, "md").splitlines()
    assert {line.count("|") for line in lines} == {8}


OWN = """
block big(width) {
  repeat 5 {
    conv(width, 1) -> norm -> act
    conv(width, 3) -> norm -> act
  }
  skip
}
block fork(width) {
  one = in -> conv(width, 1)
  two = in -> conv(width, 3)
  add(one, two)
}
network net { input 8x8x16  stage first { 2 x big(16) }  stage second { 3 x big(32) }  stage third { fork(32) } }
"""


@pytest.fixture(scope="module")
def own():
    return tabulate([resnet_dsl.load(OWN).network("net").compiled.facts])


def test_a_large_block_stands_in_cells_by_its_name_and_is_defined_once_below(own):
    cells = {row.name: row.cells[0] for row in own.rows}
    assert [(group.rows, group.repeat) for group in cells["first"]] == [(("big, 16",), 2)]
    assert [(group.rows, group.repeat) for group in cells["second"]] == [(("big, 32",), 3)]
    assert [(group.rows, group.repeat) for group in cells["third"]] == [(("fork, 32",), 1)]
    assert own.notes == (
        "big (first_block2): " + "1×1, 16; 3×3, 16; " * 5 + "identity skip",
        "fork (third_block1): 3 operations in branches, 10.2k parameters (`draw --block fork` shows them)",
    )


@pytest.mark.parametrize(
    ("kinds", "more"), [(7, ()), (8, ()), (9, ("… and 1 block more",)), (12, ("… and 4 blocks more",))]
)
def test_eight_blocks_are_defined_and_more_are_counted(kinds, more):
    """Each is another fork, whose second branch has a window of its own."""
    blocks = [
        f"block fork{n}() {{ one = in -> conv(8, 1) two = in -> conv(8, {2 * n + 3}) add(one, two) }}"
        for n in range(kinds)
    ]
    steps = " -> ".join(f"fork{n}()" for n in range(kinds))
    text = "\n".join([*blocks, f"network net {{ input 64x64x8 stage one {{ {steps} }} }}"])
    notes = tabulate([resnet_dsl.load(text).network("net").compiled.facts]).notes
    told = [f"fork{n} (one_block{n + 1})" for n in range(min(kinds, 8))]
    assert [note.partition(":")[0] for note in notes[: len(told)]] == told
    assert notes[len(told) :] == more


def test_notes_stand_in_every_format(own):
    width = len(own.header)
    assert [len(row) for row in csv.reader(io.StringIO(write(own, "csv")))] == [width] * (len(own.rows) + 6)
    assert ET.fromstring(write(own, "html")).find("tfoot")[-1][0].get("colspan") == str(width)
    assert write(own, "md").count("fork \\(third") + write(own, "md").count("fork (third") == 1
    assert rf"\multicolumn{{{width}}}" in write(own, "latex")
    assert "fork (third_block1): 3 operations" in " ".join(write(own).split())


EVIL = "=x|</td><script>\\input{a}%&#_"


def test_a_title_cannot_break_out():
    table = tabulate([facts("resnet18")], titles=[EVIL])
    assert ET.fromstring(write(table, "html")).find("thead/tr")[2].text == EVIL
    assert next(csv.reader(io.StringIO(write(table, "csv"))))[2] == f"'{EVIL}"
    assert r"\textbackslash{}input\{a\}\%\&\#\_" in write(table, "latex")
    assert r"\|&lt;/td&gt;&lt;script&gt;" in write(table, "md")


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
@pytest.mark.parametrize("names", [NAMES, NAMES[:1]], ids=len)
def test_latex_compiles(tmp_path, names):
    table = tabulate([facts(name) for name in names], titles=[EVIL, *names[1:]])
    (tmp_path / "table.tex").write_text(write(table, "latex"))
    document = r"\documentclass[landscape]{article}\usepackage{booktabs}\begin{document}\input{table}\end{document}"
    (tmp_path / "document.tex").write_text(document)
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
