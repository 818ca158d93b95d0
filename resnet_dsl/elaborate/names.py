"""Names, checked over a whole file without running it: blocks that nothing calls and branches not taken, too.

Running a network finds the same mistakes in what it runs, with the same code at the same place; each is shown once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.order import MOST_FOUND
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.arithmetic import FUNCTIONS
from resnet_dsl.elaborate.circles import check_derivations, check_recursions
from resnet_dsl.elaborate.intended import is_followed, meant_parameters
from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION
from resnet_dsl.elaborate.merging import called, chain_of, compared_parameter, has_step_in_front, is_steps
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.ir.operations import OPERATIONS, WORDS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

if TYPE_CHECKING:
    from resnet_dsl.elaborate import unseen


def check_names(module: Module) -> tuple[Diagnostic, ...]:
    """The mistakes of names in a file's own definitions."""
    found: list[Diagnostic] = []
    own_names: dict[tree.Node, _OwnNames] = {}
    for definition in module.own.values():
        found += _Names(module, definition.tree, own_names).run()
        if len(found) > MOST_FOUND:
            break
    else:
        found += check_recursions(module)
    return (*found, *check_derivations(module))


class _OwnNames(NamedTuple):
    """The names that a definition gives, in the text's order: of `let`s, parameters and repeat indices; and of values,
    stages, inputs and heads."""

    constants: dict[str, None]
    values: dict[str, None]


class _Union:
    """Names of several definitions, which are not copied: thousands of networks may derive from one with thousands."""

    def __init__(self, *parts: dict[str, None]) -> None:
        self.parts = [*parts]

    def __contains__(self, name: object) -> bool:
        return any(name in one for one in self.parts)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.parts)


def _names_of(definition: tree.Node, known: dict[tree.Node, _OwnNames]) -> _OwnNames:
    """What a definition gives by itself; ``known`` keeps it, since every network that derives from it asks again."""
    if definition not in known:
        names = known[definition] = _OwnNames({}, {})
        for node in tree.walk(definition):
            kind = type(node)
            if kind in _VALUES:
                names.values[_VALUES[kind](node)] = None
            elif kind in _CONSTANTS and (token := _CONSTANTS[kind](node)) is not None:
                names.constants[token.text] = None
    return known[definition]


_VALUES: dict[type, Callable[[Any], str]] = {
    tree.Named: lambda node: node.target.token.text if isinstance(node.target, tree.Name) else node.target.name.text,
    tree.Stage: lambda node: node.name.text,
    tree.NamedInput: lambda node: node.name.text,
    tree.Head: lambda node: "head" if node.name is None else node.name.text,
}

_CONSTANTS: dict[type, Callable[[Any], tree.Token | None]] = {
    tree.Let: lambda node: node.name,
    tree.Parameter: lambda node: node.name,
    tree.Repeat: lambda node: node.index,
}


class _Enough(Exception):
    """More mistakes were found than are looked for."""


