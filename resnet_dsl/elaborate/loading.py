"""Reads a file with all that it imports, and makes a module of each."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

from resnet_dsl import shipped
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.ir.operation import RESERVED
from resnet_dsl.source import PRELUDE, Source, Span
from resnet_dsl.syntax import tree
from resnet_dsl.syntax.parser import Parsed
from resnet_dsl.syntax.reading import meant

_DEFINED = re.compile(r"^(?:shared\s+)?(?:block|slot|let|network)\s+(\w+)", re.MULTILINE)

_DEFINITION = re.compile(
    r"^[ \t]*(?:(?:shared\s+)?(?:block|network)\s+\w+\s*[({]|network\s+\w+\s+from\b|(?:let|slot)\s+\w+\s*=)",
    re.MULTILINE,
)
"""A definition's beginning: of a text without one, which somebody else's import names, no line is shown."""

MOST_FILES = 100
"""Files that one text may bring in, itself included."""

Parse: TypeAlias = Callable[[Source], Parsed]
Read: TypeAlias = Callable[[str], Source]


class Loader:
    """Reads a file and all that it imports. Mistakes are collected; ``main`` is what could be read."""

    def __init__(self, parse: Parse, read: Read, prelude: Source) -> None:
        self.parse = parse
        self.read = read
        self.diagnostics: list[Diagnostic] = []
        self.modules: dict[str, Module] = {}
        self.prelude = self._define(prelude)
        self._see(self.prelude)

    def load(self, source: Source) -> Module:
        """The module of a source, with its imports, which are read relative to the importing file."""
        main = self._define(source)
        self.modules[source.path or source.name] = main
        self._import_all(main)
        seen: set[Module] = set()
        while unseen := [one for one in dict.fromkeys(self.modules.values()) if one not in seen]:
            for module in unseen:
                self._see(module)
                self._find_bases(module)
            seen.update(unseen)
        return main

    def _find_bases(self, module: Module) -> None:
        """Reads the files that ship what a module's networks derive from, and nothing that it sees defines."""
        for name in module.bases_to_find():
            path = shipped.find(name)
            if path is not None and os.path.realpath(path) != module.source.path and not module.may_hold(name):
                found = self._shipped(path).own.get(name)
                if found is not None:  # a file that ships may be the one that is being edited
                    module.shipped[name] = found

    def _shipped(self, path: str) -> Module:
        """The module of a file that ships, with its imports."""
        target = os.path.realpath(path)
        if target not in self.modules:
            source = self.read(path)
            self.modules[target] = self._define(Source(source.name, source.text, target))
            self._import_all(self.modules[target])
        return self.modules[target]

    def _import_all(self, main: Module) -> None:
        """Depth first, with the path of imports at hand, so that a cycle can be shown."""
        pending: list[tuple[Module, Iterator[tree.ImportFile], tuple[str, ...]]] = [
            (main, iter(_imports(main.file)), (main.source.path or main.source.name,))
        ]
        while pending:
            module, imports, path = pending[-1]
            statement = next(imports, None)
            if statement is None:
                pending.pop()
                continue
            if not statement.path.text:
                module.blind = True
                continue
            try:
                found, fresh = self._import(module, statement, path)
            except DiagnosticError as mistake:
                self.diagnostics.append(mistake.diagnostic)
                module.blind = True
                continue
            module.imports.append((statement, found))
            if fresh:
                pending.append((found, iter(_imports(found.file)), (*path, str(found.source.path))))

    def _import(self, module: Module, statement: tree.ImportFile, path: tuple[str, ...]) -> tuple[Module, bool]:
        written = statement.path.text[1:-1]
        folder = os.path.dirname(module.source.path) if module.source.path else os.getcwd()
        target = _target(os.path.join(folder, written), statement)
        shown = os.path.join(os.path.dirname(module.source.name), written)
        if not os.path.lexists(target) and (ships := shipped.file_called(written)) is not None:
            target, shown = os.path.realpath(ships), ships
        if target in path:
            raise DiagnosticError(_cycle([*path[path.index(target) :], target], statement.path.span))
        if target in self.modules:
            return self.modules[target], False
        if len(self.modules) >= MOST_FILES:
            raise DiagnosticError(_too_many_files(statement.path.span))
        try:
            source = self.read(shown)
        except DiagnosticError as mistake:
            told = mistake.diagnostic
            near = meant(written, folder) if told.code == "E0001" else told.help
            remedy = near or suggestion(written, shipped.file_names())
            raise DiagnosticError(_unreadable(written, told.message, statement.path.span, remedy)) from None
        source = Source(source.name, source.text, target)
        if not _DEFINITION.search(source.text) and self.parse(source).mistakes:
            raise DiagnosticError(_unreadable(written, "it holds no definition, and is no spec", statement.path.span))
        found = self._define(source)
        self.modules[target] = found
        return found, True

    def _define(self, source: Source) -> Module:
        parsed = self.parse(source)
        self.diagnostics += parsed.mistakes
        module = Module(source, parsed.file)
        for definition in parsed.file.definitions:
            if isinstance(definition, tree.ImportFile):
                continue
            token = definition.name
            if token.text in RESERVED:
                self.diagnostics.append(_like_operation(token.text, token.span))
            elif token.text in module.own:
                first = module.own[token.text].tree.name.span
                self.diagnostics.append(errors.defined_twice("the name", token.text, token.span, first))
            else:
                module.own[token.text] = Definition(definition, module)
        if parsed.mistakes:
            module.lost = {*_DEFINED.findall(source.text), *parsed.lost} - {*module.own}
            module.unsound = parsed.unsound
            module.mended = parsed.mended
            module.blurred = parsed.blurred
            module.blind = not parsed.file.definitions
        return module

    def _see(self, module: Module) -> None:
        """Fills in the names that a module sees: the prelude's, then its imports', then its own."""
        prelude = self.prelude.own
        module.seen = {**prelude}
        first = {other: statement for statement, other in reversed(module.imports)}
        for other in module.imported():
            for name, definition in other.own.items():
                known = module.seen.get(name)
                if known is not None and known.module is not self.prelude and known != definition:
                    place = first[other].path.span
                    self.diagnostics.append(
                        errors.defined_twice("the imported name", name, place, known.tree.name.span)
                    )
                module.seen[name] = definition
        for name, definition in module.own.items():
            known = module.seen.get(name)
            shadows_slot = known is not None and module is not self.prelude and isinstance(known.tree, tree.Slot)
            span = definition.tree.name.span
            if known is not None and shadows_slot:
                self.diagnostics.append(_slot_exists(name, span, known.tree.name.span))
            elif known is not None and known.module is not self.prelude:
                self.diagnostics.append(errors.defined_twice("the name", name, span, known.tree.name.span))
            module.seen[name] = definition


