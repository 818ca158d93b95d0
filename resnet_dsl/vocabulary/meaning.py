"""What a word of another tool is here, in sentences: for `explain`."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import listed
from resnet_dsl.vocabulary.table import WordRow, meant, plain, rows, words
from resnet_dsl.vocabulary.translating import advice, translate


def meaning(word: str) -> str | None:
    """What a word is here, as Markdown, a paragraph for each thing that it is elsewhere; None of what is no such word.

    It is the name of a layer or function, also with what stands in front of it (`nn.Conv2d`), of an argument, a value,
    a slot or a statement.
    """
    found = [*_calls(word), *_arguments(word), *_values(word), *_words(word)]
    return "\n\n".join(dict.fromkeys(found)) or None


def _calls(word: str) -> Iterator[str]:
    prefix, _, name = word.rpartition(".")
    named = [row for row in rows() if name in row.names] or [
        row for row in rows() if plain(name) in map(plain, row.names)
    ]
    for row in named:
        if (not prefix or prefix in row.prefixes) and (row.none or row.row or row.step_of(name) != word):
            yield (
                f"`{word}` is {row.word}: {advice(row)}."
                if row.none
                else f"`{word}` is {row.word} for {here(row, name)}."
            )


def here(row: WordRow, name: str) -> str:
    """What a name of a row is here: the step, what it is always given, and an example."""
    if row.row:
        said = "steps behind one another"
    elif row.member:
        said = f"the line `{row.member} SIZE` of a network"
    else:
        said = f"`{row.step_of(name)}`"
    examples = [one for one in row.examples if name in one] or [*row.examples]
    return said + "".join(f"; `{one}` is `{_translated(one)}`" for one in examples[:1]) + (row.note and f"; {row.note}")


def _translated(example: str) -> str:
    found = translate(example)
    assert found is not None
    return found.text


def _arguments(word: str) -> Iterator[str]:
    table = words()
    for name in table.arguments.get(word, ()):
        takers = [one.name for one in OPERATIONS.values() if one.parameter(name)]
        if takers:
            yield f"The argument `{word}` is `{name}` here; {listed(takers)} take{'s' * (len(takers) == 1)} it."
    for sentences in (table.otherwise, table.steps, table.labels, table.flows, table.needless, table.nowhere):
        if word in sentences:
            yield f"There is no argument `{word}` here: {sentences[word]}."


def _values(word: str) -> Iterator[str]:
    for name, table in words().values.items():
        if (value := meant(table, word)) and value != word:
            yield f"The value `{word}` is `{name} = {value}` here."
    if word in words().names:
        yield f"The value `{word}` is `{words().names[word]}` here."


def _words(word: str) -> Iterator[str]:
    table = words()
    if slot := meant(table.slots, word):
        yield f"The slot for `{word}` is `{slot}`: `use {slot} = …` fills it."
    if statement := table.statements.get(word):
        yield f"The language has no `{word}`: its word is `{statement}`."
    if remedy := table.python.get(word):
        yield f"The language has no `{word}`: {remedy}."
