"""A PDF that a printer takes: fonts embedded, text that is found, the same bytes again, nothing left out in silence."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from string import ascii_letters, digits
from unicodedata import normalize

import pytest

from resnet_dsl import pipeline
from resnet_dsl.extras import is_installed
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.formats import fonts
from resnet_dsl.targets.figure.formats.curves import tip_and_rest
from resnet_dsl.targets.figure.layout.metrics import _WIDTH_OF
from tests.cli.calling import call
from tests.targets.figure.drawn_networks import NETWORKS
from tests.targets.figure.pdf_reader import Pdf
from tests.targets.figure.test_files import hostile

pytestmark = pytest.mark.skipif(not is_installed("reportlab"), reason="ReportLab is not installed")

FIGURES = {
    "stages": lambda: figure(NETWORKS["resnet50"](), "stage", show=("params",)),
    "pair": lambda: figure([NETWORKS["plain34"](), NETWORKS["resnet34"]()], "block", theme="dark"),
    "wide": lambda: figure(NETWORKS["unet"](), "layer", wide=True, theme="auto"),
    "formula": lambda: block_figure(NETWORKS["resnet34"](), ["basic"], formula=True, theme="mono", width="85mm"),
    "hostile": lambda: figure(hostile(), "block"),
}


def words_of(drawn) -> list[str]:
    inside = [text.words for box in drawn.geometry.boxes for text in box.texts]
    return [words for words in [*inside, *(text.words for text in drawn.geometry.texts)] if words]


@pytest.mark.parametrize("name", FIGURES)
def test_every_font_is_embedded_and_none_is_drawn_letter_by_letter(name):
    pdf = Pdf(FIGURES[name]().pdf())
    assert pdf.fonts()
    for called, font in pdf.fonts().items():
        assert b"/Subtype /TrueType" in font, called
        assert pdf.font_file(font).startswith(b"\x00\x01\x00\x00"), called
        assert called.startswith("AAAAAA+ResnetDSL"), "cut to the letters that are used, and not called Liberation"
    assert b"Helvetica" not in pdf.content
    assert b"/Type3" not in pdf.content


@pytest.mark.parametrize("name", FIGURES)
def test_a_reader_finds_each_line_as_it_was_written(name):
    """Names that try to break out, too: they stay text."""
    drawn = FIGURES[name]()
    assert sorted(Pdf(drawn.pdf()).texts()) == sorted(words_of(drawn))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext here")
@pytest.mark.parametrize("name", FIGURES)
def test_pdftotext_finds_the_words(name, tmp_path):
    drawn = FIGURES[name]()
    found = subprocess.run(
        ["pdftotext", "-raw", str(drawn.save(tmp_path / "net.pdf")), "-"], capture_output=True, text=True, check=True
    )
    said = "".join(found.stdout.split())
    assert not found.stderr
    assert [words for words in words_of(drawn) if "".join(words.split()) not in said] == []


def test_title_description_and_language_are_said():
    drawn = figure(NETWORKS["unet"](), "stage")
    pdf = Pdf(drawn.pdf())
    told = next(body for body in pdf.objects.values() if b"/Producer" in body)
    assert b"/Title (unet)" in told
    assert drawn.geometry.description.encode("latin-1").split(b"(")[0].replace(b"\xd7", rb"\327") in told
    assert b"/Lang (en)" in next(body for body in pdf.objects.values() if b"/Type /Catalog" in body)


def test_the_same_bytes_after_other_figures():
    first = FIGURES["stages"]().pdf()
    FIGURES["formula"]().pdf()
    assert FIGURES["stages"]().pdf() == first


def test_the_page_has_all_that_the_geometry_has():
    """Boxes, lines and arrowheads by what paints them in the page's content."""
    drawn = FIGURES["stages"]()
    pdf = Pdf(drawn.pdf())
    painted = pdf.stream(pdf.referred(pdf.page(), b"Contents")).split()
    shapes = [box for box in drawn.geometry.boxes if box.shape != "bare"]
    assert painted.count(b"B*") + painted.count(b"B") == len(shapes)
    assert painted.count(b"S") == len(drawn.geometry.paths)
    assert painted.count(b"f*") + painted.count(b"f") == sum(
        tip_and_rest(one)[0] is not None for one in drawn.geometry.paths
    )


@pytest.mark.parametrize("face", fonts.FACES)
def test_letters_are_as_wide_as_the_layout_takes_them(face):
    """The table of widths is Adobe's, the font Liberation's: they were made to agree, but for a few rare signs."""
    from reportlab.pdfbase import pdfmetrics

    font = fonts.font_of(face)
    off = {letter: abs(wide - pdfmetrics.stringWidth(letter, font, 1000)) for letter, wide in _WIDTH_OF[face].items()}
    assert {letter for letter in f"{ascii_letters}{digits}×−γβ+=()[],./- " if off.get(letter, 0) > 1} == set()
    assert {letter for letter, wide in off.items() if wide > 76} <= {*"¯±÷µ"}


