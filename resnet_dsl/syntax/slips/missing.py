"""Something that was to stand there: a value, a name, a sign, braces; and one sign in place of another."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips import bodies
from resnet_dsl.syntax.slips.brackets import in_parameters
from resnet_dsl.syntax.slips.groups import AWAITING, BRACKETS, OWNERS, STATEMENTS, VALUES
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line, shown

_EXAMPLES = {
    "import": 'import "other.resnet"',
    "let": "let width = 64",
    "slot": "slot attn = identity",
    "block": "block pair(width) { … }",
    "network": "network small { … }",
    "stage": "stage conv2 { … }",
    "input": "input 224x224x3",
    "output": "output conv2, conv3",
    "expect": "expect params == 25.6M",
    "if": "if stride > 1 { … }",
    "repeat": "repeat 3 { … }",
    "use": "use act = silu",
    "default": "default conv(bias = true)",
    "from": "skip from in",
    "base": "network wider from small { … }",
    "via": "skip via project",
    "as": 'conv(64, 3) as "first"',
    "round": "repeat 3 as i { … }",
    "by": "skip by concat",
    "x": "3 x basic(64)",
    ".": "conv5.output",
}


_SIGNS_OF_SKIPS = ("=", ":", "(", ")", "are")
_OPERATORS = {"SIGN", "TIMES", "POWER", "AND", "OR"}
_BEGINS_STEP = {"NAME", "NUMBER", "IN", *STATEMENTS}
_ENDS_VALUE = {*VALUES, "RPAR", "RSQB"} - {*ROUND, "LSQB", "IF"}


def single_equal(stop: Stop) -> Slip | None:
    """``if a = b``, ``expect params = 25M``."""
    if stop.kind != "EQUAL" or stop.head_kind not in ("IF", "EXPECT", "LET", "REPEAT") or not stop.accepts("COMPARE"):
        return None
    remedy = "write `==`" + (" to compare, or a `let` for each name" if stop.head_kind == "LET" else "")
    message, sure = "values are compared with `==`; `=` gives a name", stop.head_kind != "LET"
    diagnostic = stop.says("E0105", message, remedy, edits=stop.instead("=="), sure=sure)
    return Slip(diagnostic, stop.replaced("COMPARE"))


def double_equal(stop: Stop) -> Slip | None:
    """``let a == 3``, ``use norm == groupnorm(32)``."""
    if stop.text != "==" or not stop.accepts("EQUAL"):
        return None
    message, edits = "a name is given with `=`; `==` compares", stop.instead("=")
    return Slip(stop.says("E0106", message, "write `=`", edits=edits, sure=True), stop.replaced("EQUAL"))


def chained_comparison(stop: Stop) -> Slip | None:
    """``0 < a < 3``."""
    if stop.kind != "COMPARE" or stop.accepts("COMPARE"):
        return None
    start = max(stop.open[-1] if stop.open else stop.first, stop.head or 0)
    earlier = [index for index in range(start, stop.index) if stop.words.kinds[index] == "COMPARE"]
    if not earlier or stop.at(-1) == "COMPARE":
        return None
    remedy = f"write `{_joined(stop, earlier[-1])}`"
    edits = stop.put_behind(-1, f" and {stop.text_at(-1)}") if stop.index - earlier[-1] == 2 else ()
    if stop.words.kinds[start] == "EXPECT":
        remedy, edits = "write two lines, each with its own `expect`", ()
    others = (Label(stop.words.span(earlier[-1]), "the first comparison"),)
    message = "two values are compared at a time"
    return Slip(stop.says("E0123", message, remedy, others=others, edits=edits, sure=bool(edits)))


def _joined(stop: Stop, earlier: int) -> str:
    """Two comparisons in place of one of three values, where each value is one word."""
    words = stop.words
    if stop.index - earlier != 2:
        return "a < b and b < c"
    middle = stop.text_at(-1)
    first = f"{words.text(earlier - 1)} {words.text(earlier)} {middle}"
    return f"{first} and {middle} {stop.text} {stop.text_at(1)}"


def mixed_up(stop: Stop) -> Slip | None:
    """``use conv(bias = true)``, ``default norm = groupnorm(32)``."""
    if stop.at(-1) != "NAME" or stop.at(-2) not in ("USE", "DEFAULT"):
        return None
    name = stop.text_at(-1)
    span = stop.span_at(-2, 0)
    if stop.at(-2) == "USE" and stop.kind == "LPAR":
        message = "`use` fills a slot; `default` changes the default arguments of a step"
        return Slip(stop.says("E0126", message, f"write `default {name}(…)`, or `use SLOT = {name}(…)`", span=span))
    if stop.at(-2) == "DEFAULT" and stop.kind == "EQUAL":
        message = "`default` changes the default arguments of a step; `use` fills a slot"
        edits = stop.instead("use", stop.span_at(-2))
        return Slip(stop.says("E0126", message, f"write `use {name} = …`", span=span, edits=edits))
    return None


def missing_value(stop: Stop) -> Slip | None:
    """``stage { … }``, ``import``, ``let a =``, ``conv(64, stride = )``, ``skip from``."""
    if stop.at(-1) not in AWAITING or not stop.accepts("NAME", "STRING"):
        return None
    what = "path" if stop.at(-1) == "IMPORT" else "value" if stop.accepts("NUMBER", "UNKNOWN") else "name"
    return Slip(missing_behind(stop, -1, what))


def missing_behind(stop: Stop, last: int, what: str = "value") -> Diagnostic:
    """That something is missing behind the word so many words away, with what stands there as a rule."""
    word = stop.text_at(last)
    example = _EXAMPLES.get(_place_of(stop, word))
    remedy, edits = f"write it as in `{example}`" if example else None, stop.instead("", stop.span_at(last))
    if stop.at(last) == "EQUAL" and stop.at(last - 1) == "NAME":
        remedy = f"give `{stop.text_at(last - 1)}` a value" + (", or leave it out" if stop.inside == "LPAR" else "")
    if stop.at(last) == "COMPARE":
        remedy = f"write behind it what `{stop.text_at(last - 1)}` is compared with"
    if is_operator := stop.at(last) in _OPERATORS:
        remedy = f"add it, or leave the `{word}` out"
    label, message = f"{shown(stop)} follows" if last == -1 else "", f"a {what} is missing behind `{word}`"
    place = stop.span_at(last)
    return stop.says("E0119", message, remedy, span=place, label=label, edits=edits if is_operator else ())


def _place_of(stop: Stop, word: str) -> str:
    """The example of a word, of which some stand in several statements."""
    if word == "from" and not stop.open:
        return "base"
    return "round" if word == "as" and stop.head_kind == "REPEAT" else word


def missing_else(stop: Stop) -> Slip | None:
    """``stride = if i == 0 { 2 }``: a statement may do without, a value may not."""
    if not stop.accepts("ELSE") or stop.accepts("NAME", "RBRACE", "STAGE"):
        return None
    diagnostic = stop.says(
        "E0140",
        "an `if` that gives a value needs an `else`",
        "write `if CONDITION { VALUE } else { VALUE }`",
        span=stop.span_at(-1),
        label="`else` is missing behind this",
    )
    return Slip(diagnostic, Repair(stop.index, 0, ("ELSE", "LBRACE", "NUMBER", "RBRACE")))


def chosen_steps(stop: Stop) -> Slip | None:
    """``y = if wide { conv(64) } else { conv(32) }``: steps are chosen by a statement."""
    if stop.kind != "IF" or stop.at(-1) != "EQUAL":
        return None
    said = f"{stop.text_at(-3)} {stop.text_at(-2)}" if stop.at(-3) == "USE" else stop.text_at(-2)
    remedy = f"write `if … {{ {said} = … }} else {{ {said} = … }}`: a name that is given inside is known behind it"
    return Slip(stop.says("E0120", "`if` chooses values in expressions; steps are chosen line by line", remedy))


def ternary(stop: Stop) -> Slip | None:
    """``2 if i == 0 else 1``, ``i == 0 ? 2 : 1``, also without spaces: ``i == 0?2:1``."""
    start = stop.head if stop.kind == "ELSE" and stop.head_kind == "IF" else stop.index
    is_word = start is not None and stop.words.kinds[start] == "IF" and _follows_value(stop, start)
    if not _stands_in_signs(stop) and not (is_word and (stop.kind == "ELSE" or stop.inside in BRACKETS)):
        return None
    message = "the condition stands in front of the values that it chooses from"
    return Slip(stop.says("E0116", message, "write `if CONDITION { VALUE } else { VALUE }`"))


def _follows_value(stop: Stop, index: int) -> bool:
    """Whether a word stands behind a value on its line."""
    kind, line = stop.words.kinds[index - 1], stop.line(index - 1 - stop.index)
    return index > stop.first and kind in _ENDS_VALUE and line == stop.line(index - stop.index)


def _stands_in_signs(stop: Stop) -> bool:
    """Whether this is in ``? VALUE :``, signs included: ``0?`` was read as an open length, and perhaps what follows.

    The text is asked, not its words, since a line may be as long as a file.
    """
    text, place = stop.source.text, stop.span
    begin = text.rfind("\n", 0, place.start) + 1
    front, mark, _ = text[begin : place.end].rpartition("?")
    colon = text.find(":", place.start)
    between = text[begin + len(front) + 1 : colon].strip()
    if not mark or colon < 0 or not between or not {*",:#\n"}.isdisjoint(between):
        return False
    last = front.rstrip()[-1:]
    return last.isalnum() or last in ("_", ")", "]", '"')


def missing_braces(stop: Stop) -> Slip | None:
    """``stage conv2 3 x bottleneck(64)``, ``if a conv(64, 3)``."""
    if stop.kind in ROUND and (stop.at(-4), stop.at(-3), stop.at(-2)) == ("STAGE", "NAME", "NAME"):
        return _arguments_behind_place(stop, stop.index - 4)
    head = stop.index - 1 if stop.at(-1) == "STEM" else stop.head
    if head is None or stop.words.kinds[head] not in OWNERS:
        return None
    if stop.words.kinds[head : head + 3] in (["HEAD", "NAME", "LPAR"], ["HEAD", "NAME", "ARROW"]):
        return _without_braces(stop, head, head + 1)
    if stop.words.kinds[head : head + 3] == ["STAGE", "NAME", "NAME"] and stop.index == head + 3:
        return _without_braces(stop, head, head + 2)
    if not stop.accepts("LBRACE") or (stop.inside in BRACKETS and head < stop.open[-1]):
        return None
    return _without_braces(stop, head, stop.index)


def _arguments_behind_place(stop: Stop, head: int) -> Slip | None:
    """``stage one after stem(stride = 2) { … }``."""
    closing = stop.closing(stop.index)
    if closing is None:
        return None
    brackets = stop.between(stop.index, closing + 1)
    edits = Edit(stop.words.span(head + 1).behind, brackets.text), Edit(brackets, "")
    remedy = (
        f"write `stage {stop.words.text(head + 1)}{brackets.text} {stop.between(head + 2, stop.index).text} {{ … }}`"
    )
    diagnostic = stop.mended("E0149", "a stage's arguments stand behind its name", *edits, remedy=remedy, span=brackets)
    return Slip(diagnostic, Repair(stop.index, closing + 1 - stop.index))


def _without_braces(stop: Stop, head: int, index: int) -> Slip:
    """``head``: the word that they belong to; ``index``: the one in front of which they were to begin."""
    what, end = stop.named(head) if index > head + 1 else f"`{stop.words.text(head)}`", stop.words.ends[index - 1]
    between = " …" if index - head > what.count(" ") + 1 else ""
    begins_line = stop.line(index - 1 - stop.index) != stop.line(index - stop.index)
    place = Span(stop.source, end, end) if begins_line else stop.words.span(index)
    holds_steps = stop.inside not in BRACKETS and stop.words.kinds[index] in _BEGINS_STEP
    body = bodies.body_without_sign(stop, index) if holds_steps else None
    remedy, repair = f"write {what[:-1]}{between} {{ … }}`", None
    edits = () if body is None else body.edits
    if body is not None:
        repair = Repair(index, 0, ("LBRACE",), bodies.around(stop, 0, (), body).also)
        if not begins_line:
            held = in_line(stop.between(body.first, body.last + 1))
            remedy = f"write `{in_line(stop.between(head, index))} {{ {held} }}`"
    message = f"the braces of {what} are missing"
    return Slip(stop.says("E0121", message, remedy, label="`{` is missing here", span=place, edits=edits), repair)


def missing_sign(stop: Stop) -> Slip | None:
    """``let a 3``, ``expect params 25M``, ``skips pad``."""
    if stop.text in ("is", "be", "to") and stop.at(-2) == "LET" and stop.accepts("EQUAL"):
        diagnostic = stop.mended("E0125", "a name is given with `=`", Edit(stop.span, "="))
        return Slip(diagnostic, stop.replaced("EQUAL"))
    if (
        stop.at(-2) in ("LET", "USE", "SLOT")
        and stop.accepts("EQUAL")
        and (stop.is_first_on_line or stop.kind == "RBRACE")
    ):
        example = _EXAMPLES[stop.text_at(-2)]
        message = f"`=` and a value are missing behind `{stop.text_at(-1)}`"
        return Slip(stop.says("E0119", message, f"write it as in `{example}`", span=stop.span_at(-1)))
    if stop.head_kind == "EXPECT" and stop.accepts("COMPARE") and (stop.is_first_on_line or stop.kind == "RBRACE"):
        message = f"a comparison and a value are missing behind `{stop.text_at(-1)}`"
        return Slip(stop.says("E0119", message, f"write it as in `{_EXAMPLES['expect']}`", span=stop.span_at(-1)))
    for sign, kind, what in (("=", "EQUAL", "an `=`"), ("==", "COMPARE", "a comparison, such as `==`,")):
        if not stop.accepts(kind) or stop.inside in BRACKETS or stop.kind not in VALUES:
            continue
        belongs = stop.head_kind == "EXPECT" if kind == "COMPARE" else stop.at(-2) in ("LET", "USE", "SLOT")
        if not belongs:
            continue
        end = stop.span_at(-1).end
        diagnostic = stop.says(
            "E0125", f"{what} is missing", f"write `{stop.text_at(-1)} {sign} {stop.text}`",
            span=Span(stop.source, end, end), label="here", edits=stop.put_behind(-1, f" {sign}"), sure=sign == "=",
        )  # fmt: skip
        return Slip(diagnostic, Repair(stop.index, 0, (kind,)))
    return None


def name_of_stage(stop: Stop) -> Slip | None:
    """``stage wide after { … }``, ``stage after conv2 { … }``, ``stage after stem { … }``."""
    for after, part in ((-2, -1), (-1, 0)):
        is_place = stop.at(part) == "STEM" or (part == -1 and stop.kind == "LBRACE")
        if stop.at(after - 1) == "STAGE" and stop.text_at(after) == "after" and is_place:
            message, remedy = (
                "the stage's own name is missing",
                f"write `stage NAME after {stop.text_at(part)} {{ … }}`",
            )
            return Slip(stop.says("E0119", message, remedy, span=stop.span_at(after)))
    if stop.text_at(-1) != "after" or stop.head_kind != "STAGE" or stop.at(-2) == "STAGE":
        return None
    message, remedy = "a stage's name is missing behind `after`", "write it as in `stage wide after conv2 { … }`"
    return Slip(stop.says("E0119", message, remedy, span=stop.span_at(-1)))


def way_of_skips(stop: Stop) -> Slip | None:
    """``skips pad``, ``skips on``, ``skips = off``, ``skips(off)``, ``skips false``."""
    if stop.at(-2) == "SKIPS":
        return _unfinished_skips(stop)
    if stop.text_at(-1) != "skips":
        return None
    first = next((i for i in range(stop.index, stop.line_end) if stop.words.text(i) not in _SIGNS_OF_SKIPS), None)
    word = "" if first is None else stop.words.text(first).lower()
    if word in ("on", "true", "yes", "always"):
        return _skips(stop, "via project", ", the default, or leave the line out")
    if word in ("off", "none", "false", "no", "never"):
        return _skips(stop, "off", "")
    return _missing_via(stop) if word and stop.kind == "NAME" else None


def _unfinished_skips(stop: Stop) -> Slip | None:
    """``skips always``, ``skips via off``."""
    if stop.at(-1) == "VIA" and stop.text == "off":
        edit, message = Edit(stop.span_at(-1, 0), "off"), "`off` is no step: no skip connection is made"
        return Slip(stop.mended("E0125", message, edit, remedy="write `skips off`"), stop.replaced("NAME"))
    if stop.at(-1) == "ALWAYS":
        message, remedy = "a `via` with steps is missing behind `always`", "write `skips always via project`"
        return Slip(stop.says("E0119", message, remedy, span=stop.span_at(-2, -1)))
    return None


def _skips(stop: Stop, way: str, otherwise: str) -> Slip:
    span = stop.between(stop.index - 1, stop.line_end)
    edit = Edit(Span(stop.source, span.start, max(span.end, stop.span.end)), f"skips {way}")
    sure = not otherwise
    diagnostic = stop.mended(
        "E0125", "`skips` says `off`, or `via` which steps", edit, remedy=f"write `skips {way}`{otherwise}", sure=sure
    )
    return Slip(diagnostic, Repair(stop.index, stop.line_end - stop.index, ("OFF",)))


def _missing_via(stop: Stop) -> Slip:
    edit, remedy = Edit(stop.span.front, "via "), f"write `skips via {stop.text}`"
    diagnostic = stop.mended("E0125", "a `via` is missing", edit, remedy=remedy, span=stop.span_at(-1, 0))
    return Slip(diagnostic, Repair(stop.index, 0, ("VIA",)))


def argument_sign(stop: Stop) -> Slip | None:
    """``conv(16, 3, stride 2)``: a name that nothing here has, and a value behind it."""
    if stop.inside != "LPAR" or stop.at(-1) != "NAME" or stop.at(-2) not in ("LPAR", "COMMA"):
        return None
    if stop.kind not in VALUES - {"NAME", *ROUND, "LSQB"} or in_parameters(stop) or stop.closing(stop.open[-1]) is None:
        return None
    name = stop.text_at(-1)
    if name in stop.numbers:
        return None
    edit, remedy = Edit(stop.span_at(-1).behind, " ="), f"write `{name} = {stop.text}`"
    message = "an `=` is missing behind an argument's name"
    return Slip(stop.mended("E0104", message, edit, remedy=remedy), Repair(stop.index, 0, ("EQUAL",)))


def missing_operator(stop: Stop) -> Slip | None:
    """``let a = 2 width``: two values with nothing between them."""
    if stop.kind not in VALUES or stop.is_first_on_line or stop.head_kind != "LET" or stop.open:
        return None
    remedy = f"write `{stop.text_at(-1)} * {stop.text}` where a product is meant"
    message, edits = "an operator is missing between two values", stop.put_behind(-1, " *")
    return Slip(stop.says("E0125", message, remedy, span=stop.span_at(-1, 0), edits=edits))
