"""The verdict of a comparison, its table and its figure."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from resnet_dsl.laboratory.training.curves import Curve, _figure, _panels, draw
from resnet_dsl.laboratory.training.history import EpochRecord
from resnet_dsl.laboratory.training.verdict import JudgedEntrant, as_csv, markdown, words


def entrant(name: str, depth: int, residual: bool, *train: float, test: float = 0.2) -> JudgedEntrant:
    """A network with one training error a seed."""
    histories = [
        [EpochRecord(1, 0.1, 2.0, 0.9, 2.0, 0.9), EpochRecord(2, 0.01, 0.5, error, 0.6, test + error)]
        for error in train
    ]
    return JudgedEntrant(Curve(name, residual, histories), depth, 1_234_567)


PLAIN = [entrant("plain-20", 20, False, 0.04, 0.05, 0.045), entrant("plain-56", 56, False, 0.6, 0.7, 0.65)]
RESIDUAL = [entrant("resnet-20", 20, True, 0.02, 0.01, 0.03), entrant("resnet-56", 56, True, 0.015, 0.02, 0.01)]


def test_the_papers_finding_in_words() -> None:
    plain, residual, best = words([*RESIDUAL, *PLAIN])
    assert plain == ("plain: training error rises in every one of 3 seeds with depth: plain-20 4.5 %, plain-56 65.0 %")
    assert residual.startswith("residual: training error does not clearly change (higher in 1 of 3 seeds, lower in 2)")
    assert best.startswith("lowest test error: resnet-56, 21.5 % (21.0 to 22.0), then resnet-20")
    assert best.endswith("the ranges overlap")


def test_order_of_three_depths() -> None:
    falling = [entrant(f"r{depth}", depth, True, 1 / depth, 1.1 / depth) for depth in (8, 20, 56)]
    assert "falls in every one of 2 seeds with depth: r8 13.1 %, r20 5.3 %, r56 1.9 %" in words(falling)[0]
    mixed = [*falling[:2], entrant("r56", 56, True, 0.5, 0.5)]
    assert (
        "falls in every one of 2 seeds from r8 to r20; rises in every one of 2 seeds from r20 to r56" in words(mixed)[0]
    )


def test_a_change_is_clear_where_the_ranges_are_apart() -> None:
    before, after = entrant("a", 8, True, 0.06, 0.04, 0.05), entrant("b", 56, True, 0.03, 0.027, 0.038)
    assert "falls in every one of 3 seeds with depth" in words([before, after])[0]
    overlapping = entrant("b", 56, True, 0.03, 0.027, 0.041)
    assert "does not clearly change (higher in 0 of 3 seeds, lower in 3)" in words([before, overlapping])[0]


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ((0.061, 0.07, 0.08), "rises in every one of 3 seeds"),
        ((0.06, 0.07, 0.08), "does not clearly change (higher in 2 of 3 seeds, lower in 0)"),
        ((0.055, 0.07, 0.08), "does not clearly change (higher in 2 of 3 seeds, lower in 1)"),
        ((0.039, 0.03, 0.02), "falls in every one of 3 seeds"),
        ((0.04, 0.03, 0.02), "does not clearly change (higher in 0 of 3 seeds, lower in 3)"),
        ((0.05, 0.05, 0.05), "does not clearly change (higher in 1 of 3 seeds, lower in 1)"),
    ],
)
def test_of_ranges_their_ends_count_and_not_the_means(errors: tuple[float, ...], said: str) -> None:
    """Beside 6, 4 and 5 %: apart is what lies above all of them, or below."""
    before, after = entrant("a", 8, True, 0.06, 0.04, 0.05), entrant("b", 56, True, *errors)
    assert f"training error {said} with depth" in words([before, after])[0]


@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 5, 6, 7, 9, 10, 13, 30, 164])
def test_the_axis_of_epochs_has_whole_numbers(epochs: int) -> None:
    rows = [EpochRecord(epoch, 0.1, 2.0, 1 / epoch, 2.0, 0.9) for epoch in range(1, epochs + 1)]
    figure = _figure(_panels([Curve("plain", False, [rows]), Curve("residual", True, [rows, rows])]))
    figure.canvas.draw()
    for axis in figure.axes:
        low, high = axis.get_xlim()
        shown = [tick for tick in axis.get_xticks() if low <= tick <= high]
        assert shown == [int(tick) for tick in shown]
        assert {1, epochs} & {*shown} or len(shown) > 2
        assert all("." not in label.get_text() for label in axis.get_xticklabels())


def test_a_change_smaller_than_what_seeds_differ_by_is_not_clear() -> None:
    nearly = [entrant("a", 20, True, 0.024, 0.026), entrant("b", 56, True, 0.0245, 0.027)]
    assert "does not clearly change (higher in 2 of 2 seeds, lower in 0)" in words(nearly)[0]
    assert "rises in the one seed" in words([entrant("a", 20, True, 0.02), entrant("b", 56, True, 0.03)])[0]


def test_one_network_and_what_diverged() -> None:
    assert words(PLAIN[:1]) == []
    diverged = JudgedEntrant(PLAIN[1].curve, 56, 1, diverged=2)
    assert words([PLAIN[0], diverged])[0] == "plain-56 diverged with 2 of 3 seeds"


def test_the_table() -> None:
    lines = markdown([PLAIN[0]]).splitlines()
    assert lines[0] == "| network | depth | parameters | seeds | training error | test error |"
    assert lines[2] == "| plain-20 | 20 | 1,234,567 | 3 | 4.5 % (4.0 to 5.0) | 24.5 % (24.0 to 25.0) |"
    rows = list(csv.DictReader(io.StringIO(as_csv(PLAIN))))
    assert [(row["network"], row["seed"], float(row["train_error"])) for row in rows[2:4]] == [
        ("plain-20", "2", 0.045),
        ("plain-56", "0", 0.6),
    ]


@pytest.mark.parametrize("entrants", [PLAIN, RESIDUAL[:1], [*PLAIN, *RESIDUAL]])
def test_the_figure_is_the_same_every_time_and_names_every_network(
    tmp_path: Path, entrants: list[JudgedEntrant]
) -> None:
    curves = [one.curve for one in entrants]
    svg, png = draw(tmp_path / "a", curves)
    again, _ = draw(tmp_path / "b", curves)
    assert svg.read_bytes() == again.read_bytes()
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    text = svg.read_text()
    for one in entrants:
        assert f">{one.name}<" in text
    for words_ in ("training error", "test error", "epoch", "error (%)", "range over 3 seeds"):
        assert f">{words_}<" in text
    assert (">plain<" in text) == (len(entrants) == 4)