class _Names:
    """The check of one definition."""

    def __init__(self, module: Module, definition: tree.Node, own_names: dict[tree.Node, _OwnNames]) -> None:
        self.module = module
        self.own_names = own_names
        self.definition = definition
        self.found: list[Diagnostic] = []
        own = _names_of(definition, own_names)
        self.constants = _Union(own.constants)
        self.values = _Union(own.values)
        self.adapters: set[tree.Chain] = set()

    def run(self) -> list[Diagnostic]:
        definition = self.definition
        if isinstance(definition, tree.Network):
            self._add_bases(definition)
        with suppress(_Enough):
            self._check_twice("the parameter", [one.name for one in tree.parameters(definition)])
            for node in tree.walk(definition):
                self._visit(node)
        return self.found

    def _tell(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)
        if len(self.found) > MOST_FOUND:
            raise _Enough

    def _add_bases(self, network: tree.Network) -> None:
        """What a network inherits: parameters, lets, stages and values."""
        module = self.module
        current: tree.Network = network
        for _ in range(DEEPEST_DERIVATION):
            base = module.base_of(current)
            if base is None or not isinstance(base.tree, tree.Network):
                return
            current, module = base.tree, base.module
            names = _names_of(current, self.own_names)
            self.constants.parts.append(names.constants)
            self.values.parts.append(names.values)

    def _visit(self, node: tree.Node) -> None:
        kind = type(node)
        if kind in _VISITS:
            _VISITS[kind](self, node)
        if kind in _EXPRESSIONS:
            for expression in _EXPRESSIONS[kind](node):
                self._expression(expression)

    def _entry(self, node: tree.Entry) -> None:
        """A file's `let` is worked out once, where nothing flows."""
        if isinstance(self.definition, tree.Let):
            word = node.keyword.text
            self._tell(errors.no_entry(node.span) if word == "in" else errors.no_part(word, node.span))

    def _call(self, node: tree.Call) -> None:
        """A bracket that opens a line is still read as that of a call."""
        if "\n" in node.span.text[len(node.name.text) : node.arguments.span.start - node.span.start]:
            self._tell(_bracket_on_next_line(node))

    def _progress(self, node: tree.Name) -> None:
        """As above."""
        if isinstance(self.definition, tree.Let) and node.token.text == "progress":
            self._tell(errors.no_progress(node.span))

    def _chain(self, written: tree.Chain) -> None:
        for position, item in enumerate(written.items):
            step = item.step if isinstance(item, tree.Times) else item
            if isinstance(step.subject, tree.Call):
                self._callee(step.subject.name, step.subject.arguments, item if isinstance(item, tree.Times) else None)
            elif step.callee is not None and not (position == 0 and self._may_be_value(step.callee.text)):
                self._bare(step.callee, written, position == 0)

    def _bare(self, name: tree.Token, written: tree.Chain, first: bool) -> None:
        """A step without arguments; what is none may be meant for a value at the chain's start, or for an adapter."""
        if self.module.is_step(name.text) or name.text in self.values or self.module.may_hold(name.text):
            self._callee(name, None)
        elif written in self.adapters:
            from resnet_dsl.elaborate import unseen

            self._tell(unseen.unknown_adapter(name.text, name.span, self.module))
        elif first and isinstance(self.definition, tree.Block) and name.text in self.module.values_of_networks:
            from resnet_dsl.elaborate import unseen

            self._tell(unseen.hidden_value(name.text, name.span, self.definition)._replace(code="E0201"))
        else:
            steps = [*OPERATIONS, *self.module.names(tree.Block, tree.Slot)]
            values = [*self.values] if first else []
            self._tell(errors.unknown_step(name.text, name.span, [*values, *steps]))

    def _may_be_value(self, name: str) -> bool:
        """Whether a chain may start from a name: a value, or a parameter, which may be one."""
        return name in self.values or (name in self.constants and not self.module.is_step(name))

    def _step(self, step: tree.Step) -> None:
        """The arguments of a call. Those of a merge are values, and steps where they are calls."""
        for one in (step, *called(step, self.module)):
            if not isinstance(one.subject, tree.Call):
                continue
            if one is not step:
                self._callee(one.subject.name, one.subject.arguments)
            if not self._merges(one.subject.name):
                self._given(one.subject.name, one.subject.arguments)
                continue
            for item in one.subject.arguments.items:
                if not isinstance(item, tree.Name) or not self.module.is_step(item.token.text):
                    self._reference(item)

    def _given(self, callee: tree.Token, arguments: tree.Arguments) -> None:
        """What arguments are made of. A step in front of the others was told of already.

        A word for an unknown argument is part of that mistake; of a step that is unknown chains may be arguments.
        """
        if self._is_unknown(callee.text) and errors.is_foreign_step(callee.span):
            return
        is_unknown = self.module.parameters_of(callee.text) is None
        known = self.module.parameters_of(callee.text) or []
        meant = meant_parameters(arguments, known) if known else {}
        for position, item in enumerate(arguments.items):
            if is_unknown and chain_of(item.value if isinstance(item, tree.Argument) else item) is not None:
                continue
            if (position or not is_steps(item, self.module)) and (not meant or is_followed(item, meant)):
                name = known[position] if position < len(known) else None
                self._argument(callee.text, name, item, known)

    def _argument(self, callee: str, name: str | None, item: tree.Node, known: list[str]) -> None:
        """``name``: of the parameter that stands at its position."""
        name, value = (item.name.text, item.value) if isinstance(item, tree.Argument) else (name, item)
        compared = compared_parameter(item, known) if isinstance(item, tree.Comparison) else None
        if isinstance(item, tree.Comparison) and compared is not None and not self._is_known(compared.text):
            from resnet_dsl.elaborate import meant

            self._tell(meant.compared_for_given(item))
            self._expression(item.right)
        elif not self._is_no_word(callee, name, value):
            self._expression(value)

    def _is_no_word(self, callee: str, name: str | None, value: tree.Node) -> bool:
        """Whether an unknown name stands where a word is taken; then it is told."""
        operation = self.module.operation(callee)
        if operation is None or name is None or not isinstance(value, tree.Name) or self._is_known(value.token.text):
            return False
        from resnet_dsl.elaborate import meant

        known = [*self.constants, *self.values, *self.module.lets()]
        mistake = meant.no_word(callee, operation.parameter(name), value.token.text, value.span, known)
        if mistake is not None:
            self._tell(mistake)
        return mistake is not None

    def _stage(self, stage: tree.Stage) -> None:
        for item in tree.items(stage.arguments):
            self._argument(f"stage {stage.name.text}", None, item, ["stride"])

    def _let(self, statement: tree.Let) -> None:
        value = statement.value
        called = value.name if isinstance(value, tree.Call) else value.token if isinstance(value, tree.Name) else None
        if called is None or not self.module.is_step(called.text) or called.text in FUNCTIONS:
            self._expression(value)
        elif isinstance(value, tree.Call) or not self._is_known(called.text):
            from resnet_dsl.elaborate import unseen

            self._tell(unseen.step_in_let(statement, called, statement is self.definition))

    def _default(self, statement: tree.Default) -> None:
        is_slot = self.module.is_slot(statement.name.text)
        if is_slot:
            from resnet_dsl.elaborate import unseen

            self._tell(unseen.slot_as_step(statement, self.module))
        elif self._known_callee(statement.name) is not None:
            self._given(statement.name, statement.arguments)
        if is_slot or self.module.parameters_of(statement.name.text) is None:
            for expression in _arguments(statement.arguments):
                self._expression(expression)

    def _is_unknown(self, name: str) -> bool:
        return name not in self.values and not self.module.is_step(name) and not self.module.may_hold(name)

    def _known_callee(self, name: tree.Token) -> list[str] | None:
        """The parameters of an operation or block; what is neither is a mistake, unless it is a slot or a value."""
        known = self.module.parameters_of(name.text)
        definition = self.module.find(name.text)
        if known is not None and name.text != "input":
            return known
        is_slot = definition is not None and isinstance(definition.tree, tree.Slot)
        if not is_slot and name.text not in self.values and not self.module.may_hold(name.text):
            callable_names = [*OPERATIONS, *self.module.names(tree.Block, tree.Slot), *self.values]
            self._tell(errors.unknown_step(name.text, name.span, callable_names))
        return None

    def _slot(self, statement: tree.Use) -> None:
        name = statement.slot.text
        if not self.module.is_slot(name) and not self.module.may_hold(name):
            from resnet_dsl.elaborate import unseen

            self._tell(unseen.not_a_slot(statement, self.module))

    def _skip(self, statement: tree.Skip) -> None:
        if statement.via is not None:
            self.adapters.add(statement.via)
        self._reference(statement.source)

    def _reference(self, source: tree.Node | None) -> None:
        """The value that a skip connection starts from, or that a merge reads."""
        if not isinstance(source, tree.Name) or self._is_known(source.token.text):
            return
        from resnet_dsl.elaborate import unseen

        name, known = source.token.text, [*self.values, *self.constants]
        if isinstance(self.definition, tree.Block) and name in self.module.values_of_networks:
            self._tell(unseen.hidden_value(name, source.span, self.definition))
        else:
            self._tell(unseen.unknown_result(name, source.span, known, self._preceding.result(source.span)))

    def _callee(self, name: tree.Token, arguments: tree.Arguments | None, times: tree.Times | None = None) -> None:
        """A call; ``times``: with its count, if it has one."""
        known = self._known_callee(name)
        if arguments is not None and has_step_in_front(name, arguments, self.module):
            from resnet_dsl.elaborate import meant

            misplaced = meant.step_as_argument(name, arguments, self.module)
            self._tell(misplaced if times is None else meant.repeated(misplaced, times))
            return
        if known is None:
            return
        many = self._merges(name)
        names = set(known)
        first: dict[str, Span] = {}
        for position, item in enumerate(tree.items(arguments)):
            if isinstance(item, tree.Argument):
                if item.name.text not in names:
                    self._tell(errors.unknown_argument(name.text, item.name.text, item.name.span, known))
                elif item.name.text in first:
                    self._tell(errors.given_twice(name.text, item.name.text, item.span, first[item.name.text]))
                first.setdefault(item.name.text, item.value.span)
            elif position >= len(known) and not many:
                from resnet_dsl.elaborate import meant

                self._tell(meant.too_many(name.text, item, known))
                break
            elif not many:
                first[known[position]] = item.span

    def _merges(self, name: tree.Token) -> bool:
        operation = self.module.operation(name.text)
        return operation is not None and operation.many

    def _expression(self, expression: tree.Node | None) -> None:
        """Names in an expression that nothing defines, and steps that have no place in one."""
        if isinstance(expression, tree.Chain):
            self._tell(errors.chain_as_argument(expression.span))
        for node in tree.walk(expression, tree.Chain):
            if isinstance(node, tree.Call) and node.name.text not in FUNCTIONS:
                from resnet_dsl.elaborate import unseen

                self._tell(unseen.unknown_function(node, self.module, self._is_known(node.name.text)))
            if isinstance(node, tree.Name) and not self._is_known(node.token.text):
                known = [*self.constants, *self.values, *self.module.lets(), *sorted(WORDS), "progress"]
                self._tell(self._unknown_name(node.token.text, node.span, known))

    @cached_property
    def _preceding(self) -> unseen.Preceding:
        from resnet_dsl.elaborate import unseen

        return unseen.Preceding(self.definition)

    def _unknown_name(self, name: str, span: Span, known: list[str]) -> Diagnostic:
        from resnet_dsl.elaborate import unseen

        flows = self._preceding.flows(span)
        return unseen.unknown_name(name, span, known, self.module, self.definition, flows)

    def _input(self, node: tree.Input) -> None:
        size = node.size
        if not isinstance(size, tree.Name) or self._is_known(size.token.text):
            self._expression(size)
        else:
            self._tell(errors.unknown_size(size.token.text, size.span, [*self.constants, *self.module.lets()]))

    def _is_known(self, name: str) -> bool:
        if name in self.constants or name in self.values or name in WORDS or name == "progress":
            return True
        return self.module.find_let(name) is not None or self.module.may_hold(name)

    def _statements(self, statements: Iterable[tree.Node]) -> None:
        """Names given twice in one list of statements. A value may be given anew from itself: `a = a -> conv(…)`."""
        lets = [one.name for one in statements if isinstance(one, tree.Let)]
        self._check_twice("the `let`", lets)
        first: dict[str, Span] = {}
        for one in statements:
            if not isinstance(one, tree.Named) or not isinstance(one.target, tree.Name):
                continue
            name = one.target.token.text
            if name in first and not _is_from(one.chain, name):
                self._tell(errors.defined_twice("the value", name, one.target.span, first[name]))
            first.setdefault(name, one.target.span)

    def _check_twice(self, what: str, tokens: list[tree.Token]) -> None:
        first: dict[str, Span] = {}
        for token in tokens:
            if token.text in first:
                self._tell(errors.defined_twice(what, token.text, token.span, first[token.text]))
            first.setdefault(token.text, token.span)


