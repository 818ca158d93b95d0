"""What a release is made of agrees: one version, one name, workflows that keep no password, a page for `man`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from resnet_dsl import __version__
from resnet_dsl.cli import COMMANDS
from tests.cli.calling import call
from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = {path.name: path for path in (ROOT / ".github" / "workflows").glob("*.yml")}
FORMS = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_stands_in_one_place_and_all_others_agree() -> None:
    assert PYPROJECT["project"]["dynamic"] == ["version"]
    assert "version" not in PYPROJECT["project"]
    home = PYPROJECT["tool"]["hatch"]["version"]["path"]
    assert re.findall(r'^__version__ = "(.*)"$', read(home), re.MULTILINE) == [__version__]
    assert call("--version").out == f"resnet-dsl {__version__}\n"
    assert re.findall(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)[0] == __version__
    assert set(re.findall(r"\bv(\d+\.\d+\.\d+)", read("docs/ci.md"))) == {__version__}


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    project = PYPROJECT["project"]
    assert (citation["cff-version"], citation["type"]) == ("1.2.0", "software")
    assert (citation["version"], citation["license"]) == (__version__, project["license"])
    assert citation["title"].startswith(f"{project['name']}: ")
    assert citation["authors"][0]["name"] in read("LICENSE")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_asks_for_little_and_runs_no_stranger_s_words(name: str) -> None:
    found = yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))
    assert found["permissions"] == {"contents": "read"}
    for job in found["jobs"].values():
        assert "timeout-minutes" in job
        assert all("${{" not in step.get("run", "") for step in job["steps"])
        assert all("@" in step["uses"] for step in job["steps"] if "uses" in step)
    assert "secrets." not in WORKFLOWS[name].read_text(encoding="utf-8")


def test_only_the_job_that_publishes_may_say_who_it_is() -> None:
    jobs = yaml.safe_load(read(".github/workflows/release.yml"))["jobs"]
    assert "permissions" not in jobs["build"]
    publish = jobs["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert not any("run" in step for step in publish["steps"])
    publisher = publish["steps"][-1]
    assert publisher["uses"].startswith("pypa/gh-action-pypi-publish@")
    assert "password" not in publisher.get("with", {})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the program of a release reads before it builds."""
    for name in (".ci/release", "resnet_dsl/__init__.py", "CHANGELOG.md", "CITATION.cff"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def release(tree: Path, tag: str) -> str:
    """What is refused; the empty text where the build would begin, in whose place stands a program that ends it."""
    command = [str(tree / ".ci" / "release"), tag]
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": "true"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 2:
        assert "activate" in ended.stderr
        return ""
    return ended.stderr


def test_a_tag_that_does_not_agree_is_refused(tree: Path) -> None:
    assert f"the version in resnet_dsl/__init__.py is {__version__}" in release(tree, "v99.0.0")
    assert "CHANGELOG.md has no section" in release(tree, f"v{__version__}")
    changes = tree / "CHANGELOG.md"
    changes.write_text(
        re.sub(r"^## .*", f"## {__version__} (2026-01-31)", changes.read_text(), count=1, flags=re.MULTILINE)
    )
    assert "date-released" in release(tree, f"v{__version__}")
    citation = tree / "CITATION.cff"
    citation.write_text(f"{citation.read_text()}date-released: 2026-01-31\n")
    assert release(tree, f"v{__version__}") == ""
    citation.write_text(citation.read_text().replace(f"version: {__version__}", "version: 0.0.1"))
    assert "another version" in release(tree, f"v{__version__}")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: str(path.stem))
def test_a_form_for_issues_asks_questions(path: Path) -> None:
    form: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= form.keys()
    for question in form["body"]:
        assert question["type"] in ("textarea", "input")
        assert question["attributes"]["label"]
    names = [question["id"] for question in form["body"]]
    assert len(set(names)) == len(names)


def test_what_the_rules_of_safety_name_is_there() -> None:
    text = read("SECURITY.md")
    for program in re.findall(r"python -m ([\w.]+)", text):
        home = ROOT / program.replace(".", "/")
        assert home.with_suffix(".py").exists() or (home / "__main__.py").exists()


@cache
def page() -> str:
    """The manual page, made in a process of its own."""
    program = f"import sys; sys.path.insert(0, {str(ROOT / 'docs')!r}); import manual; print(manual.page())"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_the_page_for_man_has_every_command_and_option() -> None:
    text = page().replace("\\-", "-")
    assert f'"resnet-dsl {__version__}"' in text
    for name in COMMANDS:
        section = text.partition(f".SS resnet-dsl {name}\n")[2].partition("\n.SS ")[0]
        options = set(re.findall(r"^  (?:-\w [^,]*, )?(--[\w-]+)", call(name, "--help").out, re.MULTILINE))
        assert options <= set(re.findall(r"--[\w-]+", section))
    assert "docs/resnet-dsl.1" in str(PYPROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["artifacts"])


def test_the_page_for_man_is_read_without_a_complaint() -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    ended = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-Kutf8"], input=page(), capture_output=True, text=True, check=True
    )
    assert ended.stderr == ""
    shown = re.sub(r"\x1b\[[\d;]*m|.\x08", "", ended.stdout)
    assert "128 and the number of the signal that ended it" in " ".join(shown.split())
    assert "resnet-dsl draw resnet34 --block basic --formula -o fig2.svg" in shown
