"""By the oldest Keras that is allowed: it is what the table says, and it loads what is written without it.

Those marked ``oldest`` run in a process of its own, which finds that Keras in the folder that OLDEST_KERAS names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from resnet_dsl import shipped
from resnet_dsl.targets.keras.direct.table import table
from resnet_dsl.targets.keras.variables import KINDS
from tests.conftest import ROOT
from tests.specs.family import TOO_LARGE

OLDEST = os.environ.get("OLDEST_KERAS", "")
needs_oldest = [
    pytest.mark.oldest,
    pytest.mark.keras,
    pytest.mark.skipif(not OLDEST, reason="OLDEST_KERAS names no folder with the oldest Keras: see CONTRIBUTING.md"),
]


def oldest(*arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": OLDEST, "TF_CPP_MIN_LOG_LEVEL": "3"}
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]


def test_the_table_is_of_the_oldest_keras_that_is_allowed() -> None:
    allowed = re.search(r'"keras>=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert allowed is not None
    assert table()["version"].removesuffix(".0") == allowed[1].removesuffix(".0")


def test_the_table_has_every_layer() -> None:
    layers = {kind for kind in table()["layers"] if kind != "slice" and not kind.startswith("ops.")}
    assert layers == KINDS


_MADE = """
import json
from resnet_dsl.targets.keras.direct.table import PATH, made
assert json.loads(PATH.read_text(encoding="utf-8")) == json.loads(json.dumps(made()))
"""


class TestByTheOldest:
    pytestmark = needs_oldest

    def test_the_table_is_what_it_says(self) -> None:
        oldest("-c", _MADE)

    def test_it_makes_the_same_of_both_files(self) -> None:
        networks = ("resnet50", "unet_resnet34", "tcn_music", "siamese_omniglot", "botnet26t_256", "convnext_tiny")
        oldest("-m", "tests.targets.keras.direct.compare", *networks)

    @pytest.mark.slow
    @pytest.mark.parametrize("family", [*dict.fromkeys(file.family for file in shipped.shipped_files())])
    def test_it_loads_what_ships_as_it_builds_it(self, family: str) -> None:
        files = [file for file in shipped.shipped_files() if file.family == family]
        names = [name for file in files for name in file.networks if name != TOO_LARGE]
        oldest("-m", "tests.targets.keras.direct.as_built", *names)
