"""`check --format github` and `sarif`: what hosts of repositories read, read back by their rules."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest

from resnet_dsl import __version__
from tests.cli.calling import NET, call
from tests.conftest import ROOT
from tests.test_one_of_each import SEVERAL

pytestmark = pytest.mark.usefixtures("folder")

HOSTILE = "a,b:c%0A::error::\u202ex [b](1) {0}\n::stop-commands::z@=.resnet"
SLIP = "network net {\n  input 8x8x3;\n  stage s { relu }\n}\n"


def read_as_github_does(output: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands of an output, by the rules of actions/runner (ActionCommand.TryParseV2), written down anew."""
    found = []
    for line in output.split("\n"):
        if not line.lstrip().startswith("::"):
            assert "##[" not in line  # where any other line holds it, it is a command of the first version
            continue
        head, _, data = line.lstrip()[2:].partition("::")
        name, _, properties = head.partition(" ")
        pairs = (one.split("=", 1) for one in properties.split(",") if one)
        found.append((name, {key: unescaped(value, ":,\r\n") for key, value in pairs}, unescaped(data, "\r\n")))
    return found


def unescaped(text: str, signs: str) -> str:
    for sign in signs:
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text.replace("%25", "%")


@cache
def schema() -> jsonschema.Draft4Validator:
    text = (ROOT / "tests" / "fixtures" / "sarif" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema.Draft4Validator(json.loads(text), format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def sarif(*arguments: str, code: int) -> dict[str, Any]:
    """The one run, of a valid log."""
    ended = call("check", "--format", "sarif", *arguments)
    assert (ended.code, ended.err) == (code, "")
    log = json.loads(ended.out)
    ended.out.encode()
    schema().validate(log)
    (run,) = log["runs"]
    assert run["invocations"][0]["exitCode"] == code
    found: dict[str, Any] = run
    return found


def test_an_annotation_stands_at_the_file_and_the_columns() -> None:
    ended = call("check", "wrong.resnet", "warned.resnet", "--format", "github")
    assert (ended.code, ended.err) == (1, "")
    first, second, third = read_as_github_does(ended.out)
    assert len(sarif("wrong.resnet", "warned.resnet", code=1)["results"]) == 3
    place = {"file": "wrong.resnet", "line": "3", "endLine": "3", "col": "13", "endColumn": "17", "title": "E0201"}
    assert first == ("error", place, "there is no operation, block or slot called `conf`\nhelp: did you mean `conv`?")
    assert second[1]["title"] == "E0207"
    assert third[0] == "warning"
    assert third[1]["file"] == "warned.resnet"


def test_what_is_fine_has_no_annotation_and_a_log_without_results() -> None:
    assert call("check", "small.resnet", "--format", "github") == (0, "", "")
    run = sarif("small.resnet", code=0)
    assert run["results"] == run["tool"]["driver"]["rules"] == []
    assert run["tool"]["driver"]["version"] == __version__


def test_a_place_of_several_lines_has_no_columns(folder: Path) -> None:
    (folder / "two.resnet").write_text("network a { input 8x8x3 stage s { conv(4, 3)\n  -> relu ) } }\nlet x =\n")
    for _, properties, _ in read_as_github_does(call("check", "two.resnet", "--format", "github").out):
        assert (properties["line"] == properties["endLine"]) == ("col" in properties)
        assert 1 <= int(properties["line"]) <= int(properties["endLine"]) <= 3


def test_strict_warnings_are_errors_everywhere() -> None:
    ((kind, *_),) = read_as_github_does(call("check", "warned.resnet", "--strict", "--format", "github").out)
    assert kind == "error"
    assert [one["level"] for one in sarif("warned.resnet", "--strict", code=1)["results"]] == ["error"]


def test_a_file_that_is_missing_is_told_without_a_place() -> None:
    """GitHub refuses a whole log for one result without a file."""
    run = sarif("missing.resnet", "wrong.resnet", code=2)
    (told,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert told["descriptor"]["id"] == "E0001"
    assert not run["invocations"][0]["executionSuccessful"]
    assert [one["ruleId"] for one in run["results"]] == ["E0201", "E0207"]
    first, *_ = read_as_github_does(call("check", "missing.resnet", "--format", "github").out)
    assert first == ("error", {"title": "E0001"}, "there is no file `missing.resnet`")


def test_a_text_that_is_no_file_has_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = call("check", "-", "--format", "github", stdin=SLIP)
    ((_, properties, _),) = read_as_github_does(ended.out)
    assert properties == {"title": "E0113"}
    log = json.loads(call("check", "-", "--format", "sarif", stdin=SLIP).out)
    schema().validate(log)
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"description": {"text": "<stdin>"}}


def test_a_file_that_is_no_text_is_shown_where_it_is_none(folder: Path) -> None:
    (folder / "latin.resnet").write_bytes(b"network n {\n  # caf\xe9\n}\n")
    (result,) = sarif("latin.resnet", code=2)["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "latin.resnet"
    assert place["region"] == {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 9}


def test_names_stay_names(folder: Path) -> None:
    (folder / HOSTILE).write_text(SLIP)
    ((kind, properties, _),) = read_as_github_does(call("check", ".", "--format", "github").out.split("\n")[0])
    assert kind == "error"
    assert properties["file"] == HOSTILE.replace("\u202e", "\\u202e")
    (result, *_) = sarif(HOSTILE, code=1)["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert os.fsdecode(unquote_to_bytes(artifact["uri"])) == HOSTILE
    assert artifact["uriBaseId"] == "%SRCROOT%"
    told = sarif(f"no{HOSTILE}", code=2)["invocations"][0]["toolConfigurationNotifications"][0]["message"]["text"]
    assert "\n" not in told
    assert not re.search(r"\]\(|(?<!\{)\{\d", told)


def test_names_that_are_not_utf8(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.resnet")
    (folder / name).write_text(SLIP)
    (result,) = sarif(name, code=1)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "caf%E9.resnet"
    assert "file=caf\\udce9.resnet," in call("check", name, "--format", "github").out


@pytest.mark.parametrize(
    ("of_workspace", "given", "shown"),
    [
        (lambda here: str(here.parent), "wrong.resnet", "{}/wrong.resnet"),
        (lambda here: str(here.parent), "./wrong.resnet", "{}/wrong.resnet"),
        (lambda here: str(here / "elsewhere"), "wrong.resnet", "wrong.resnet"),
        (lambda here: "", "wrong.resnet", "wrong.resnet"),
    ],
)
def test_paths_are_relative_to_the_repository(
    folder: Path, monkeypatch: pytest.MonkeyPatch, of_workspace: Callable[[Path], str], given: str, shown: str
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", of_workspace(folder))
    expected = shown.format(folder.name)
    assert read_as_github_does(call("check", given, "--format", "github").out)[0][1]["file"] == expected
    uri = sarif(given, code=1)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == expected


def test_a_file_outside_of_the_repository_is_named_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = folder / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    artifact = sarif("../wrong.resnet", code=1)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (folder / "wrong.resnet").resolve().as_uri()}


def test_rules_say_what_explain_says() -> None:
    for rule in sarif("wrong.resnet", code=1)["tool"]["driver"]["rules"]:
        assert rule["help"]["markdown"] in call("explain", rule["id"]).out
        assert rule["shortDescription"]["text"] in call("explain", rule["id"]).out


def test_related_places_are_linked_and_those_of_no_file_are_told(folder: Path) -> None:
    (folder / "two.resnet").write_text(
        "network a { input 8x8x3 stage s { relu } }\nnetwork a { input 8x8x3 stage s { relu } }\n"
    )
    (result,) = sarif("two.resnet", code=1)["results"]
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["region"]["startLine"] == 1
    (folder / "zero.resnet").write_text("network a { input 8x8x3 stage s { basic(0) } }\n")
    (result,) = sarif("zero.resnet", code=1)["results"]
    assert "relatedLocations" not in result
    assert re.search(r"\nalso <prelude>:\d+:\d+: this is 0", result["message"]["text"])


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_fixes_made_by_somebody_else_mend_the_file(folder: Path, ends: str) -> None:
    text = "# Größe 😀\nnetwork net {\n  input 8x8x3;  # 😀 ;\n  stage one: { 3 x basic(16); }\n}\n".replace("\n", ends)
    (folder / "slips.resnet").write_bytes(text.encode())
    while results := json.loads(call("check", "slips.resnet", "--format", "sarif").out)["runs"][0]["results"]:
        (change,) = results[0]["fixes"][0]["artifactChanges"]
        text = replaced(text, change["replacements"])
        (folder / "slips.resnet").write_bytes(text.encode())
    assert call("check", "slips.resnet").code == 0
    assert text.count("\r") == (text.count("\n") if ends == "\r\n" else 0)


def replaced(text: str, replacements: list[dict[str, Any]]) -> str:
    """By sections 3.30 and 3.57 of the standard, columns counted in code points."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n", text))]
    for one in reversed(replacements):
        place = one["deletedRegion"]
        start = starts[place["startLine"] - 1] + place["startColumn"] - 1
        end = starts[place["endLine"] - 1] + place["endColumn"] - 1
        text = text[:start] + one["insertedContent"]["text"] + text[end:]
    return text


def test_every_kind_of_mistake_is_valid(folder: Path) -> None:
    """All codes that a text can show, in one log, at lines that their files have."""
    for path in sorted((ROOT / "tests" / "errors").glob("*.resnet")):
        shutil.copy(path, folder / path.name)
    run = sarif(".", code=2)
    assert len(run["tool"]["driver"]["rules"]) > 100
    for result in run["results"]:
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            place = location["physicalLocation"]
            lines = (folder / place["artifactLocation"]["uri"]).read_bytes().decode(errors="replace").split("\n")
            assert place["region"]["endLine"] <= len(lines)


def test_no_sentence_ends_open_or_says_several_of_one(folder: Path) -> None:
    """A place, a note or a remedy of which nothing is said is no line that ends in a colon, or in nothing."""
    for path in sorted((ROOT / "tests" / "errors").glob("*.resnet")):
        shutil.copy(path, folder / path.name)
    told = [words for _, _, words in read_as_github_does(call("check", ".", "--format", "github").out)]
    lines = [line for words in told for line in words.split("\n")]
    assert sum(line.startswith("also ") for line in lines) > 30
    assert [line for line in lines if line != line.strip() or line.endswith(":") or not line] == []
    assert SEVERAL.findall("\n".join(lines)) == []


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_fix_of_the_standard_input_leaves_no_room_for_data(form: str) -> None:
    ended = call("check", "--fix", "-", "--format", form, stdin=SLIP)
    assert ended.code == 2
    assert f"`--format {form}`" in ended.err


def test_a_budget_that_is_not_kept_names_the_option_and_no_place_in_it(folder: Path) -> None:
    (folder / "net.resnet").write_text(NET)
    out = call("check", "net.resnet", "--format", "github", "--expect", "params < 1").out
    assert out.endswith("%0Aalso --expect: expected here\n")
