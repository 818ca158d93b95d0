"""What a mistake says where its word is another tool's: the cause, the remedy with the place's values, its edits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Source, Span
from resnet_dsl.vocabulary import values
from resnet_dsl.vocabulary.calls import ArgumentPiece, WrittenCall, call_around, call_holding, read_call
from resnet_dsl.vocabulary.table import find, meant, modules, names_behind, plain, words
from resnet_dsl.vocabulary.translating import Translation, advice, translate, translated

_COUNTED = re.compile(r"\bx\s*$")
_BEHIND_ARROW = re.compile(r"->\s*$")
_DEFAULT = re.compile(r"\bdefault\s+$")
_VALUE_OF = re.compile(r"([^\W\d]\w*)\s*=\s*$")
_NEAR = 200  # characters in front of a word that are looked at


Where: TypeAlias = Literal["part", "network", "file"]
"""In which braces a call stands: among steps, directly in a network's, or in none."""


class VocabularyHint(NamedTuple):
    """``place``: what is at fault, the whole call where one is translated."""

    code: str
    message: str
    help: str
    place: Span
    notes: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    sure: bool = False

    @property
    def diagnostic(self) -> Diagnostic:
        place = Label(self.place)
        return Diagnostic(self.code, self.message, place, (), self.notes, self.help, self.edits, self.sure)


def of_statement(span: Span) -> VocabularyHint | None:
    """A word that begins a statement of Python."""
    remedy = words().python.get(span.text)
    message = f"`{span.text}` is Python's word, and the language has no such statement"
    return None if remedy is None else VocabularyHint("E0252", message, remedy, span)


def of_step(span: Span, own: Iterable[str] = ()) -> VocabularyHint | None:
    """What is called there, a layer, a function or a word, or is written as if it were called.

    ``own`` are steps and values that there are: what is one of them but for case and underscores is meant for it.
    """
    if plain(span.text) in map(plain, own):
        return None
    if (name := of_name(span.text, span)) is not None:
        return name._replace(code="E0201")
    found = translate(span.source.text, span.start)
    if found is None or not found.row.tool:
        return None
    return of_call(found, Span(span.source, found.call.start, found.call.end))


def of_call(found: Translation, place: Span, where: Where = "part") -> VocabularyHint:
    """A call that was translated; ``place`` is all that its remedy stands for."""
    if found.row.here and _DEFAULT.search(_before(place)):
        edit = Edit(place, found.alone)
        return VocabularyHint(
            "E0201", _message(found), f"write `default {found.alone}`", place, (), (edit,), not found.lost
        )
    written = VocabularyHint("E0201", _message(found), _remedy(found, place), place, _notes(found))
    if found.row.member:
        return _of_member(found, written, where)
    if where != "part" and found.text:
        return written._replace(help=f"{written.help}, in the braces of `stem`, `stage NAME` or `head`")
    edits, sure = _edits(found, place)
    return written._replace(edits=edits, sure=sure)


def of_unknown(call: WrittenCall, place: Span) -> VocabularyHint | None:
    """A function of another tool's that the table does not have."""
    if call.arguments is None or not (call.prefix.partition(".")[0] in modules() or _is_known_elsewhere(call)):
        return None
    near = nearest(call.name, names_behind(call.prefix))
    remedy = "the language has the operations in docs/operations.md; docs/coming_from.md says whose words they are"
    if near is not None:
        remedy = f"did you mean `{call.prefix}.{near}`?"
    return VocabularyHint("E0201", f"there is no operation, block or slot called `{call.path}`", remedy, place)


def _is_known_elsewhere(call: WrittenCall) -> bool:
    """Whether other tools have a layer of that name, under other modules: `hk.Conv2D`."""
    return call.prefix not in ("", "self") and call.name not in OPERATIONS and bool(find(call.name))


def _of_member(found: Translation, hint: VocabularyHint, where: Where) -> VocabularyHint:
    """A line that stands directly in a network."""
    if where == "network" and found.complete:
        return hint._replace(edits=(Edit(hint.place, found.text),), sure=True)
    return hint._replace(help=f"{hint.help}, directly in the network's braces")


def _before(span: Span) -> str:
    return span.source.text[max(0, span.start - _NEAR) : span.start]


def _message(found: Translation) -> str:
    call, row = found.call, found.row
    if row.none or row.row:
        whose = f", which is {row.word}" if row.word != "another word" else ""
        return f"there is no operation, block or slot called `{call.path}`{whose}"
    step = row.member or row.step_of(call.name)
    is_several = step == "identity" or "pointwise by channels" in row.arguments.values()
    return f"`{call.path}` is {row.word} for `{found.text if is_several and found.text else step}`"


def _remedy(found: Translation, place: Span) -> str:
    row, text = found.row, found.text
    if row.none:
        return advice(row, found.call)
    if row.member:
        return f"write `{text or 'input 224x224x3'}`"
    if text and _is_several(found, place):
        return f"put the steps into a block, and repeat that: `block NAME {{ {text} }}`"
    lost = "; ".join(f"without `{name}`: {why}" for name, why in found.lost)
    return f"{f'write `{text}`' if text else _pattern(found)}{', ' if lost else ''}{lost}"


