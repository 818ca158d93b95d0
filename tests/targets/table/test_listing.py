"""A row for each network: counts, how far they are from a baseline's, and marks that say why; in every form."""

import csv
import io
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

import resnet_dsl
from resnet_dsl.analyses.difference import marks
from resnet_dsl.targets.table import FORMATS, Listed, list_networks, write
from tests.cli.calling import call

ABLATION = """
network base(width = 16) {
  input 32x32x3
  stem { conv(width, 3) -> norm -> act }
  stage a { 3 x basic(width) }
  stage b(stride = 2) { 3 x basic(2 * width) }
  head { avgpool(global) -> dense(10) -> softmax }
}
network smooth from base { use act = gelu }
network plain from base { skips off }
network wide from base(width = 32) {}
network gated from base { use attn = gate }
network unlike from base { use attn = gate use act = gelu }

block gate(ratio = 4) {
  weight = in -> avgpool(global, keepdims = true) -> conv(in.channels // ratio, 1) -> relu
    -> conv(in.channels, 1) -> sigmoid
  mul(in, weight)
}
"""


def facts(name):
    return resnet_dsl.load(name).network(name).compiled.facts


@pytest.fixture(scope="module")
def networks():
    spec = resnet_dsl.load(ABLATION)
    return [Listed(name, spec.network(name).compiled.facts) for name in spec.networks]


@pytest.fixture(scope="module")
def listing(networks):
    return list_networks(networks, networks[0])


MARKS = {
    "resnet50": (),
    "seresnet50": ("se",),
    "resnet101": ("blocks 3-4-23-3",),
    "resnet50d": ("deep_stem", "pool_project"),
    "resnet50_zero_gamma": ("batchnorm gamma = zeros",),
    "resnet50_stochastic_depth": ("drop_path",),
    "resnet50_gn": ("groupnorm for batchnorm",),
    "resnext50_32x4d": ("other conv channels", "conv groups = 32"),
}


@pytest.mark.parametrize("name", MARKS)
def test_marks_say_what_a_paper_calls_the_change(name):
    """SE, the depths, ResNet-D, zero gamma, stochastic depth, group normalisation, ResNeXt."""
    assert marks(facts("resnet50"), facts(name)) == MARKS[name]


WITHOUT = {"seresnet50": ("no se",), "resnet50_dropblock": ("no dropblock",), "resnet101": ("blocks 3-4-6-3",)}


@pytest.mark.parametrize("name", WITHOUT)
def test_marks_say_what_was_taken_away(name):
    """A block that the baseline calls goes by its name, too."""
    assert marks(facts(name), facts("resnet50")) == WITHOUT[name]


MOVED = """
block mine(first, second) { conv(8, 1, stride = first) -> norm -> act -> conv(8, 3, stride = second) }
network late { input 8x8x8 stage s { mine(1, 2) } }
network early { input 8x8x8 stage s { mine(2, 1) } }
"""


def test_a_stride_that_moved_is_told_by_its_window():
    spec = resnet_dsl.load(MOVED)
    late, early = (spec.network(name).compiled.facts for name in ("late", "early"))
    assert marks(late, early) == ("stride at 1×1",)
    assert marks(early, late) == ("stride at 3×3",)


def test_own_blocks_are_named_and_not_spelled_out(listing):
    assert [column.name for column in listing.columns if column.kind == "mark"] == [
        *("gelu for relu", "no skip", "other conv channels", "gate")
    ]
    marked = {row[0]: [column.name for column, value in zip(listing.columns, row, strict=True) if value is True]
              for row in listing.rows}  # fmt: skip
    assert marked["base"] == []
    assert marked["gated"] == ["gate"]
    assert marked["unlike"] == ["gelu for relu", "gate"]


def test_counts_and_their_changes_are_those_of_the_summary(listing, networks):
    read = list(csv.DictReader(io.StringIO(write(listing, "csv"))))
    assert [row["network"] for row in read] == ["base", "smooth", "plain", "wide", "gated", "unlike"]
    base = networks[0].facts.count
    for row, (_, one) in zip(read, networks, strict=True):
        assert (int(row["parameters"]), int(row["MACs"]), int(row["depth"])) == (
            one.count.params,
            one.count.macs,
            one.depth,
        )
        if row["network"] != "base":
            assert int(row["Δ parameters"]) == one.count.params - base.params
            assert int(row["Δ MACs"]) == one.count.macs - base.macs
    assert read[0]["Δ parameters"] == ""


def test_people_read_one_unit_equal_decimals_and_signs(listing):
    rows = {line.split()[0]: line for line in write(listing).splitlines()}
    assert "parameters (k)" in rows["network"]
    assert rows["wide"].split()[1:6] == ["14", "262.95", "+196.50", "109.94", "+82.23"]
    assert rows["plain"].split()[3] == "−0.58"
    assert rows["smooth"].split()[3] == "0.00", "nothing changed"
    assert rows["gated"].split()[5] == "+0.00", "a little"


def test_the_baseline_comes_first_wherever_it_stands(networks):
    listing = list_networks(networks[1:], networks[0])
    assert [row[0] for row in listing.rows][:2] == ["base", "smooth"]


def test_without_a_baseline_there_are_counts_alone(networks):
    assert [column.name for column in list_networks(networks).columns] == ["network", "depth", "parameters", "MACs"]


def test_inputs_have_a_column_where_they_differ(networks):
    listing = list_networks([networks[0], Listed("resnet18", facts("resnet18"))])
    assert [row[1] for row in listing.rows] == ["32x32x3", "224x224x3"]


