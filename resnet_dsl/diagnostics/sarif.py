"""Diagnostics in the Static Analysis Results Interchange Format, SARIF 2.1.0, which code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; sections of it are named below.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from urllib.parse import quote

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.explain import codes, explanation
from resnet_dsl.diagnostics.order import in_order
from resnet_dsl.diagnostics.repository import Region, also, path_of, region, sentences, shown_region
from resnet_dsl.showing import line, safe
from resnet_dsl.source import Source

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
"""What paths are relative to, as GitHub and others name the root of the repository."""


def as_sarif(diagnostics: Iterable[Diagnostic], exit_code: int, version: str) -> str:
    """One run of the tool. What has no place in a text (a file that is missing) is a notification of the run."""
    found = in_order(diagnostics)
    rules = sorted({one.code for one in found})
    run = {
        "tool": {"driver": {"name": "resnet-dsl", "version": version, "rules": [_rule(code) for code in rules]}},
        "invocations": [_invocation([one for one in found if one.place is None], rules, exit_code)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, one.place, rules.index(one.code)) for one in found if one.place is not None],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(code: str) -> dict[str, Any]:
    """What `resnet-dsl explain` says of a code; GitHub asks for all four texts."""
    words = explanation(code).partition("\n")[2].strip()
    return {
        "id": code,
        "shortDescription": {"text": codes()[code]},
        "fullDescription": {"text": words.partition("\n\n")[0].replace("\n", " ")},
        "help": {"text": words, "markdown": words},
        "defaultConfiguration": {"level": "error" if code.startswith("E") else "warning"},
    }


def _invocation(unplaced: list[Diagnostic], rules: list[str], exit_code: int) -> dict[str, Any]:
    told = [
        {
            "descriptor": {"id": one.code, "index": rules.index(one.code)},
            "level": one.severity,
            "message": _message(sentences(one)),
        }
        for one in unplaced
    ]
    return {"executionSuccessful": not unplaced, "exitCode": exit_code, "toolConfigurationNotifications": told}


def _result(one: Diagnostic, place: Label, rule: int) -> dict[str, Any]:
    linked = [label for label in one.others if path_of(label.span.source) is not None]
    unlinked = [also(label) for label in one.others if label not in linked]  # GitHub takes no place without a file
    related = [_related(label, number) for number, label in enumerate(linked, 1)]
    return {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": one.severity,
        "message": _message([*sentences(one), *unlinked]),
        "locations": [_location(place)],
        **({"relatedLocations": related} if related else {}),
        **({"fixes": [_fix(one)]} if one.edits else {}),
    }


def _related(label: Label, number: int) -> dict[str, Any]:
    return {"id": number, **_location(label), **({"message": _message([label.text])} if label.text else {})}


def _fix(one: Diagnostic) -> dict[str, Any]:
    edits = sorted(one.edits, key=lambda edit: edit.span.source.name)
    changes = [
        {"artifactLocation": _artifact(source), "replacements": [*map(_replacement, own)]}
        for source, own in groupby(edits, key=lambda edit: edit.span.source)
    ]
    return {"description": _message([one.help or "make the remedy"]), "artifactChanges": changes}


def _replacement(edit: Edit) -> dict[str, Any]:
    new = edit.text.replace("\n", "\r\n") if "\r\n" in edit.span.source.text else edit.text
    return {"deletedRegion": _region(region(edit.span)), "insertedContent": {"text": new}}


def _location(label: Label) -> dict[str, Any]:
    source = label.span.source
    return {"physicalLocation": {"artifactLocation": _artifact(source), "region": _region(shown_region(label.span))}}


def _region(place: Region) -> dict[str, int]:
    return dict(zip(("startLine", "startColumn", "endLine", "endColumn"), place, strict=True))


def _artifact(source: Source) -> dict[str, Any]:
    """A file by its path in the repository, or whole where it lies elsewhere; a text that is no file by its name."""
    path = path_of(source)
    if path is None:
        return {"description": {"text": line(source.name)}}
    if os.path.isabs(path):
        return {"uri": f"file://{quote(os.fsencode(path))}"}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _message(words: Iterable[str]) -> dict[str, str]:
    return {"text": "\n".join(map(_plain, words))}


def _plain(text: str) -> str:
    """Words that mean themselves: no placeholder (section 3.11.5), no link (3.11.6), no half of a character."""
    return re.sub(r"\{(\d+)\}", r"{{\1}}", safe(text)).replace("](", "] (")