def _pattern(found: Translation) -> str:
    """How the step is called, where the call itself cannot be translated."""
    if found.row.row:
        return "steps stand behind one another: `conv(64, 3) -> norm -> act`"
    step = found.row.step_of(found.call.name)
    operation = OPERATIONS[step.partition("(")[0]]
    if operation.many:
        return f"write `{step}(a, b)`, with the names of values"
    needed = ", ".join(one.name for one in operation.parameters if one.required)
    written = step if "(" in step or not needed else f"{step}({needed})"
    return f"write it as in `{written}`" + (f"; {found.row.note}" if found.row.note else "")


def _notes(found: Translation) -> tuple[str, ...]:
    """What the tool does otherwise than papers, where nothing is said."""
    if not found.text or found.row.member:
        return ()
    if found.text == found.usual:
        return found.told
    if found.text.startswith("skip"):
        return (*found.told, "`x` is a word of the language: what flows needs no name")
    tool = "it" if found.row.word == "another word" else found.row.tool
    if found.lost:
        return (*found.told, f"papers mostly have `{found.usual}`")
    return (*found.told, f"that is what {tool} computes; papers mostly have `{found.usual}`")


def _edits(found: Translation, place: Span) -> tuple[tuple[Edit, ...], bool]:
    if not found.complete or _is_several(found, place) or "#" in place.text:
        return (), False
    return (Edit(place, found.text),), found.exact


def _is_several(found: Translation, place: Span) -> bool:
    """Whether several steps would come where one alone can stand: behind a count, or from a value behind an arrow."""
    front = _before(place)
    from_value = bool(found.call.applied) and bool(_BEHIND_ARROW.search(front))
    return " -> " in found.text and (from_value or bool(_COUNTED.search(front)))


def of_argument(callee: str, name: str, span: Span, known: Iterable[str]) -> VocabularyHint | None:
    """An argument that a step or block does not have, which other tools call so; ``known`` are those that it has."""
    known = [*known]
    why = _what_argument(callee, name, known)
    if why is None or (not arguments_meant(name, known) and nearest(name, known)):
        return None
    call = call_around(span.source.text, callee, span.start)
    operation = OPERATIONS.get(callee)
    if call is None or operation is None or known != [one.name for one in operation.parameters]:
        return _renamed(callee, name, span, known, call)
    in_default = bool(_DEFAULT.search(_before(Span(span.source, call.start, call.end))))
    found = translated(call, span.source.text)
    assert found is not None
    place = Span(span.source, call.start, call.end)
    text = found.alone if in_default else found.text
    message = f"`{callee}` has no argument `{name}`: {why}"
    if name in dict(found.lost) or not text:
        return VocabularyHint("E0202", message, _other_value(operation, name, known), span)
    if in_default:
        return VocabularyHint(
            "E0202", message, f"write `default {text}`", span, (), (Edit(place, text),), not found.lost
        )
    return VocabularyHint("E0202", message, _remedy(found, place), span, (), *_edits(found, place))


def _other_value(operation: Operation, name: str, known: list[str]) -> str:
    """What to do with another tool's argument whose value is none here: what it takes, where there is one like it."""
    here = operation.parameter(next(iter(arguments_meant(name, known)), ""))
    return "leave it out" if here is None else f"write `{here.name} = …`, which takes {here.kind.wants}"


def of_needless(name: str, span: Span) -> VocabularyHint | None:
    """What other tools must be told, asked for as a value: `if training { … }`."""
    why = words().needless.get(name)
    return (
        None
        if why is None
        else VocabularyHint("E0208", f"there is no `{name}`: {why}", "leave out what asks for it", span)
    )


def step_in_quotes(text: str) -> str | None:
    """The step that a text in quotes names, as other tools name activations and norms: `"relu"`, `"batchnorm"`."""
    word = values.unquoted(text) or ""
    found = translate(word)
    return word if word in OPERATIONS else found.text if found is not None and found.complete else None


def of_value(callee: str, span: Span) -> VocabularyHint | None:
    """What an operation without arguments is called on: `relu(conv(16, 3))`; ``span`` is the value."""
    call = call_around(span.source.text, callee, span.start) if callee in OPERATIONS else None
    found = None if call is None else translated(call)
    if found is None or not found.complete or not is_called_on_value(found):
        return None
    return of_flow(found, Span(span.source, found.call.start, found.call.end))


def is_called_on_value(found: Translation | None) -> bool:
    """Whether an operation that takes nothing in brackets is given something."""
    operation = OPERATIONS[found.call.path] if found is not None and found.call.arguments else None
    return operation is not None and not operation.parameters and not operation.many


def of_flow(found: Translation, place: Span) -> VocabularyHint:
    """A step that is called on what flows into it: `conv(16, 3)(in)`."""
    message = f"`{found.call.name}` is a step: what flows into it stands in front"
    return VocabularyHint("E0251", message, f"write `{found.text}`", place, (), *_edits(found, place))


