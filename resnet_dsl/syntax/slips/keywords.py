"""Words that have a meaning of their own: misspelt, taken for names, or in the wrong place."""

from __future__ import annotations

from resnet_dsl.diagnostics.alike import latin
from resnet_dsl.diagnostics.diagnostic import Edit, Label
from resnet_dsl.diagnostics.nearest import asked, nearest
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips.brackets import closes_before, in_parameters
from resnet_dsl.syntax.slips.groups import DEFINITIONS, MEMBERS, NAMING, SETTINGS, STATEMENTS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, shown
from resnet_dsl.syntax.words import END, QUOTED
from resnet_dsl.vocabulary.table import words

_EXAMPLES = {"repeat": "repeat COUNT as i { … }", "else if": "else if CONDITION { … }"}
_ARGUMENTS = {
    "skip": "`skips off` in the braces of a network, a stage or a block leaves skip connections out",
    "skips": "`skips off` in the braces of a network, a stage or a block leaves skip connections out",
    "as": 'a layer is named behind its step: `conv(64, 3) as "first"`',
    "repeat": "a step is repeated by a count in front of it: `3 x basic(64)`",
}
_ITEM_ENDS = ("COMMA", "RPAR", "RSQB")
_LED_BY = ("VIA", "BY", "FROM", "AS", "EXPECT", "REPEAT", "IF", "USE", "DEFAULT")  # a value or a name stands behind
_PLACES = {
    DEFINITIONS: "at the top of a file, outside of all braces",
    MEMBERS: "directly in a network's braces",
    (*{*STATEMENTS} - {"LET"},): "among the steps of a block, a stage, a stem or a head",
    SETTINGS: "in the braces of a network, a stage or a block",
    ("ELSE",): "directly behind the braces of an `if`",
}


def misspelt(stop: Stop) -> Slip | None:
    """``netwrk a { }``, ``stge conv2 { }``, ``repat 3 { }``, and other languages' words."""
    for offset in _candidates(stop):
        word = stop.text_at(offset)
        if stop.at(offset) != "NAME" or stop.gives(word):
            continue
        known = _words_for(stop)
        elsewhere = words().statements.get(word)
        meant = elsewhere or nearest(word, known)
        if meant is None or meant.split()[0] not in known:
            continue
        kind = stop.machine.tables.keywords.get(meant, "")
        message, remedy = f"`{word}` is not known here", asked(word, meant)
        if elsewhere:
            message, remedy = f"the language has no `{word}`", f"write `{_EXAMPLES.get(meant, meant)}`"
        edits = () if elsewhere and meant in _EXAMPLES else stop.instead(meant, stop.span_at(offset))
        sure = not elsewhere and _is_alone(word, meant, known)
        diagnostic = stop.says("E0107", message, remedy, span=stop.span_at(offset), edits=edits, sure=sure)
        return Slip(diagnostic, stop.replaced(kind) if offset == 0 and stop.accepts(kind) else None)
    return None


def _is_alone(word: str, meant: str, known: list[str]) -> bool:
    """Whether no other word is near; of two or three letters, many are: `se` may be a block."""
    return latin(word) == meant or (len(word) > 3 and nearest(word, (one for one in known if one != meant)) is None)


def _candidates(stop: Stop) -> list[int]:
    """The word itself, and, where steps stand, what was taken for a step: the line's first word and the one before."""
    if stop.inside != "LBRACE" or stop.owner_kind == "NETWORK":
        return [0]
    offset = -1 if stop.is_first_on_line else 0
    line = stop.line(offset)
    while stop.at(offset - 1) not in ("", "LBRACE", "RBRACE") and stop.line(offset - 1) == line:
        offset -= 1
    return [0, *(place for place in (offset, -1) if place < 0 and stop.at(place + 1) not in ("LPAR", "EQUAL"))]


def _words_for(stop: Stop) -> list[str]:
    kinds = (*DEFINITIONS, *MEMBERS, *SETTINGS, *STATEMENTS)
    literals = stop.machine.tables.literals
    words = [literals[kind] for kind in kinds if stop.machine.accepts(kind)]
    if stop.at(-1) == "RBRACE" or stop.accepts("SKIP"):
        words.append("else")
    return words or ["skip", "repeat", "if", "else", "let", "use", "skips"]


