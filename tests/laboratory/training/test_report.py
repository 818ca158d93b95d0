"""``report`` tells what lies in run folders: counts from the graphs, errors from the histories; Keras is not asked."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

import resnet_dsl
from tests.cli.calling import call

FIXTURE = Path(__file__).parents[2] / "fixtures" / "0.1.0" / "runs" / "finished"
SPEC = """
network base { input 8x8x1 stem { conv(4, 3) -> norm -> act } stage a { 2 x basic(4) }
  head { avgpool(global) -> dense(10) -> softmax } }
network plain from base { skips off }
network wide from base { use act = gelu }
"""
ERRORS = {"base": (0.08, 0.10, 0.09), "plain": (0.12, 0.14, 0.16), "wide": (0.07, 0.075, 0.095)}


def network(name):
    return resnet_dsl.load(SPEC).network(name)


def train(folder: Path, name: str, seed: int, error: float, ending: str = "finished", **recipe) -> Path:
    """A run folder as a training leaves it, made of the one in the fixtures."""
    shutil.copytree(FIXTURE, folder)
    told = json.loads((folder / "options.json").read_text())
    graph = network(name).to_json()
    told |= {"network": name, "ir_sha256": f"{len(graph)}{name}", "seed": seed, "recipe": told["recipe"] | recipe}
    (folder / "options.json").write_text(json.dumps(told))
    (folder / "network.json").write_text(graph)
    head = (folder / "history.csv").read_text().splitlines()[0]
    (folder / "history.csv").write_text(f"{head}\n1,0.1,2.0,0.5,2.0,0.9\n2,0.1,1.0,{error / 2!r},1.0,{error!r}\n")
    (folder / "result.json").write_text(json.dumps({"ending": ending, "epoch": 2}))
    return folder


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, errors in ERRORS.items():
        for seed, error in enumerate(errors):
            train(tmp_path / "runs" / f"{name}-digits-0" / f"seed-{seed}", name, seed, error)
    return tmp_path / "runs"


def table(*arguments):
    ended = call("report", *arguments, "--to", "csv")
    assert ended.code == 0, ended.err
    return {row["network"]: row for row in csv.DictReader(io.StringIO(ended.out))}


def test_errors_are_means_over_the_seeds_beside_the_counts(runs):
    found = table("runs")
    assert [*found] == ["base", "plain", "wide"]
    for name, errors in ERRORS.items():
        row = found[name]
        assert float(row["test error"]) == pytest.approx(sum(errors) / 3)
        assert float(row["training error"]) == pytest.approx(sum(errors) / 6)
        assert row["range"] == f"{100 * min(errors):.2f} to {100 * max(errors):.2f}"
        assert row["seeds"] == "3"
        assert int(row["parameters"]) == network(name).compiled.facts.count.params
        assert int(row["MACs"]) == network(name).compiled.facts.count.macs


def test_a_baseline_brings_changes_and_marks(runs):
    found = table("runs", "--baseline", "plain")
    assert [*found] == ["plain", "base", "wide"]
    assert float(found["base"]["Δ test error"]) == pytest.approx(0.09 - 0.14)
    assert found["plain"]["Δ test error"] == ""
    assert found["base"]["skip"] == "yes"
    assert found["wide"]["gelu for relu"] == "yes"
    text = call("report", "runs", "--baseline", "plain").out
    assert "−5.00" in next(line for line in text.splitlines() if line.startswith("base"))


def test_run_folders_are_named_one_by_one_too_and_count_once(runs):
    one = str(runs / "base-digits-0" / "seed-1")
    assert table(one, one, str(runs / "base-digits-0"))["base"]["seeds"] == "3"
    assert (table(one)["base"]["seeds"], table(one)["base"]["range"]) == ("1", "")


def test_what_is_not_finished_is_named_and_left_out(runs):
    (runs / "wide-digits-0" / "seed-2" / "result.json").unlink()
    ended = call("report", "runs")
    assert "Not finished, left out: runs/wide-digits-0/seed-2." in " ".join(ended.out.split())
    assert table("runs")["wide"]["seeds"] == "2"


def test_what_diverged_is_said(runs):
    train(runs / "plain-digits-0" / "seed-3", "plain", 3, float("nan"), "diverged")
    said = call("report", "runs").out
    assert "plain diverged with 1 of 4 seeds." in said
    assert table("runs", "--baseline", "base")["plain"]["test error"] == "?", "no mean of what is no number"
    assert table("runs", "--baseline", "plain")["base"]["Δ test error"] == "?"


def test_one_network_trained_in_two_ways_has_two_rows(runs):
    for seed in range(2):
        train(runs / "base-digits-1" / f"seed-{seed}", "base", seed, 0.2, learning_rate=0.3)
    found = table("runs")
    assert float(found["base (learning rate 0.3)"]["test error"]) == pytest.approx(0.2)
    assert float(found["base (learning rate 0.05)"]["test error"]) == pytest.approx(0.09)


def test_one_training_twice_is_refused(runs):
    shutil.copytree(runs / "base-digits-0" / "seed-0", runs / "copy")
    ended = call("report", "runs")
    assert ended.code == 2
    assert "hold one training" in ended.err


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("nowhere",), "no training lies in nowhere"),
        (("runs", "--baseline", "bas"), "did you mean `base`?"),
        (("runs", "--siunitx"), "`--siunitx` is of LaTeX"),
        (("runs", "-o", "t.gif"), "says no form"),
        (("runs", "-o", "runs/base-digits-0/seed-0/history.csv"), "would be written over"),
    ],
)
def test_what_cannot_be_is_refused(runs, asked, says):
    before = sorted(path.read_bytes() for path in runs.rglob("*.csv"))
    ended = call("report", *asked)
    assert ended.code == 2
    assert says in ended.err
    assert sorted(path.read_bytes() for path in runs.rglob("*.csv")) == before


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("options.json", "{"),
        ("result.json", '{"ending": "finished", "epoch": 7}'),
        ("history.csv", "epoch\nx\n"),
        ("network.json", '{"format": 1, "nodes": []}'),
        ("network.json", "\x00"),
    ],
)
def test_a_damaged_file_is_told_by_its_name(runs, file, content):
    (runs / "base-digits-0" / "seed-0" / file).write_text(content)
    ended = call("report", "runs")
    assert ended.code == 2
    assert file in ended.err
    assert "damaged" in ended.err
    assert "= help: leave this training out, or train it anew" in ended.err, "who reports has no option `--restart`"


def test_what_compare_says_of_them_is_the_same(runs):
    """The means and ranges of its own table, from the same histories."""
    verdict = pytest.importorskip("resnet_dsl.laboratory.training.verdict")
    import numpy as np

    said = verdict.mean_and_range(np.asarray(ERRORS["plain"]))
    row = table("runs")["plain"]
    low, high = row["range"].split(" to ")
    assert said == f"{100 * float(row['test error']):.1f} % ({float(low):.1f} to {float(high):.1f})"
