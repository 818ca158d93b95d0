"""Networks as settings: dictionaries among steps, and whole files of JSON, YAML, TOML, prototxt or Python."""

from __future__ import annotations

import re

from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line
from resnet_dsl.vocabulary import hints
from resnet_dsl.vocabulary.calls import read_dictionary
from resnet_dsl.vocabulary.translating import translated

_DICTIONARY = re.compile(r"\{\s*(?:\"[^\"\n]*\"|'[^'\n]*')\s*:")
_OWN = re.compile(r"^\s*(?:shared\s+)?(?:network|block|slot|let|import|stage)\b", re.MULTILINE)
_FORMS = {
    "JSON": re.compile(r"\s*(?:\{\s*(?:\"|\})|\[\s*[\"{\[])"),
    "XML": re.compile(r"\s*<[\w?!]"),
    "Python": re.compile(r"\s*\w+\s*=\s*(?:dict\s*\(|\{|\[\s*(?:dict\b|\{|\())"),
    "TOML": re.compile(r"\s*\[+[\w.\"-]+\]+\s*$", re.MULTILINE),
    "prototxt": re.compile(r"\s*(?:\w+\s*:.*\n\s*)*layers?\s*\{"),
    "YAML": re.compile(r"\s*(?:---\s*\n\s*)?(?:-\s+)?\w+\s*:(?:\s*$|[ \t]+\S)", re.MULTILINE),
}
"""How a text begins that is settings of another form."""


def whole_file(stop: Stop) -> Slip | None:
    """A text of settings, in which nothing is the language's."""
    text = stop.source.text
    if stop.index > 2 or _OWN.search(text):
        return None
    form = next((name for name, beginning in _FORMS.items() if beginning.match(text)), None)
    if form is None:
        return None
    message = f"this reads like {form}, and a spec has a form of its own"
    remedy = (
        "write `network NAME { input 224x224x3 … }`, with its steps in the braces of `stem`, `stage NAME` and `head`; "
        "`resnet-dsl import FILE` makes a spec of a model that was saved"
    )
    return Slip(stop.says("E0107", message, remedy, span=stop.words.span(0)))


def dictionary(stop: Stop) -> Slip | None:
    """``{"type": "Conv2d", "out_channels": 16}`` among steps."""
    if stop.kind != "LBRACE" or not _DICTIONARY.match(stop.source.text, stop.span.start):
        return None
    closing = _closing(stop)
    if closing is None:
        return None
    place = stop.between(stop.index, closing + 1)
    call = read_dictionary(place.text)
    found = translated(call) if call is not None else None
    hint = hints.of_call(found, place) if found is not None else None
    remedy = hint.help if hint is not None else "write each as a step with its arguments: `conv(64, 3)`"
    message = "the language has no dictionaries: a step is called, with its arguments"
    repair = Repair(stop.index, closing + 1 - stop.index, ("NAME",))
    return Slip(stop.says("E0107", message, remedy, span=place, edits=hint.edits if hint else ()), repair)


def list_of_steps(stop: Stop) -> Slip | None:
    """``layers = [conv(16, 3), relu]``, ``[conv(16, 3), relu]``, ``layers = []`` among steps."""
    opening = stop.index + (stop.kind == "EQUAL")
    if stop.words.kinds[opening] != "LSQB" or stop.inside != "LBRACE" or stop.owner_kind == "NETWORK":
        return None
    closing = stop.closing(opening)
    if closing is None:
        return None
    steps = [in_line(one) for one in stop.items(opening + 1, closing)]
    if steps and not any("(" in one for one in steps):
        return None
    begin = opening - 2 if stop.words.kinds[opening - 1] == "EQUAL" else opening
    place, chain = stop.between(begin, closing + 1), " -> ".join(steps)
    remedy = f"write `{chain}` where each takes what the one before gives, else name each" if steps else "leave it out"
    diagnostic = stop.says("E0252", "steps stand in no list", remedy, span=place)
    return Slip(diagnostic, Repair(begin, closing + 1 - begin, ("NAME",)))


def _closing(stop: Stop) -> int | None:
    """The brace that closes the one here, None where the text ends before."""
    depth = 0
    for index in range(stop.index, len(stop.words.kinds)):
        depth += (stop.words.kinds[index] == "LBRACE") - (stop.words.kinds[index] == "RBRACE")
        if not depth:
            return index
    return None
