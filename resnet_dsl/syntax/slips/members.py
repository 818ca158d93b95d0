"""Names with values among a network's members, and networks that are derived in other languages' words."""

from __future__ import annotations

import re
from functools import cache

from resnet_dsl import resources
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.syntax.slips.groups import DEFINITIONS, MEMBERS, SETTINGS, STARTS
from resnet_dsl.syntax.slips.sizes import size_of
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line
from resnet_dsl.syntax.words import END
from resnet_dsl.vocabulary.table import words

_MEMBERS = {*STARTS} - {"IF"}  # a value may be chosen by an `if`
_DERIVING = {"extends", "extend", "extending", "derives", "inherit", "inherits", "of", "is", "like", "as", "based"}
_FUNCTIONS = {"min", "max", "round", "ceil", "floor", "sqrt", "log2", "len"}
_VALUES = re.compile(r"\[?[\w\s,]+\]?")
_LEAVING = {"remove", "delete", "del", "drop", "without", "exclude", "omit"}
_CHANGING = {"replace", "override", "change", "redefine", "modify", "add", "insert", "append"}
_SLOT = re.compile(r"^slot (\w+)", re.MULTILINE)


def named_value(stop: Stop) -> Slip | None:
    """``classes = 5``, ``norm = groupnorm(8)``, ``width: 64`` where a network's members, or definitions, stand."""
    sign = 2 if stop.text_at(1) == ":" and stop.at(2) == "EQUAL" else 1
    if stop.kind != "NAME" or not (stop.at(sign) == "EQUAL" or stop.text_at(1) == ":") or not stop.accepts("LET"):
        return None
    if (
        stop.at(sign + 1) == "LBRACE"
        or stop.inside not in ("", "LBRACE")
        or (stop.owner_kind != "NETWORK" and stop.open)
    ):
        return None
    if stop.at(sign + 1) in DEFINITIONS:
        return None if stop.open else Slip(_definition(stop, sign + 1))
    end = _end(stop, sign + 1)
    if end == stop.index + sign + 1:
        return None
    if (said := _member(stop, sign, end) or _of_training(stop, end)) is not None:
        return said
    diagnostic = _given_to_base(stop, end) or _slot(stop, sign) or _chain(stop, sign) or _let(stop, sign)
    return Slip(diagnostic, Repair(stop.index, end - stop.index))


def _end(stop: Stop, start: int) -> int:
    """Behind the last word of a value: on the line, and in front of what begins a member."""
    return stop.until("RBRACE", "COMMA", *_MEMBERS, start=start)


def _given_to_base(stop: Stop, end: int) -> Diagnostic | None:
    """A parameter of the base, or of the network itself, that is given in its braces."""
    if stop.owner_kind != "NETWORK" or stop.owner is None:
        return None
    own, base = stop.words.text(stop.owner + 1), base_of(stop, stop.owner)
    parameters = parameters_of(stop, base) if base else None
    given = f"{stop.text} = {stop.between(stop.index + 2, end).text}"
    if base is None:
        return _own_parameter(stop, own, end, given) if stop.text in (parameters_of(stop, own) or ()) else None
    if stop.text in slots(stop) or (parameters is not None and stop.text not in parameters):
        return None
    at = next(i for i in range(stop.owner, stop.index) if stop.words.kinds[i] == "FROM") + 1
    edits = _into_brackets(stop, at, given), Edit(stop.between(stop.index, end), "")
    remedy = f"write `network {own} from {base}({given}) {{ … }}`"
    if parameters is None:
        remedy += f", or `let {given}` for a value of its own"
    message = f"a parameter of the base `{base}` is given in brackets"
    return stop.mended("E0148", message, *edits, remedy=remedy, span=stop.span, sure=parameters is not None)


def _into_brackets(stop: Stop, name: int, given: str) -> Edit:
    """An argument behind a name: its brackets are opened, or it becomes their last."""
    words = stop.words
    closing = stop.closing(name + 1) if words.kinds[name + 1] == "LPAR" else None
    if closing is None:
        return Edit(words.span(name), f"{words.text(name)}({given})")
    comma = "" if closing == name + 2 or words.kinds[closing - 1] == "COMMA" else ","
    return Edit(words.span(closing), f"{comma} {given})" if closing > name + 2 else f"{given})")


def base_of(stop: Stop, network: int) -> str | None:
    """The name of the network that one derives from, None where it derives from none."""
    words = stop.words
    behind = next((i for i in range(network, len(words.kinds)) if words.kinds[i] in ("FROM", "LBRACE")), None)
    return words.text(behind + 1) if behind is not None and words.kinds[behind] == "FROM" else None