def imported(stop: Stop) -> Slip | None:
    """``import "a" as b``, ``from "a" import b``."""
    if stop.kind == "AS" and stop.at(-2) == "IMPORT":
        end = stop.until(*DEFINITIONS, start=1)
        edit = Edit(stop.span_at(-1).behind.to(stop.between(stop.index, end)), "")
        remedy = f"leave `{stop.between(stop.index, end).text}` out: what the file defines keeps its names"
        diagnostic = stop.mended("E0120", "an import is given no name", edit, remedy=remedy, span=stop.span)
        return Slip(diagnostic, Repair(stop.index, end - stop.index))
    if stop.kind != "FROM" or stop.open or stop.at(1) not in ("STRING", QUOTED) or stop.at(2) != "IMPORT":
        return None
    edit = Edit(stop.between(stop.index, stop.line_end), f'import "{stop.text_at(1)[1:-1]}"')
    diagnostic = stop.mended("E0120", "an import brings all that the file defines", edit, span=stop.span)
    return Slip(diagnostic, Repair(stop.index, stop.line_end - stop.index, ("IMPORT", "STRING")))


def reserved(stop: Stop) -> Slip | None:
    """``let x = 3``, ``stage head { }``, ``conv(in = 3)``, ``x = conv(64, 3)``."""
    keywords = stop.machine.tables.keywords
    offset = 0
    if stop.kind == "EQUAL" and stop.at(-1) in _LED_BY:
        remedy, edit = "leave it out", Edit(stop.span, "")
        diagnostic = stop.mended("E0113", f"no `=` stands behind `{stop.text_at(-1)}`", edit, remedy=remedy)
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.kind == "EQUAL" and stop.text_at(-1) in keywords:
        offset = -1
    word = stop.text_at(offset)
    if word not in keywords or (offset == 0 and not stop.accepts("NAME")):
        return None
    starts_chain = word == "x" and stop.at(1) == "ARROW"
    behind = ("EQUAL", "COMMA", "RPAR", "RSQB", "DOT", *ROUND)
    if offset == 0 and stop.at(-1) not in NAMING and stop.at(1) not in behind and not starts_chain:
        return None
    if offset == 0 and stop.is_first_on_line and stop.at(1) != "EQUAL" and not starts_chain:
        return None
    if stop.inside == "LPAR" and stop.at(offset + 1) == "EQUAL" and not in_parameters(stop):
        return _as_argument(stop, offset)
    is_read = word == "x" and offset == 0 and bool(stop.open) and not in_parameters(stop) and stop.at(1) in _ITEM_ENDS
    remedy = "name what is meant where it is made, `out = …`, and write `out`" if is_read else ""
    diagnostic = stop.says(
        "E0108",
        f"`{word}` is a word of the language and cannot be a name",
        remedy or f"choose another name, such as `{word}_`",
        span=stop.span_at(offset),
    )
    return Slip(diagnostic, stop.replaced("NAME") if offset == 0 else None)


def _as_argument(stop: Stop, offset: int) -> Slip:
    """``basic(16, skip = false)``, ``conv(in = 3)``."""
    word = stop.text_at(offset)
    message = f"`{word}` is a word of the language, and no step has an argument of that name"
    remedy = words().flows.get("input" if word == "in" else word, _ARGUMENTS.get(word, "leave it out"))
    diagnostic = stop.says("E0108", message, remedy, span=stop.span_at(offset))
    return Slip(diagnostic, stop.replaced("NAME") if offset == 0 else None)


def chosen_part(stop: Stop) -> Slip | None:
    """``if deep { stage c { … } }``: an `if` among a network's members holds settings alone."""
    part = -1 if _begins_member(stop) else 0
    if stop.owner_kind not in ("IF", "ELSE") or stop.at(part - 1) not in ("LBRACE", "RBRACE"):
        return None
    if part == 0 and closes_before(stop):
        return None  # a brace is missing in front of it
    if part == 0 and stop.kind not in MEMBERS:
        return None
    remedy = "give what varies a parameter (`n x basic(64)`, `input if …`), or derive a network: `network NAME from …`"
    word = stop.text_at(part)
    message = f"`{word}` does not stand in an `if`, which holds settings alone among a network's members"
    return Slip(stop.says("E0120", message, remedy, span=stop.span_at(part), others=_inside(stop)))


