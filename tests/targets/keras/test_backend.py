"""Which backend Keras is set to: the one that was chosen, else its default, else one that is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from resnet_dsl.targets.keras import backend

NOTE = "Keras runs on {}: its default, tensorflow, is not installed (KERAS_BACKEND chooses)"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A machine on which these backends are installed, Keras is not started, and its settings are those given."""

    def made(*installed: str, settings: str | None = None) -> None:
        monkeypatch.setattr(backend, "is_installed", lambda package: package in installed)
        if settings is not None:
            (tmp_path / "keras.json").write_text(settings, encoding="utf-8")

    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "")  # what a choice sets is taken back with it
    return made


@pytest.mark.parametrize("settings", [None, '{"backend": "tensorflow"}', "{}", "damaged", "[]"])
def test_one_that_is_installed_is_taken_in_place_of_the_default(machine: Callable[..., None], settings: str) -> None:
    """Keras writes its default into its settings itself: that is no choice of anybody."""
    machine("jax", "torch", settings=settings)
    assert backend.choose_backend() == NOTE.format("jax")
    assert os.environ["KERAS_BACKEND"] == "jax"
    assert backend.choose_backend() is None, "said once"


def test_the_last_one_will_do(machine: Callable[..., None]) -> None:
    machine("torch")
    assert backend.choose_backend() == NOTE.format("torch")


@pytest.mark.parametrize("installed", [(), ("tensorflow",), ("tensorflow", "jax")])
def test_the_default_stays_where_it_is_installed_or_nothing_is(
    machine: Callable[..., None], installed: tuple[str, ...]
) -> None:
    machine(*installed)
    assert backend.choose_backend() is None
    assert os.environ["KERAS_BACKEND"] == ""


def test_what_was_chosen_stays(machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    machine("jax", settings='{"backend": "torch"}')
    assert backend.choose_backend() is None
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    machine("jax", settings="{}")
    assert backend.choose_backend() is None
    assert os.environ["KERAS_BACKEND"] == "tensorflow"


def test_keras_that_runs_already_stays(machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    machine("jax")
    monkeypatch.setitem(sys.modules, "keras", sys)
    assert backend.choose_backend() is None


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        ("RuntimeError('jaxlib 0.4 is too old for jax 0.10')", "Keras does not start: jaxlib 0.4 is too old for jax"),
        ("ImportError('cannot import name x')", "Keras does not start: cannot import name x"),
        ("ModuleNotFoundError('No module named absl', name='absl')", "the package `absl` is not installed"),
        ("ModuleNotFoundError('No module named jaxlib', name='jax.lib')", "(jax) is not installed"),
    ],
)
def test_what_keeps_keras_from_starting_is_told(tmp_path: Path, raised: str, said: str) -> None:
    """A Keras that is not whole, or not of one version with its backend."""
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text(f"raise {raised}\n", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "resnet_dsl", "compile", "small_resnet8", "--plain"],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["keras"]


WITHOUT_TENSORFLOW = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocked())
from resnet_dsl.cli import main
code = main(["compile", "small_resnet8", "--quiet"])
from resnet_dsl.training.train import train
import keras
print(keras.backend.backend())
sys.exit(code)
"""


@pytest.mark.backends
def test_models_are_built_where_tensorflow_is_not_installed(tmp_path: Path) -> None:
    free = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW],
        cwd=tmp_path,
        env={**free, "KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "wrote small_resnet8.keras\njax\n"
    assert f"note: {NOTE.format('jax')}" in ended.stderr