def _bracket_on_next_line(call: tree.Call) -> Diagnostic:
    bracket = Span(call.span.source, call.arguments.span.start, call.arguments.span.start + 1)
    return Diagnostic(
        "W0230",
        f"the bracket of `{call.name.text}` opens a line; from the next version on it begins an expression there",
        Label(bracket),
        help=f"write it on the line of `{call.name.text}`, as `resnet-dsl fmt` does",
    )


def _is_from(chain: tree.Chain, name: str) -> bool:
    return any(isinstance(below, tree.Name) and below.token.text == name for below in tree.walk(chain))


_VISITS: dict[type, Callable[[_Names, Any], object]] = {
    tree.Chain: _Names._chain,
    tree.Step: _Names._step,
    tree.Default: _Names._default,
    tree.Use: _Names._slot,
    tree.Skip: _Names._skip,
    tree.Skips: lambda names, node: names.adapters.add(node.chain),
    tree.Let: _Names._let,
    tree.Stage: _Names._stage,
    tree.Body: lambda names, node: names._statements(node.statements),
    tree.Members: lambda names, node: names._statements(node.items),
    tree.Call: _Names._call,
    tree.Entry: _Names._entry,
    tree.Input: _Names._input,
    tree.Name: _Names._progress,
}


def _arguments(arguments: tree.Arguments | None) -> Iterator[tree.Node]:
    for item in tree.items(arguments):
        yield item.value if isinstance(item, tree.Argument) else item


_EXPRESSIONS: dict[type, Callable[[Any], Iterable[tree.Node | None]]] = {
    tree.Parameter: lambda node: (node.default,),
    tree.NamedInput: lambda node: (node.size,),
    tree.Output: lambda node: node.values,
    tree.Expect: lambda node: (node.value,) if isinstance(node.quantity, tree.Name | tree.Attribute) else (),
    tree.Repeat: lambda node: (node.count,),
    tree.Condition: lambda node: (node.test,),
    tree.Times: lambda node: (node.count,),
    tree.Base: lambda node: _arguments(node.arguments),
}
"""The expressions that stand directly in a node which is itself none."""