def _begins_member(stop: Stop) -> bool:
    """Whether the word in front was to begin a member, and was read as a value."""
    is_size = stop.kind in ("NUMBER", "EXTENT", "UNKNOWN")
    return (stop.at(-1), stop.kind) == ("STEM", "LBRACE") or (stop.at(-1) == "INPUT" and is_size)


def misplaced_input(stop: Stop) -> Slip | None:
    """``stage a { input 32x32x3 }``."""
    if stop.at(-1) != "INPUT" or not _begins_member(stop):
        return None
    remedy = "`input` and a size stand directly in a network's braces; among steps it is the network's input"
    message = "`input` has no place here"
    return Slip(stop.says("E0120", message, remedy, span=stop.span_at(-1), others=_inside(stop)))


def misplaced(stop: Stop) -> Slip | None:
    """A keyword, or a step, in braces where its kind does not stand."""
    for kinds, place in _PLACES.items():
        if stop.kind in kinds:
            remedy = f"`{stop.text}` stands {place}"
            return Slip(stop.says("E0120", f"`{stop.text}` has no place here", remedy, others=_inside(stop)))
    if stop.kind == "NAME" and _is_among_members(stop):
        return _step(stop)
    if stop.kind != END and not stop.open and stop.accepts("NETWORK"):
        remedy = "a file holds `network NAME { … }`, `block NAME { … }`, `slot`, `let` and `import`"
        return Slip(
            stop.says("E0120", f"{shown(stop)} has no place outside of all braces", remedy, others=_closed(stop))
        )
    return None


def step_among_members(stop: Stop) -> Slip | None:
    """``dense(10)``, ``3 x basic(16)``, ``pool -> norm``: brackets, a count or an arrow say that it is no keyword."""
    closing = stop.closing(stop.index + 1) if stop.at(1) == "LPAR" else None
    is_call = closing is not None and stop.words.kinds[closing + 1] != "LBRACE"
    is_counted = stop.at(1) == "X" and stop.at(2) == "NAME"
    is_step = stop.kind == "NAME" and (is_call or stop.at(1) == "ARROW")
    is_meant = is_step or (is_counted and stop.kind in ("NAME", "NUMBER"))
    return _step(stop) if is_meant and _is_among_members(stop) else None


def _is_among_members(stop: Stop) -> bool:
    return stop.owner_kind == "NETWORK" and stop.inside == "LBRACE" and stop.accepts("STAGE")


def _step(stop: Stop) -> Slip:
    remedy = "put it in the braces of `stem`, `stage NAME` or `head`"
    return Slip(stop.says("E0120", "a step does not stand directly in a network", remedy, others=_inside(stop)))


def shared(stop: Stop) -> Slip | None:
    """``shared tower(w) { }``, ``shared network n { }``, ``block shared tower { }``."""
    if stop.at(-1) == "SHARED" and stop.kind == "NAME" and stop.at(1) != "NAME":
        remedy, edits = f"write `shared block {stop.text}`", stop.put_behind(-1, " block")
        message, span = "a `block` is missing behind `shared`", stop.span_at(-1, 0)
        diagnostic = stop.says("E0125", message, remedy, span=span, edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 0, ("BLOCK",)))
    if stop.at(-1) == "SHARED" and stop.kind != "NAME":
        remedy = "leave `shared` out, or write `shared block NAME { … }`"
        return Slip(stop.says("E0120", "a block alone can be shared", remedy, span=stop.span_at(-1, 0)))
    if stop.at(-2) == "BLOCK" and stop.text_at(-1) == "shared" and stop.kind == "NAME":
        remedy, edits = f"write `shared block {stop.text}`", stop.instead("shared block", stop.span_at(-2, -1))
        message, span = "`shared` stands in front of `block`", stop.span_at(-2, 0)
        return Slip(stop.says("E0120", message, remedy, span=span, edits=edits, sure=True))
    return None


def _inside(stop: Stop) -> tuple[Label, ...]:
    if stop.owner is None:
        return _closed(stop)
    owner = stop.owner
    return (Label(stop.words.span(owner), f"this is inside of {stop.named(owner)}"),)


def _closed(stop: Stop) -> tuple[Label, ...]:
    """Where the definition ended that the word was perhaps to belong to."""
    return (Label(stop.span_at(-1), "the definition above ends here"),) if stop.at(-1) == "RBRACE" else ()