def of_arguments(found: Translation, source: Source) -> VocabularyHint | None:
    """The first argument of an operation's call that is another tool's, or has another tool's value."""
    known = [one.name for one in OPERATIONS[found.call.path].parameters]
    for one in found.call.arguments or ():
        if one.name and one.name not in known and is_argument(one.name):
            return of_argument(found.call.path, one.name, Span(source, one.start, one.start + len(one.name)), known)
        if one.name in known and (hint := of_function(Span(source, one.end - len(one.value), one.end))) is not None:
            return hint
    return None


def of_function(span: Span) -> VocabularyHint | None:
    """A value that another tool makes by a call, `init = HeNormal()`; ``span`` is where it begins."""
    value_of, call = _VALUE_OF.search(_before(span)), read_call(span.source.text, span.start)
    if value_of is None or call is None:
        return None
    place = Span(span.source, call.start, call.end)
    here = values.word(value_of[1], place.text)
    if here is None or here == place.text:
        return None
    return VocabularyHint(
        "E0206", f"`{place.text}` is `{here}` here", f"write `{here}`", place, (), (Edit(place, here),), True
    )


def _what_argument(callee: str, name: str, known: list[str]) -> str | None:
    table = words()
    if here := arguments_meant(name, known):
        return f"it is `{here[0]}` here"
    if name in table.steps and callee not in OPERATIONS:
        return "a block calls slots, such as `act`, and `use act = silu` fills them"
    for sentences in (table.otherwise, table.steps, table.labels, table.needless, table.nowhere):
        if name in sentences:
            return sentences[name]
    return None


def _renamed(callee: str, name: str, span: Span, known: list[str], call: WrittenCall | None) -> VocabularyHint:
    """An argument of a block."""
    here, why = arguments_meant(name, known), _what_argument(callee, name, known)
    message = f"`{callee}` has no argument `{name}`: {why}"
    if not here:
        return VocabularyHint("E0202", message, "leave it out", span)
    given = [one.value for one in (call.arguments or () if call is not None else ()) if one.start == span.start]
    edits = (Edit(span, here[0]),)
    return VocabularyHint("E0202", message, f"write `{here[0]} = {given[0] if given else '…'}`", span, (), edits, True)


def arguments_meant(name: str, known: Iterable[str]) -> list[str]:
    """The arguments that another tool's word may mean, of those that there are."""
    known = [*known]
    return [one for one in words().arguments.get(name, ()) if one in known]


def is_argument(name: str) -> bool:
    """Whether other tools have an argument of that name."""
    table = words()
    return any(name in one for one in (table.arguments, table.steps, table.labels, table.needless, table.nowhere))


def of_word(parameter: str, word: str, span: Span) -> VocabularyHint | None:
    """A word that an argument does not take, which other tools have for one that it takes."""
    here = meant(words().values.get(parameter, {}), word)
    if here is None or here == word:
        return None
    return VocabularyHint("E0206", f"`{word}` is `{here}` here", f"write `{here}`", span, (), (Edit(span, here),), True)


def of_activation(span: Span) -> VocabularyHint | None:
    """`dense(10, softmax)`, `conv(16, 3, "relu")`: an activation among an operation's arguments, which is a step."""
    step = step_in_quotes(f'"{values.unquoted(span.text) or span.text}"')
    call = call_holding(span.source.text, span.start)
    if step is None or call is None or call.path not in OPERATIONS or _takes_something(step):
        return None
    named = tuple(_named(one, span) for one in call.arguments or ())
    found = translated(call._replace(arguments=named), span.source.text)
    if found is None or not found.complete:
        return None
    message = f"`{call.path}` takes no activation: that is a step of its own, behind it"
    place = Span(span.source, call.start, call.end)
    return VocabularyHint("E0206", message, _remedy(found, place), span, (), *_edits(found, place))


def _takes_something(step: str) -> bool:
    return any(one.required for one in OPERATIONS[step.partition("(")[0]].parameters)


def _named(one: ArgumentPiece, span: Span) -> ArgumentPiece:
    """An argument, that at a place as an activation."""
    return one._replace(name="activation") if one.end == span.end else one


def of_name(name: str, span: Span) -> VocabularyHint | None:
    """A name that code gives to a value which the language has by another."""
    here = words().names.get(name)
    if here is None:
        return None
    message = f"there is no `{name}`: the network's input is `{here}`"
    return VocabularyHint("E0208", message, f"write `{here}`", span, (), (Edit(span, here),))


def of_slot(name: str, span: Span, known: Iterable[str]) -> VocabularyHint | None:
    """A slot that the prelude calls otherwise; where the file's own slots are ``known``, they alone are meant."""
    here = meant(words().slots, name)
    if here is None or here not in known:
        return None
    message = f"there is no slot called `{name}`: it is `{here}` here"
    return VocabularyHint("E0214", message, f"write `use {here} = …`", span, (), (Edit(span, here),), True)
