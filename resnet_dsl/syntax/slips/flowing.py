"""`x`, as code calls what flows: here it has no name, and needs none."""

from __future__ import annotations

import re

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips.brackets import in_parameters
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line
from resnet_dsl.syntax.words import END

_AS_VALUE = re.compile(r"(?:\b(?:add|sub|mul|concat)[ \t]*\([^()\n]*|\bfrom[ \t]+)(?<![\w.])x\b")  # it needs a name
_BEGINS = {"NAME", "IN", "INPUT", "STEM", "HEAD", "NUMBER"}  # what a chain begins with


def given(stop: Stop) -> Slip | None:
    """``x = conv(64, 3)``, in a part's braces or directly in a network's."""
    name = stop.index - (stop.kind == "EQUAL")
    if stop.words.text(name) != "x" or stop.inside != "LBRACE" or not _is_chain(stop, name + 2):
        return None
    if _AS_VALUE.search(stop.source.text, stop.span.start, stop.source.text.find("}", stop.span.start)):
        return None
    end = stop.until("RBRACE", start=name + 2 - stop.index)
    steps, place = in_line(stop.between(name + 2, end)), stop.between(name, end)
    if stop.owner_kind == "NETWORK":
        remedy = f"write `{steps}`, without `x =`, in the braces of `stem`, `stage NAME` or `head`"
        diagnostic = stop.says("E0120", "a step does not stand directly in a network", remedy, span=place)
        return Slip(diagnostic, Repair(name, end - name))
    message = "`x` is a word of the language: what flows needs no name"
    edit = Edit(place._replace(end=stop.words.starts[name + 2]), "")
    diagnostic = stop.mended("E0108", message, edit, remedy=f"write `{steps}`", span=stop.words.span(name))
    return Slip(diagnostic, Repair(name, 2))


def _is_chain(stop: Stop, first: int) -> bool:
    """Whether steps stand behind `x =`."""
    if stop.words.kinds[first - 1] != "EQUAL":
        return False
    kinds = stop.words.kinds[first : first + 2]
    is_step = kinds[0] == "NAME" and (kinds[1] in (*ROUND, "ARROW", "RBRACE", END) or first + 1 >= stop.line_end)
    return is_step or (kinds[0] in _BEGINS and kinds[1] in ("ARROW", "X"))


def parameter(stop: Stop) -> Slip | None:
    """``block residual(x, filters) { … }``."""
    if stop.text != "x" or stop.inside != "LPAR" or not in_parameters(stop) or stop.at(1) not in ("COMMA", "RPAR"):
        return None
    count = 1 + (stop.at(1) == "COMMA")
    message = "`x` is a word of the language: what flows into a block needs no parameter"
    end = stop.span_at(count).start if count == 2 else stop.span.end
    edit = Edit(stop.span._replace(end=end), "")
    return Slip(stop.mended("E0108", message, edit, remedy="leave it out", span=stop.span), Repair(stop.index, count))