def parameters_of(stop: Stop, name: str) -> set[str] | None:
    """The parameters of a network of this text and of its bases, None where one of them stands elsewhere."""
    networks, found = stop.defined("NETWORK"), set[str]()
    while name in networks:
        at = networks.pop(name)
        if stop.words.kinds[at + 2] == "LPAR" and (closing := stop.closing(at + 2)) is not None:
            found |= {item.text.split("=")[0].strip() for item in stop.items(at + 3, closing)}
        base = base_of(stop, at)
        if base is None:
            return found
        name = base
    return None


def _own_parameter(stop: Stop, own: str, end: int, given: str) -> Diagnostic:
    remedy = f"write its default there: `network {own}(… {given}) {{ … }}`, and leave this line out"
    return stop.says("E0148", f"`{stop.text}` is a parameter of `{own}`", remedy)


def slots(stop: Stop) -> set[str]:
    """The slots of the prelude, and those that the text defines."""
    return {*_slots_of_prelude(), *stop.defined("SLOT")}


@cache
def _slots_of_prelude() -> frozenset[str]:
    return frozenset(_SLOT.findall(resources.prelude_text()))


def _slot(stop: Stop, sign: int) -> Diagnostic | None:
    if stop.text not in slots(stop) or not stop.open:
        return None
    edits = (Edit(stop.span.front, "use "), *_equal(stop, sign))
    remedy = f"write `use {stop.text} = …`"
    return stop.mended("E0148", f"`{stop.text}` is a slot: a setting fills it", *edits, remedy=remedy, span=stop.span)


def _definition(stop: Stop, keyword: int) -> Diagnostic:
    """``model = network(…)``."""
    word = stop.text_at(keyword)
    message = f"`{word}` begins a definition, which has its name behind this word"
    return stop.says("E0125", message, f"write `{word} {stop.text} {{ … }}`", span=stop.span_at(0, keyword))


def _member(stop: Stop, sign: int, end: int) -> Slip | None:
    """``input_shape = (32, 32, 3)``, ``outputs = [conv2, conv3]``: members of a network that are called otherwise."""
    here = words().statements.get(stop.text, "")
    written = in_line(stop.between(stop.index + sign + 1, end))
    values = {"input": size_of(written), "output": written if _VALUES.fullmatch(written) else None}
    value = values.get(here)
    if stop.owner_kind != "NETWORK" or value is None:
        return None
    edit = Edit(stop.between(stop.index, end), f"{here} {value.strip('[] ')}")
    diagnostic = stop.mended("E0148", f"`{stop.text}` is said by `{here}`", edit, span=stop.span, sure=False)
    return Slip(diagnostic, Repair(stop.index, end - stop.index, ("INPUT", "NUMBER") if here == "input" else ()))


def _of_training(stop: Stop, end: int) -> Slip | None:
    """``batch_size = 32``, unless something in the text asks for it."""
    remedy = words().trained.get(stop.text)
    if remedy is None or len(re.findall(rf"\b{stop.text}\b", stop.source.text)) > 1:
        return None
    message = f"`{stop.text}` says how a network is trained, and stands in no spec"
    return Slip(stop.says("E0252", message, remedy), Repair(stop.index, end - stop.index))


def _equal(stop: Stop, sign: int) -> tuple[Edit, ...]:
    """The sign behind the name as `=`."""
    if stop.at(1) == "EQUAL":
        return ()
    return (Edit(stop.span_at(1, sign), " =" if stop.touches(0) else "="),)


def _chain(stop: Stop, sign: int) -> Diagnostic | None:
    """Steps under a name, which belong in a part, or in a block."""
    first, second = stop.at(sign + 1), stop.at(sign + 2)
    arrow = stop.words.kinds[stop.until("ARROW", start=sign)] == "ARROW"
    is_call = first == "NAME" and second == "LPAR" and stop.text_at(sign + 1) not in _FUNCTIONS
    end = _end(stop, sign + 1)
    is_count = ["X", "NAME", "LPAR"] in [stop.words.kinds[i : i + 3] for i in range(stop.index, end)]
    listed = _listed(stop, stop.index + sign + 1)
    if not is_call and not arrow and not is_count and not listed:
        return None
    if stop.open:
        value = listed or in_line(stop.between(stop.index + sign + 1, end))
        remedy = f"write `stage {stop.text} {{ {value} }}`, or put it in the braces of another part"
        return stop.says("E0120", "a step does not stand directly in a network", remedy)
    remedy = f"write `block {stop.text} {{ … }}`, or `slot {stop.text} = …` where settings are to fill it"
    return stop.says("E0120", "a step does not stand outside of all braces", remedy)


