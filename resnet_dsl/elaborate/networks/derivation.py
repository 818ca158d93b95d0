"""The levels of a network: itself and what it derives from."""

from __future__ import annotations

from typing import Any

from resnet_dsl import shipped
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import respelt, suggestion
from resnet_dsl.elaborate import limits
from resnet_dsl.elaborate.frames import Frame, Settings
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.elaborate.names.intended import meant_parameters
from resnet_dsl.elaborate.steps.arguments import assign, leave_open
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.steps.settings import gather
from resnet_dsl.elaborate.values import POISON, Constant, Overrides, PoisonedError, Value
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Level:
    """One network of a derivation: its definition, its constants once they are known, and its members.

    ``without``: the place of a member that is left out.
    """

    def __init__(self, definition: Definition, frame: Frame, without: Span | None) -> None:
        self.definition = definition
        self.frame = frame
        self.members = tuple(one for one in self.tree.members.items if one.span != without)

    @property
    def tree(self) -> tree.NetworkNode:
        network = self.definition.tree
        assert isinstance(network, tree.NetworkNode)
        return network


class Derivation:
    """The levels of one network, from its innermost base to itself, with constants and settings filled in.

    ``without``: the place of a member, or of an argument of a `from`, that is left out.
    """

    def __init__(
        self,
        context: Context,
        overrides: Overrides,
        values: dict[Any, Value | None],
        outer: Settings,
        without: Span | None,
    ) -> None:
        self.context = context
        self.overrides = overrides
        self.values = values
        self.settings = outer
        self.without = without

    def levels(self, definition: Definition) -> list[Level]:
        """The network and those that it derives from, the innermost base first. Raises DiagnosticError."""
        found = self._found(definition)
        self._open_levels(found)
        return found

    def _found(self, definition: Definition) -> list[Level]:
        chain = [definition]
        while (base := chain[-1].tree.base) is not None:  # type: ignore[union-attr]
            module = chain[-1].module
            found = module.base_of(chain[-1].tree)  # type: ignore[arg-type]
            if found is None or not isinstance(found.tree, tree.NetworkNode):
                self.context.findings.unless_lost(base.name.text, self._frame(module))
                raise DiagnosticError(_unknown_base(base.name.text, base.name.span, module))
            chain.append(found)
            if len(chain) > limits.DEEPEST_DERIVATION + 1:
                raise PoisonedError  # a circle, or too deep: `check_derivations` tells where
        return [Level(one, self._frame(one.module), self.without) for one in reversed(chain)]

    def _frame(self, module: Module) -> Frame:
        return Frame(module, {}, self.values, None, self.settings, kind="network")

    def _open_levels(self, levels: list[Level]) -> None:
        """Fills in constants and settings. Parameters come from outside in, lets and settings from inside out."""
        free: set[str] = set()
        given: dict[str, Constant] = {}
        left_open = self._left_open(levels)
        for position in range(len(levels) - 1, -1, -1):
            level = levels[position]
            self._parameters(level, given, free)
            own = {one.name.text for one in tree.parameters(level.tree)}
            given = {name: value for name, value in given.items() if name not in own}
            if position > 0:
                given |= self._base_arguments(level, levels[position - 1], left_open[position - 1])
        unknown = [name for name in self.overrides if name not in free]
        if unknown:
            given_inside = {one.name.text for level in levels for one in tree.parameters(level.tree)} - free
            raise DiagnosticError(_unknown_parameter(unknown[0], levels[-1].tree, sorted(free), given_inside))
        inherited: dict[str, Constant] = {}
        outer = self.settings
        for level in levels:
            self.context.budget.spend(level.tree.name.span, len(level.members) + len(inherited))
            constants = {**inherited, **level.frame.constants}
            level.frame = level.frame._replace(constants=constants, settings=outer)
            for member in level.members:
                if isinstance(member, tree.Let):
                    constants[member.name.text] = self.context.evaluator.attempt(member.value, level.frame)
                elif isinstance(member, tree.Condition):
                    self._check_choice(member)
            level.frame = gather(self.context, level.members, level.frame)
            inherited, outer = constants, level.frame.settings

    def _check_choice(self, member: tree.Condition) -> None:
        """Nothing flows among a network's members, so that an `if` there chooses settings alone."""
        if member.no_setting is not None and member.no_setting.span.text:
            self.context.findings.report(_not_a_setting(member.no_setting))

    def _parameters(self, level: Level, given: dict[str, Constant], free: set[str]) -> None:
        """Constants of one level: what the deriving network gives, what the user sets, or the default.

        free: the names that a user may set; those that are met here are added.
        """
        absent = []
        self.context.budget.spend(level.tree.name.span, len(tree.parameters(level.tree)))
        for parameter in tree.parameters(level.tree):
            name = parameter.name.text
            if name in given:
                level.frame.constants[name] = given[name]
                continue
            if name in self.overrides and name not in free:
                level.frame.constants[name] = self.overrides[name]
            elif parameter.default is not None:
                level.frame.constants[name] = self.context.evaluator.attempt(parameter.default, level.frame)
            else:
                level.frame.constants[name] = POISON
                absent.append(name)
            free.add(name)
        if absent:
            self.context.findings.report(_parameter_missing(level.tree, absent))

    def _left_open(self, levels: list[Level]) -> list[list[str]]:
        """For each level the parameters that a `from` may give: its own, then those that it leaves open of its base."""
        found: list[list[str]] = []
        for level in levels:
            names = dict.fromkeys(one.name.text for one in tree.parameters(level.tree))
            if found:
                given = _given(level.tree.base, found[-1])
                names |= dict.fromkeys(name for name in found[-1] if name not in given)
            self.context.budget.spend(level.tree.name.span, len(names))
            found.append([*names])
        return found

    def _base_arguments(self, level: Level, base: Level, known: list[str]) -> dict[str, Constant]:
        """What a `from` gives, of the parameters ``known``."""
        written = level.tree.base
        assert written is not None
        meant = meant_parameters(written.arguments, known)
        found = assign(self.context.evaluator, base.tree.name.text, known, meant, written.arguments, level.frame)
        leave_open(found, known, meant, written.span)
        return {name: one.value for name, one in found.items() if one.span != self.without}