def _imports(file: tree.File) -> list[tree.ImportFile]:
    return [definition for definition in file.definitions if isinstance(definition, tree.ImportFile)]


def _target(path: str, statement: tree.ImportFile) -> str:
    """The file behind all links."""
    try:
        return os.path.realpath(path)
    except ValueError:  # letters that the system's encoding of names has not
        reason = f"no file can be called so where names are in {sys.getfilesystemencoding()}"
        raise DiagnosticError(_unreadable(statement.path.text[1:-1], reason, statement.path.span)) from None


def _cycle(path: list[str], span: Span) -> Diagnostic:
    shown = " -> ".join(os.path.basename(one) for one in path)
    return Diagnostic(
        "E0212",
        f"files import each other in a circle: {shown}",
        Label(span, "this import closes the circle"),
        help="move what both need into a third file that imports neither",
    )


def _unreadable(written: str, reason: str, span: Span, remedy: str | None = None) -> Diagnostic:
    remedy = remedy or 'the path is relative to the file that imports; one that ships is `import "resnet/imagenet"`'
    return Diagnostic("E0213", f'cannot import "{written}": {reason}', Label(span), help=remedy)


def _too_many_files(span: Span) -> Diagnostic:
    message = f"more than {MOST_FILES} files are imported"
    return Diagnostic("E0213", message, Label(span), help="put what they define into fewer files")


def _like_operation(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0209",
        f"`{name}` is an operation of the language, and cannot be defined anew",
        Label(span),
        help="give the definition another name",
    )


def _slot_exists(name: str, span: Span, first: Span) -> Diagnostic:
    in_prelude = first.source.name == PRELUDE
    return Diagnostic(
        "E0209",
        f"the slot `{name}` is declared twice",
        Label(span, "the prelude has it already" if in_prelude else "again"),
        () if in_prelude else (Label(first, "the first one"),),
        help=f"to fill it, write `use {name} = …` in a network; a slot of your own needs another name",
    )
