"""Texts in quotes, numbers, and values of other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resnet_dsl.diagnostics.alike import latin, told_apart
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import OPENING
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import END, FOREIGN, MALFORMED, QUOTED, STRANGE, UNCLOSED

_CURLY = "“”„‟«»‘’‚"
_SMALL_SUFFIX = re.compile(r"[\d_]+(\.\d+)?[kmgt]")
_PLAIN = re.compile(r"[\w./-]+")
_OPEN_POINT = re.compile(r"\d[\d_]*\.")


def quotes(stop: Stop) -> Slip | None:
    """A text that is not closed, or stands in other quotes than ``"``, or in none."""
    if stop.kind == UNCLOSED or (stop.kind == QUOTED and (len(stop.text) == 1 or not stop.text.endswith("'"))):
        remedy = 'write `"` at the end of the text: it cannot go on in the next line'
        return Slip(
            stop.says("E0111", "this text is not closed", remedy), stop.replaced("STRING", 1, *_swallowed(stop))
        )
    if stop.kind == QUOTED:
        plain = f'"{stop.text[1:-1]}"'
        message, edits, sure = "a text stands in double quotes", stop.instead(plain), plain.count('"') == 2
        diagnostic = stop.says("E0112", message, f"write `{plain}`", edits=edits, sure=sure)
        return Slip(diagnostic, stop.replaced("STRING"))
    return _curly(stop) or _unquoted(stop)


def _swallowed(stop: Stop) -> Iterator[str]:
    """The brackets that a text which is not closed has taken in, as far as they are those that are open."""
    closing = [OPENING[stop.words.kinds[index]] for index in stop.open]
    for sign in stop.text.partition("#")[0]:
        if sign in ")]}" and closing and stop.kind_of(sign) == closing[-1]:
            yield closing.pop()


def _curly(stop: Stop) -> Slip | None:
    if stop.kind != STRANGE or stop.text not in _CURLY:
        return None
    text, start = stop.source.text, stop.span.start
    line_end = text.find("\n", start)
    line = text[start + 1 : line_end if line_end != -1 else None]
    inside = re.split(f'[{_CURLY}"]', line, maxsplit=1)[0]
    if len(inside) == len(line):
        return Slip(stop.says("E0112", "a text stands in double quotes", 'write `"`'))
    span = Span(stop.source, start, start + len(inside) + 2)
    count = sum(start <= word < span.end for word in stop.words.starts[:-1])
    message, edits = "a text stands in plain double quotes", stop.instead(f'"{inside}"', span)
    diagnostic = stop.says("E0112", message, f'write `"{inside}"`', span=span, edits=edits, sure=True)
    return Slip(diagnostic, stop.replaced("STRING", count))


def _unquoted(stop: Stop) -> Slip | None:
    """``import other.resnet``, ``conv(64, 3) as first``."""
    if (
        stop.is_first_on_line
        or stop.at(-1) not in ("IMPORT", "AS")
        or not stop.accepts("STRING")
        or stop.kind in (END, "LBRACE", "RBRACE", "AS")
        or (stop.at(-1) == "AS" and stop.at(1) == "LBRACE")
    ):
        return None
    count = 1
    while stop.at(count) not in ("", END, "COMMA") and stop.text_at(count) != ";" and stop.touches(count - 1):
        count += 1
    span = stop.span_at(0, count - 1)
    what = "the path of an import" if stop.at(-1) == "IMPORT" else "a label"
    message, edits = f"{what} stands in double quotes", stop.instead(f'"{span.text}"', span)
    sure = stop.at(count) not in ("STRING", "LBRACE") and _PLAIN.fullmatch(span.text) is not None
    diagnostic = stop.says("E0112", message, f'write `"{span.text}"`', span=span, edits=edits, sure=sure)
    return Slip(diagnostic, stop.replaced("STRING", count))


def number(stop: Stop) -> Slip | None:
    """``64k``, ``1.``, ``.5``, ``3conv``."""
    if stop.kind == "DOT" and stop.at(1) == "NUMBER" and stop.touches(0):
        span, edits = stop.span_at(0, 1), stop.instead("0.", stop.span)
        remedy = f"write `0.{stop.text_at(1)}`"
        diagnostic = stop.says("E0118", "a number begins with a digit", remedy, span=span, edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.kind != MALFORMED:
        return None
    remedy, edits, sure = "a name begins with a letter; a number may end in K, M, G or T", (), False
    if _SMALL_SUFFIX.fullmatch(stop.text):
        remedy = f"write `{stop.text.upper()}`: thousands are K, millions M, thousand millions G"
        edits, sure = stop.instead(stop.text.upper()), True
    elif _OPEN_POINT.fullmatch(stop.text):
        remedy = f"write `{stop.text}0`, or `{stop.text[:-1]}` where an integer is meant"
        edits = stop.instead(f"{stop.text}0")
    kind = "NAME" if stop.accepts("NAME") and not remedy.startswith("write") else "NUMBER"
    message = f"`{stop.text}` is neither a number nor a name"
    return Slip(stop.says("E0118", message, remedy, edits=edits, sure=sure), stop.replaced(kind))


def size(stop: Stop) -> Slip | None:
    """``224х224``, where the ``х`` is a Cyrillic or a Greek letter: a number and a name were read."""
    if stop.kind != "NAME" or stop.at(-1) != "NUMBER" or not stop.touches(-1):
        return None
    span = stop.span_at(-1, 0)
    meant = latin(span.text)
    if meant == span.text or stop.kind_of(meant) != "EXTENT":
        return None
    remedy, edits = told_apart(span.text, meant), stop.instead(meant, span)
    diagnostic = stop.says("E0114", "this only looks like a size", remedy, span=span, edits=edits, sure=True)
    return Slip(diagnostic, Repair(stop.index, 1))


def foreign_value(stop: Stop) -> Slip | None:
    """``True``, ``False``, ``None``."""
    if stop.kind != FOREIGN:
        return None
    word = stop.text.lower()
    if word == "none":
        remedy = "leave the argument out, or give a parameter a default that means the same"
        return Slip(stop.says("E0117", "the language has no `None`", remedy), stop.replaced("TRUE"))
    message, edits = f"the language has no `{stop.text}`", stop.instead(word)
    diagnostic = stop.says("E0117", message, f"write `{word}`", edits=edits, sure=True)
    return Slip(diagnostic, stop.replaced(word.upper()))