def test_a_page_that_is_longer_than_readers_show_has_a_larger_unit():
    """Adobe's limit: 14,400 units a side."""
    text = "network n { input 8x8x3 stage s { 1_000 x relu } }"
    drawn = figure(pipeline.load_text(text).compile().facts, "layer")
    assert drawn.geometry.height > 14_400
    page = Pdf(drawn.pdf()).page()
    left, bottom, wide, tall = map(float, re.search(rb"/MediaBox \[ (.*?) \]", page)[1].split())
    unit = int(re.search(rb"/UserUnit (\d+)", page)[1])
    assert tall < 14_400
    assert (left, bottom, wide * unit, tall * unit) == pytest.approx(
        (0, 0, drawn.geometry.width, drawn.geometry.height), abs=0.1
    )
    usual = Pdf(FIGURES["stages"]().pdf())
    assert b"UserUnit" not in usual.page()
    assert usual.content.startswith(b"%PDF-1.4"), "as LaTeX takes it"


TITLED = "network n { input 8x8x3 stage s { conv(4, 3) } }"


def titled(title):
    return figure(pipeline.load_text(TITLED).compile().facts, "block", titles=[title])


@pytest.mark.parametrize("title", ["Größe α→β ≤ 3·10²", "Сеть", "Mạng", "nai\u0308ve"])
def test_letters_beyond_english_are_there(title):
    """Composed where there is one letter for two."""
    assert normalize("NFC", title) in Pdf(titled(title).pdf()).texts()


@pytest.mark.parametrize("title", ["残差", "a 😀 b", "שלום", "مرحبا", "हिन्दी", "q\u20dd"])
def test_a_letter_without_a_font_is_refused_by_name(monkeypatch, tmp_path, title):
    with_fonts(monkeypatch, tmp_path)
    with pytest.raises(fonts.MissingLetterError, match=r"no font for a PDF has `.` \(U\+") as refused:
        titled(title).pdf()
    assert "save it as .svg" in refused.value.remedy


@pytest.mark.parametrize("title", ["שלום", "مرحبا"])
def test_writing_to_the_left_is_refused_even_where_a_font_has_the_letters(monkeypatch, tmp_path, title):
    """It would come out turned round, and its letters not joined; and to install fonts would not help."""
    with_fonts(monkeypatch, tmp_path, "DejaVuSans.ttf")
    with pytest.raises(fonts.MissingLetterError) as refused:
        titled(title).pdf()
    assert refused.value.remedy == "save it as .svg"


def with_fonts(monkeypatch, folder, *names):
    """As if the machine had these fonts alone."""
    for name in names:
        shutil.copy(f"{pytest.importorskip('matplotlib').get_data_path()}/fonts/ttf/{name}", folder / name)
    monkeypatch.setattr(fonts, "FOLDERS", (str(folder),))
    fonts._others.cache_clear()
    fonts._font_with.cache_clear()


@pytest.fixture(autouse=True)
def _forgets():
    yield
    fonts._others.cache_clear()
    fonts._font_with.cache_clear()


def test_a_font_of_the_machine_is_asked_for_letters_that_ours_lack(monkeypatch, tmp_path):
    """The remedy that is told, followed: the letters are there, embedded."""
    with_fonts(monkeypatch, tmp_path, "DejaVuSans.ttf")
    (tmp_path / "wqy-zenhei.ttc").write_bytes(b"damaged")
    pdf = Pdf(titled("a ✓ b").pdf())
    assert "a ✓ b" in pdf.texts()
    assert any("DejaVuSans" in name for name in pdf.fonts())
    assert all(pdf.font_file(font) for font in pdf.fonts().values())


def test_the_command_leaves_no_file_behind_where_a_letter_has_no_font(monkeypatch, tmp_path):
    with_fonts(monkeypatch, tmp_path)
    (tmp_path / "n.resnet").write_text(TITLED)
    monkeypatch.chdir(tmp_path)
    code, _, said = call("draw", "n.resnet", "--title", "残差", "-o", "n.pdf")
    assert code == 2
    assert "`残` (U+6B8B)" in said
    assert "save it as .svg" in said
    assert not (tmp_path / "n.pdf").exists()


def test_the_fonts_are_cut_as_their_script_cuts_them():
    """Their names, letters and licence; the outlines are those of the original."""
    tools = pytest.importorskip("fontTools.ttLib")
    from importlib.resources import files

    for name in fonts.FACES.values():
        font = tools.TTFont(
            io.BytesIO(files("resnet_dsl.targets.figure.formats.fonts").joinpath(f"{name}.ttf").read_bytes())
        )
        assert font["name"].getDebugName(1).startswith("ResnetDSL")
        assert "SIL Open Font License" in font["name"].getDebugName(13)
        assert {*map(ord, "Aé×·γβ−≈…→")} <= {*font.getBestCmap()}