def test_counts_of_an_open_size_are_unknown_and_not_nothing():
    listing = list_networks([Listed("fpn", facts("resnet50_fpn")), Listed("resnet18", facts("resnet18"))])
    at = [column.name for column in listing.columns].index("MACs")
    assert listing.rows[0][at] == "?"
    assert "?" in write(listing)


def test_more_marks_than_a_table_takes_are_counted(networks):
    listing = list_networks([Listed("other", facts("resnetv2_50x1_bit")), Listed("k", facts("keras_resnet152v2")),
                             Listed("n", facts("dm_nfnet_f0"))], networks[0])  # fmt: skip
    assert sum(column.kind == "mark" for column in listing.columns) == 12
    assert any("more, which `resnet-dsl diff` tells" in note for note in listing.notes)


EVIL = 'a&b_%$#{}~^\\input{x}|<script>"'


@pytest.mark.parametrize("form", FORMATS)
def test_names_stay_text(networks, form):
    said = write(list_networks([Listed(EVIL, networks[0].facts), Listed("=1+1", networks[1].facts)]), form)
    if form == "html":
        assert ET.fromstring(said).find("tbody/tr/th").text == EVIL
    if form == "latex":
        assert r"\input{x}" not in said
    if form == "csv":
        assert [row[0] for row in csv.reader(io.StringIO(said))][1:] == [EVIL, "'=1+1"]
    if form == "md":
        assert r"\|&lt;script" in said


@pytest.mark.parametrize("asked", [(), ("--siunitx",)])
def test_latex_has_a_cell_for_each_column(tmp_path, monkeypatch, asked):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.resnet").write_text(ABLATION)
    assert call("table", "a.resnet", "--baseline", "a.resnet:base", "-o", "a.tex", *asked).code == 0
    lines = (tmp_path / "a.tex").read_text().splitlines()
    assert lines[0] == ("% needs booktabs and siunitx" if asked else "% needs booktabs")
    assert {line.count(" & ") for line in lines if line.endswith(r"\\") and "multicolumn" not in line} == {9}
    assert lines[5].startswith("base")
    assert lines[6] == r"\midrule"
    assert ("S[table-format=+3.2, retain-explicit-plus]" in lines[1]) == bool(asked)


def test_headings_of_latex_stand_in_lines(networks):
    said = write(
        list_networks([Listed("zero", facts("resnet50_zero_gamma"))], Listed("base", facts("resnet50"))), "latex"
    )
    assert r"\shortstack{parameters\\(M)}" in said
    assert r"\shortstack{batchnorm\\gamma\\= zeros}" in said


def test_a_file_of_several_networks_is_taken_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.resnet").write_text(ABLATION)
    (tmp_path / "b.resnet").write_text(ABLATION)
    said = call("table", "a.resnet", "resnet18", "--rows", "--to", "csv").out
    assert [row[0] for row in csv.reader(io.StringIO(said))][1:] == [
        *("base", "smooth", "plain", "wide", "gated", "unlike", "resnet18")
    ]
    both = call("table", "a.resnet:base", "b.resnet:base", "--rows", "--to", "csv").out
    assert "a.resnet:base," in both
    assert "b.resnet:base," in both
    compared = call("table", "a.resnet", "--baseline", "a.resnet:base", "--to", "csv").out
    assert compared.count("base,") == 1, "the baseline is one of them"
    apart = call("table", "a.resnet", "--baseline", "b.resnet:base", "--to", "csv").out
    assert [row[0] for row in csv.reader(io.StringIO(apart))][1:3] == ["b.resnet:base", "a.resnet:base"]


def test_what_contradicts_itself_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for asked in (("--siunitx",), ("--rows", "--siunitx"), ("--rows", "--siunitx", "-o", "t.md")):
        ended = call("table", "resnet18", *asked)
        assert ended.code == 2
        assert "`--siunitx` is of rows in LaTeX" in ended.err
    assert call("table", "resnet18", "--rows", "--siunitx", "--to", "latex").code == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
def test_latex_compiles_without_bitmaps(tmp_path, listing):
    (tmp_path / "table.tex").write_text(write(listing, "latex"))
    document = r"\documentclass{article}\usepackage{booktabs}\begin{document}\tiny\input{table}\end{document}"
    (tmp_path / "document.tex").write_text(document)
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert b"Type3" not in (tmp_path / "document.pdf").read_bytes()


def test_what_a_step_adds_beside_a_block_has_a_mark_of_its_own():
    """So that a column of an ablation holds all networks that have the block."""
    text = """network base { input 8x8x8 stage a { 2 x basic(8) } }
    network gated from base { use attn = se }
    network both from gated { use drop = drop_path(0.1) }"""
    spec = resnet_dsl.load(text)
    base, gated, both = (spec.network(name).compiled.facts for name in ("base", "gated", "both"))
    assert marks(base, gated) == ("se",)
    assert marks(base, both) == ("se", "drop_path")


@pytest.mark.parametrize(
    ("classes", "title", "said"),
    [
        (999, "parameters", "999"),
        (1_000, "parameters (k)", "1.00"),
        (999_999, "parameters (k)", "1000.00"),
        (1_000_000, "parameters (M)", "1.00"),
        (1_004_000, "parameters (M)", "1.00"),
        (1_006_000, "parameters (M)", "1.01"),
    ],
)
def test_the_unit_of_a_column_is_the_largest_that_its_numbers_reach(classes, title, said):
    """By hand: a dense layer without bias has a weight for each class and number that flows in."""
    text = f"network n {{ input 1x1x1 head {{ flatten dense({classes}, bias = false) }} }}"
    listing = list_networks([Listed("n", resnet_dsl.load(text).network("n").compiled.facts)])
    (row,) = listing.rows
    shown = {column.title: column.said(value) for column, value in zip(listing.columns, row, strict=True)}
    assert shown[title] == said
