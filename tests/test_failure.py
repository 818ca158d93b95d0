"""Exceptions that are for a person: whole in a traceback, a log and a notebook, without frames of ours."""

import logging
import pickle
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.failure import Failure, reason
from resnet_dsl.targets.figure import UnknownBlockError, block_figure

WRONG = "network net { input 32x32x3  stem { conv(8, 3) -> nrom } }"
WHOLE = """error[E0201]: there is no operation, block or slot called `nrom`
 --> <text>:1:51
  |
1 | network net { input 32x32x3  stem { conv(8, 3) -> nrom } }
  |                                                   ^^^^
  |
  = help: did you mean `norm`?

1 error"""


def refusal():
    with pytest.raises(resnet_dsl.Refusal) as caught:
        resnet_dsl.load(WRONG).network("net")
    return caught.value


def failure():
    with pytest.raises(UnknownBlockError) as caught:
        block_figure(resnet_dsl.load("resnet18").network("resnet18").compiled.facts, ["basik"])
    return caught.value


def as_ipython_shows(error):
    """IPython asks the exception itself, from a frame of its own."""
    return re.sub(r"\033\[[\d;]*m", "", "\n".join(error._render_traceback_()))


def test_a_refusal_is_its_diagnostics_with_place_and_help():
    assert str(refusal()) == WHOLE


def test_a_plain_traceback_ends_with_place_and_help():
    code = f"import resnet_dsl; resnet_dsl.load({WRONG!r}).network('net')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stderr.endswith(f"Refusal: {WHOLE}\n")


def test_a_plain_traceback_of_a_failure_ends_with_its_help():
    assert failure().__notes__ == ["  = help: did you mean `basic`?"]


def test_a_notebook_shows_the_readers_frames_and_the_whole_diagnostic():
    shown = as_ipython_shows(refusal())
    assert shown.endswith(WHOLE)
    assert "pipeline.py" not in shown
    assert "spec.py" not in shown


def test_a_notebook_shows_the_line_of_the_caller():
    def cell():
        refused()

    def refused():
        return resnet_dsl.load(WRONG).network("net")

    with pytest.raises(resnet_dsl.Refusal) as caught:
        cell()
    assert re.findall(r"in (\w+)$", as_ipython_shows(caught.value), re.MULTILINE) == ["cell", "refused"]


def test_a_notebook_shows_a_failure_with_its_help():
    shown = as_ipython_shows(failure())
    assert shown.endswith("error: no block `basik` is called here\n  = help: did you mean `basic`?")
    assert "describe.py" not in shown


@pytest.mark.parametrize("make", [refusal, failure, lambda: Failure("<script>", "a & b")])
def test_html_is_the_same_and_nothing_breaks_out(make):
    error = make()
    assert "".join(ET.fromstring(error._repr_html_()).itertext()) == error.told()


@pytest.mark.parametrize("make", [refusal, failure])
def test_it_survives_pickling(make):
    error = make()
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.told(), str(again)) == (type(error), error.told(), str(error))


def test_a_log_has_it_whole(caplog):
    with caplog.at_level(logging.ERROR):
        logging.getLogger("mine").error("refused: %s", refusal())
    assert WHOLE in caplog.text


def test_a_stranger_s_name_steers_nothing_in_a_notebook():
    told = Failure("`\x1b[31m.keras` is damaged", "fetch `\x1b[31m` again", ["a\nb"]).told()
    assert told == ("error: `\\u001b[31m.keras` is damaged\n  a\\u000ab\n  = help: fetch `\\u001b[31m` again\n")


@pytest.mark.parametrize(
    "advice",
    [
        "Object arrays cannot be loaded when allow_pickle=False",
        "If you trust the file you can load it unsafely using the `allow_pickle=` keyword argument",
        "Weights only load failed. Re-running `torch.load` with `weights_only` set to `False` will likely succeed",
    ],
)
def test_nobody_is_advised_to_load_unsafely(advice):
    assert reason(ValueError(advice)) == "it cannot be read as numbers alone"
    assert reason(ValueError("bad magic number")) == "bad magic number"


def test_an_array_of_objects_is_refused_without_advice(tmp_path):
    """NumPy itself, of a file that it takes for a pickle."""
    (tmp_path / "a.npz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="pickle") as said:
        np.load(tmp_path / "a.npz", allow_pickle=False)
    assert "pickle" not in reason(said.value)