def _listed(stop: Stop, opening: int) -> str:
    """``[conv(16, 3), norm]`` as a chain, "" for a list of anything else."""
    closing = stop.closing(opening) if stop.words.kinds[opening : opening + 3] == ["LSQB", "NAME", "LPAR"] else None
    is_function = stop.words.text(opening + 1) in _FUNCTIONS
    if closing is None or is_function:
        return ""
    return " -> ".join(in_line(one) for one in stop.items(opening + 1, closing))


def _let(stop: Stop, sign: int) -> Diagnostic:
    edits = (Edit(stop.span.front, "let "), *_equal(stop, sign))
    value = " ".join(stop.between(stop.index + sign + 1, _end(stop, sign + 1)).text.split())
    remedy = f"write `let {stop.text} = {value}`"
    return stop.mended("E0125", "a `let` is missing", *edits, remedy=remedy, span=stop.span)


def unnamed_part(stop: Stop) -> Slip | None:
    """``conv2 { … }`` for ``stage conv2 { … }``, ``small { input … }`` for a network."""
    behind = stop.closing(stop.index + 1) if stop.at(1) == "LPAR" else stop.index
    if stop.kind != "NAME" or behind is None or stop.words.kinds[behind + 1] != "LBRACE":
        return None
    if stop.owner_kind == "NETWORK" and stop.accepts("STAGE"):
        word = "stage"
    elif not stop.open and stop.accepts("NETWORK"):
        word = "network" if stop.words.kinds[behind + 2] in MEMBERS else "block"
    else:
        return None
    edit = Edit(stop.span.front, f"{word} ")
    remedy = f"write `{word} {stop.text} {{ … }}`"
    diagnostic = stop.mended("E0125", f"a `{word}` is missing", edit, remedy=remedy, span=stop.span, sure=False)
    return Slip(diagnostic, Repair(stop.index, 0, (word.upper(),)))


def changed_part(stop: Stop) -> Slip | None:
    """``remove conv5``, ``replace head { … }``, ``add stage conv6 { … }`` in a derived network."""
    if stop.kind != "NAME" or stop.owner_kind != "NETWORK" or not stop.accepts("STAGE"):
        return None
    if stop.text in _CHANGING and stop.at(1) in (*MEMBERS, *SETTINGS):
        message = (
            f"the language has no `{stop.text}`: a member of a name of the base's takes its place, others are added"
        )
        diagnostic = stop.mended("E0107", message, Edit(stop.span, ""), remedy="leave it out")
        return Slip(diagnostic, Repair(stop.index, 1))
    name = 1 + (stop.at(1) == "STAGE")
    if stop.text not in _LEAVING or stop.at(name) not in ("NAME", "HEAD", "STEM"):
        return None
    part = stop.text_at(name) if stop.at(name) != "NAME" else f"stage {stop.text_at(name)}"
    edit = Edit(stop.span_at(0, name), f"{part} {{}}")
    message = f"the language has no `{stop.text}`: a part of a base is left out by empty braces"
    kinds = ("LBRACE", "RBRACE") if stop.at(name) != "NAME" else ("NAME", "LBRACE", "RBRACE")
    return Slip(
        stop.mended("E0107", message, edit, span=stop.span, sure=False),
        Repair(stop.index, name + 1, (part.split()[0].upper(), *kinds)),
    )


def derived_otherwise(stop: Stop) -> Slip | None:
    """``network a extends b { … }``, ``network a : b { … }``, ``network a = b(classes = 5)``."""
    head = stop.head
    if head is None or stop.words.kinds[head] != "NETWORK" or not stop.accepts("FROM"):
        return None
    if stop.text not in _DERIVING and stop.text not in (":", "=", "<"):
        return None
    base = 1 + (stop.text_at(1) in ("on", "from"))
    kind = stop.at(base + 1)
    if stop.at(base) != "NAME" or (kind not in ("LPAR", "LBRACE", END) and stop.line_end != stop.index + base + 1):
        return None
    sign = stop.span_at(0, base - 1)
    end = stop.closing(stop.index + base + 1) if kind == "LPAR" else stop.index + base
    if end is None:
        return None
    edits = [Edit(sign, "from" if stop.source.text[sign.start - 1].isspace() else " from")]
    has_braces = stop.words.kinds[end + 1] == "LBRACE"
    if not has_braces:
        edits.append(Edit(stop.words.span(end).behind, " {}"))
    written = " ".join(stop.between(stop.index + base, end + 1).text.split())
    remedy = f"write `network {stop.words.text(head + 1)} from {written} {{{' … ' if has_braces else ''}}}`"
    diagnostic = stop.mended("E0148", "a network is derived `from` another", *edits, remedy=remedy)
    also = () if has_braces else (Repair(end + 1, 0, ("LBRACE", "RBRACE")),)
    return Slip(diagnostic, Repair(stop.index, base, ("FROM",), also))