def _given(base: tree.Base | None, known: list[str]) -> set[str]:
    """The names of the parameters that a `from` gives, of those ``known``."""
    items = tree.items(base.arguments) if base is not None else ()
    named = {item.name.text for item in items if isinstance(item, tree.Argument)}
    return named.union(known[: len(items) - len(named)])


def _unknown_base(name: str, span: Span, module: Module) -> Diagnostic:
    found = Diagnostic("E0215", f"there is no network called `{name}` to derive from", Label(span))
    if module.find(name) is not None:
        return found._replace(help=f"`{name}` is no network: write `network NAME {{ … }}` and call it in a stage")
    remedy = "define it in this file, or import the file that does; `resnet-dsl list` shows those that ship"
    known = [*module.names(tree.NetworkNode), *shipped.names()]
    return respelt(found._replace(help=remedy), name, known)


def _not_a_setting(statement: tree.Statement) -> Diagnostic:
    remedy = "put steps into the braces of `stem`, `stage NAME` or `head`, where an `if` may stand, too"
    if isinstance(statement, tree.Let):
        remedy = f"choose the value: `let {statement.name.text} = if TEST {{ … }} else {{ … }}`"
    return Diagnostic(
        "E0247",
        "an `if` among the members of a network holds settings alone: `use`, `default`, `skips`",
        Label(statement.span),
        help=remedy,
    )


def _unknown_parameter(name: str, network: tree.NetworkNode, known: list[str], given: set[str]) -> Diagnostic:
    has = f"it has {', '.join(f'`{one}`' for one in known)}" if known else "it has none"
    return Diagnostic(
        "E0236",
        f"network `{network.name.text}` has no parameter `{name}` to set",
        Label(network.name.span, has),
        help=f"`{name}` is given behind a `from`: change it there" if name in given else suggestion(name, known),
    )


def _parameter_missing(network: tree.NetworkNode, names: list[str]) -> Diagnostic:
    listed = " and ".join(f"`{name}`" for name in names)
    return Diagnostic(
        "E0237",
        f"network `{network.name.text}` needs a value for {listed}",
        Label(network.name.span),
        help=f"give a default (`{names[0]} = …`), or set it: `--set {names[0]}=…`",
    )
