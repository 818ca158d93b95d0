"""Brackets that are missing, left over, or closed by another kind."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Label
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.slips.groups import BRACKETS, DEFINITIONS, MEMBERS, STARTS, VALUES, WITH_BODY, WITH_PARAMETERS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import END

_OF_A_LIST = {"NAME", "NUMBER", "EXTENT", "TRUE", "FALSE", "EQUAL", "COMMA"}


def missing_comma(stop: Stop) -> Slip | None:
    """``conv(64 3)``: a value behind a value, and the bracket is closed further on."""
    if stop.inside not in BRACKETS or stop.kind not in VALUES or not stop.accepts("COMMA"):
        return None
    if not _closes_soon(stop):
        return None
    end = stop.span_at(-1).end
    what = "items" if stop.inside == "LSQB" else "parameters" if in_parameters(stop) else "arguments"
    diagnostic = stop.says(
        "E0104",
        f"a comma is missing between two {what}",
        f"write `{stop.text_at(-1)}, {stop.text}`",
        span=Span(stop.source, end, end),
        label="here",
        edits=stop.put_behind(-1, ","),
        sure=_are_apart(stop),
    )
    return Slip(diagnostic, Repair(stop.index, 0, ("COMMA",)))


def _are_apart(stop: Stop) -> bool:
    """Whether nothing but a comma can be missing: a product may be meant, or a word be there twice by a slip."""
    numbers = stop.at(-1) == stop.kind == "NUMBER" and stop.at(-2) in ("LPAR", "COMMA")
    return stop.text != stop.text_at(-1) and (stop.at(1) == "EQUAL" or in_parameters(stop) or numbers)


def in_parameters(stop: Stop) -> bool:
    """Whether the innermost bracket is that of a definition."""
    owner = stop.open[-1] - 2
    return owner >= stop.first and stop.words.kinds[owner] in WITH_PARAMETERS


def _closes_soon(stop: Stop, behind: int = 0) -> bool:
    """Whether the innermost bracket is closed before a brace or a word that begins something new."""
    depth = 0
    for kind in stop.words.kinds[stop.index + behind :]:
        if kind in BRACKETS:
            depth += 1
        elif kind in ("RPAR", "RSQB"):
            depth -= 1
        if depth < 0:
            return True
        if kind in ("LBRACE", "RBRACE", END, *STARTS):
            return False
    return False


def unclosed_bracket(stop: Stop) -> Slip | None:
    """``conv(64, 3 -> norm``, ``conv(64, [1, 2)``."""
    if stop.inside not in BRACKETS or not stop.accepts(OPENING[stop.inside]):
        return None
    opening = stop.words.span(stop.open[-1])
    sign = stop.machine.tables.literals[OPENING[stop.inside]]
    others = (Label(opening, "opened here"),)
    if stop.kind in ("RPAR", "RSQB"):
        message, repair = f"`{opening.text}` is closed by `{stop.text}`", _closed_otherwise(stop)
        edits = stop.instead(sign) if repair.remove else stop.put_behind(-1, sign)
        sure = bool(repair.remove) and stop.words.kinds[stop.open[-1] - 1 : stop.open[-1] + 1] != ["NAME", "LSQB"]
        return Slip(stop.says("E0103", message, f"write `{sign}`", others=others, edits=edits, sure=sure), repair)
    last = _last_inside(stop) - stop.index
    end = stop.span_at(last).end
    diagnostic = stop.says(
        "E0103",
        f"this `{opening.text}` is not closed",
        f"write `{sign}` behind `{stop.text_at(last)}`" if stop.at(last) in VALUES else f"write one more `{sign}`",
        span=opening,
        others=(Label(Span(stop.source, end, end), f"`{sign}` is missing here, or before"),),
        edits=stop.put_behind(last, sign),
        sure=_holds_a_list(stop, last),
    )
    return Slip(diagnostic, Repair(stop.index + last + 1, 0, (OPENING[stop.inside],)))


def _holds_a_list(stop: Stop, last: int) -> bool:
    """Whether a call's bracket holds single words alone, to the end of the line or an arrow: there it is to close."""
    opening = stop.open[-1]
    words = {*stop.words.kinds[opening + 1 : stop.index + last + 1]}
    ends = stop.kind in ("ARROW", "RBRACE", END) or stop.is_first_on_line
    is_line = stop.line(last) == stop.line(opening - stop.index)
    return stop.inside == "LPAR" and words <= _OF_A_LIST and ends and is_line and not _closes_soon(stop)


def _last_inside(stop: Stop) -> int:
    """The last word that belongs in the innermost bracket: no chain stands behind an argument's `=`."""
    names = [index for index in range(stop.open[-1], stop.index) if stop.words.kinds[index] == "EQUAL"]
    arrows = (
        (index for index in range(names[-1], stop.index) if stop.words.kinds[index] == "ARROW") if names else iter(())
    )
    return next(arrows, stop.index) - 1


def _closed_otherwise(stop: Stop) -> Repair:
    """The right bracket in place of the wrong one, or in front of it where that closes one further out."""
    closing = OPENING[stop.inside]
    outer = [OPENING[stop.words.kinds[index]] for index in stop.open[:-1]]
    return Repair(stop.index, 0 if stop.kind in outer else 1, (closing,))


def missing_brace(stop: Stop) -> Slip | None:
    """The text ends, or goes on with what cannot stand inside, before a brace is closed."""
    if "LBRACE" not in [stop.words.kinds[index] for index in stop.open]:
        return None
    inner = stop.inside == "LBRACE" and stop.accepts("RBRACE") and stop.owner_kind in WITH_BODY
    if inner and stop.kind in MEMBERS and _stands_in_network(stop):
        return _unclosed(stop, stop.open[-1], Repair(stop.index, 0, ("RBRACE",)))
    if stop.kind == END or (stop.kind in DEFINITIONS and stop.is_first_on_line and not _is_indented(stop)):
        return _unclosed(stop, _suspect(stop), None)
    return None


def closes_before(stop: Stop) -> bool:
    """Whether the word begins a line that is indented no further than the one on which the innermost braces opened."""
    return stop.is_first_on_line and _indentation(stop, stop.index) <= _indentation(stop, stop.open[-1])


def _is_indented(stop: Stop) -> bool:
    """Whether the word was written as a part of what is open."""
    return _indentation(stop, stop.index) > _indentation(stop, stop.open[0])


def _stands_in_network(stop: Stop) -> bool:
    """Whether the braces around the innermost ones are a network's: a member was to follow."""
    braces = [index for index in stop.open if stop.words.kinds[index] == "LBRACE"]
    owner = stop.owner_of(braces[-2]) if len(braces) > 1 else None
    return owner is not None and stop.words.kinds[owner] == "NETWORK"


def _suspect(stop: Stop) -> int:
    """The brace that was probably forgotten: the first that is closed at another indentation than it was opened."""
    opened: list[int] = []
    words = stop.words
    for index in range(stop.first, stop.index):
        if words.kinds[index] == "LBRACE":
            opened.append(index)
        elif words.kinds[index] == "RBRACE" and opened:
            brace = opened.pop()
            if _indentation(stop, brace) > _indentation(stop, index) and _begins_line(stop, index):
                return brace
    return opened[-1]


def _begins_line(stop: Stop, index: int) -> bool:
    text = stop.source.text
    start = stop.words.starts[index]
    return not text[text.rfind("\n", 0, start) + 1 : start].strip()


def _indentation(stop: Stop, index: int) -> int:
    """Columns of white space in front of the line of a word."""
    line = stop.source.line(stop.source.position(stop.words.starts[index])[0])
    return len(line) - len(line.lstrip())


def _unclosed(stop: Stop, brace: int, repair: Repair | None) -> Slip:
    owner = stop.owner_of(brace)
    what = "this `{`" if owner is None else f"the `{{` of {stop.named(owner)}"
    where = "the text ends here" if stop.kind == END else "it should be closed before this"
    left = [one for one in stop.open if stop.words.kinds[one] == "LBRACE"][-1 if repair else 0 :]
    diagnostic = stop.says(
        "E0101",
        f"{what} is not closed",
        "write `}` where it is to end",
        span=stop.words.span(brace),
        others=(Label(stop.span, where),),
        edits=stop.put_behind(-1, "".join(_closing(stop, one) for one in reversed(left))),
        sure=stop.inside == "LBRACE" and brace == stop.open[-1] and all(_is_alone(stop, one) for one in left),
    )
    return Slip(diagnostic, repair)


def _closing(stop: Stop, brace: int) -> str:
    """What closes it: a brace on a line of its own, indented as where it was opened, unless all stands on one line."""
    if stop.kind != END and not stop.is_first_on_line:
        return " }"
    return "\n" + " " * _indentation(stop, brace) + "}"


def _is_alone(stop: Stop, brace: int) -> bool:
    """Whether it is the last brace of its line, so that no brace behind it can have closed it."""
    line = stop.line(brace - stop.index)
    braces = (index for index in range(brace + 1, stop.index) if stop.words.kinds[index] in ("LBRACE", "RBRACE"))
    return next((stop.line(index - stop.index) for index in braces), line + 1) != line


def surplus(stop: Stop) -> Slip | None:
    """A closing bracket that closes nothing, or one too many in front of a network's further members."""
    if not stop.open and stop.kind in MEMBERS and stop.at(-1) == "RBRACE":
        return _closed_early(stop)
    if stop.kind not in CLOSING or stop.kind in [OPENING[stop.words.kinds[index]] for index in stop.open]:
        return None
    if stop.inside in BRACKETS and stop.accepts(OPENING[stop.inside]) and not _closes_soon(stop, 1):
        return None  # it stands where another kind was to close
    remedy = "take it out, or look above for a bracket that was to be opened"
    diagnostic = stop.says("E0102", f"this `{stop.text}` closes nothing", remedy, edits=stop.instead(""))
    return Slip(diagnostic, Repair(stop.index, 1))


def _closed_early(stop: Stop) -> Slip | None:
    """A member behind a network's end, and a brace too many further on."""
    depth = 0
    for index in range(stop.index, len(stop.words.kinds)):
        kind = stop.words.kinds[index]
        depth += (kind == "LBRACE") - (kind == "RBRACE")
        if kind in DEFINITIONS:
            return None
        if depth < 0:
            others = (Label(stop.span, "this follows"),)
            remedy = "take this brace out, if what follows belongs inside"
            span, edits = stop.span_at(-1), stop.instead("", stop.span_at(-1))
            message = "this `}` closes too early"
            return Slip(stop.says("E0102", message, remedy, span=span, others=others, edits=edits))
    return None
