"""One call of another tool's layer as one operation here, argument by argument."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from resnet_dsl.ir.notation import written
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.vocabulary import values
from resnet_dsl.vocabulary.borders import cut_behind, is_half, less_behind, reach
from resnet_dsl.vocabulary.calls import WrittenCall, read_call, whole_call
from resnet_dsl.vocabulary.table import WordRow, find, rows, words

OF_PAPERS = ("pad", "bias", "epsilon", "momentum")
"""Arguments whose defaults tools and papers see differently: where a call leaves them to its tool, both are said."""

OPEN = "C"
"""The channels that flow in, where the text does not name what flows: a depthwise convolution has as many groups."""

CHANNELS = {"axis": ("-1", "3", "None"), "dim": ("1", "-3", "-1", "None")}
"""The axis of channels: behind the others in Keras, in front of them in PyTorch."""


def said(row: WordRow, call: WrittenCall) -> list[tuple[str, str]]:
    """The arguments of a call by their names in the tool."""
    names = [one.name for one in row.takes]
    return [
        (piece.name or (names[position] if position < len(names) else f"argument {position + 1}"), piece.value)
        for position, piece in enumerate(call.arguments or ())
    ]


class CallInTranslation:
    """A call while it is translated.

    ``fixed`` is what the step always has, ``said`` what the call says, ``left`` what it leaves to its tool's defaults:
    arguments here with their values here. ``behind`` are steps that follow; ``lost`` are arguments that have no
    counterpart, and why; ``flows`` is what the call is applied to where it is an argument, as functions take it.
    ``entering`` is the number of channels that flow in, as the language has it; ``pointwise`` are the arguments of a
    `conv` over the channels behind the step, each with whether it is said.
    ``kept`` are arguments here that stay also where the language has them as its defaults, since a text changes these.
    """

    def __init__(self, row: WordRow, call: WrittenCall, kept: Collection[str] = (), entering: str = OPEN) -> None:
        here = read_call(row.step_of(call.name))
        assert here is not None
        self.row, self.call, self.kept, self.entering = row, call, kept, entering
        self.operation = OPERATIONS[here.path]
        parameters = [one.name for one in self.operation.parameters]
        fixed = {one.name or parameters[at]: one.value for at, one in enumerate(here.arguments or ())}
        self.fixed = {name: entering if value == OPEN else value for name, value in fixed.items()}
        self.pointwise: dict[str, tuple[str, bool]] = {}
        self.said: dict[str, str] = {}
        self.left: dict[str, str] = {}
        self.behind: list[str] = []
        self.lost: dict[str, str] = {}
        self.flows: str | None = None
        self.label = ""
        self.notes: list[str] = []
        self.added = "0"
        self.is_border_of_tools = False
        for name, value, is_said in self._by_turns():
            self._argument(name, value, is_said)
        names = [name for name, _ in said(row, call)]
        self.lost |= {name: f"`{name}` is given twice" for name in names if names.count(name) > 1}

    def _by_turns(self) -> Iterator[tuple[str, str, bool]]:
        """The tool's arguments with their values, and whether they are said; those that ask for others come last."""
        given = dict(said(self.row, self.call))
        left = [(one.name, one.value, False) for one in self.row.takes if one.value and one.name not in given]
        everything = [*left, *((name, value, True) for name, value in given.items())]
        yield from sorted(everything, key=lambda one: self._target(one[0])[0] in ("pad", "cropping"))

    def _argument(self, name: str, value: str, is_said: bool) -> None:
        target, how = self._target(name)
        table = words()
        if target:
            self._take(name, target, how, value, is_said)
        elif name in table.flows and not self.call.applied:
            self.flows = value
        elif name in table.steps:
            self._activate(name, value)
        elif name in table.labels and (value == "None" or values.unquoted(value)):
            self.label = values.unquoted(value) or ""
        elif is_said and not self._is_needless(name, value):
            why = table.labels | table.needless | table.nowhere
            self.lost[name] = why.get(name, f"`{self.operation.name}` has no such argument")

    def _is_needless(self, name: str, value: str) -> bool:
        """Whether an argument may be left out without a word: it is its tool's default, or follows by itself here."""
        table, word = words(), values.unquoted(value) or value
        default = next((one.value for one in self.row.takes if one.name == name), "None")
        is_usual = word in table.usual.get(name, (word,) if name in table.needless else ())
        return is_usual or value == "None" or values.same_number(word, values.unquoted(default) or default)

    def _target(self, name: str) -> tuple[str, str]:
        """The argument here, or one of _OTHERWISE, and how its value is read where that is not as always."""
        own = {one.name for one in self.operation.parameters}
        if name in self.row.arguments:
            target, _, how = self.row.arguments[name].partition(" by ")
            return target, how
        if not self.row.tool and name in own:
            return name, "as it is"
        meant = words().arguments.get(name, (name,))
        return next((one for one in meant if one in own or one in _OTHERWISE), ""), ""

    def _take(self, name: str, target: str, how: str, value: str, is_said: bool) -> None:
        if how == "as it is":
            self._keep(name, target, self._own(target, value), is_said)
        elif target in _OTHERWISE:
            _OTHERWISE[target](self, name, value, how)
        elif (value == "None" and not how) or (target == "init" and not is_said):
            return
        else:
            read = _BY.get(how) or _READ.get(target, values.number)
            self._keep(name, target, self._border(value, how) if target == "pad" else read(value), is_said)

    def _own(self, target: str, value: str) -> str | None:
        """A value of the language's own argument: as it is, unless Python writes it otherwise."""
        if value.startswith("(") or value in ("True", "False"):
            return _READ.get(target, values.number)(value)
        return values.word(target, value) or value

    def _keep(self, name: str, target: str, found: str | None, is_said: bool) -> None:
        """Takes an argument down, once."""
        if found is None or (self.row.tool and not self._takes(target, found)):
            self.lost[name] = f"`{target}` of `{self.operation.name}` has no such value"
        elif target in self.said:
            self.lost[name] = f"`{target}` is given already"
        else:
            (self.said if is_said else self.left)[target] = found

    def _takes(self, target: str, value: str) -> bool:
        """Whether an argument here can be this; what is computed may be anything."""
        parameter, literal = self.operation.parameter(target), values.literal(value)
        assert parameter is not None
        return literal is None or parameter.kind.fits(literal)

    def _activate(self, name: str, value: str) -> None:
        step = activation_of(value, self.row.tool)
        if step is None:
            self.lost[name] = _why_none(value) or words().steps[name]
        elif step:
            self.behind.append(step)

    # What an argument of a tool says in another way

    def _nothing(self, name: str, value: str, how: str) -> None:
        usual = next((one.value for one in self.row.takes if one.name == name), "")
        if value not in ("None", how) and not values.same_number(value, usual):
            self.lost[name] = self._why_nothing(name)

    def _why_nothing(self, name: str) -> str:
        table = words().nowhere | words().otherwise
        return table.get(name, f"`{self.operation.name}` has nothing of the kind")

    def _exactly(self, name: str, value: str, how: str) -> None:
        """What one value alone makes of a tool's step: `ReLU(max_value=6)` is `relu6`."""
        if not values.same_number(value, how):
            self.lost[name] = self._why_nothing(name)

    def _shift(self, name: str, value: str, how: str) -> None:
        """What is added behind a step."""
        offset = values.number(value)
        if offset is None:
            self.lost[name] = words().nowhere[name]
        elif not values.same_number(offset, "0"):
            self.behind.append(f"shift({offset})")

    def _each_channel(self, name: str, value: str, how: str) -> None:
        """How many channels a depthwise convolution makes of each."""
        count = values.number(value)
        if count is None:
            self.lost[name] = words().nowhere[name]
        elif count != "1":
            self.fixed["channels"] = f"{count} * {self.entering}"

    def _pointwise(self, name: str, value: str, how: str) -> None:
        """An argument of the convolution over channels that is the second half of a separable one."""
        found = values.word("init", value) if how == "init" else values.number(value)
        if found is None:
            self.lost[name] = f"`conv` has no such `{how}`"
        else:
            self.pointwise[how] = found, any(one == name for one, _ in said(self.row, self.call))

    def _method(self, name: str, value: str, how: str) -> None:
        """How PyTorch resizes to a size: what is `nearest` elsewhere, it calls `nearest-exact`."""
        self._keep(name, "method", values.word("method", value), True)
        if values.unquoted(value) == "nearest":
            self.notes.append(
                "PyTorch's `nearest` takes other positions where a length is no multiple of what flows in; "
                "`nearest-exact` takes these"
            )

    def _one_axis(self, name: str, value: str, how: str) -> None:
        if len(values.items(value) or (value,)) > 1:
            self.lost[name] = words().otherwise[name]

    def _added(self, name: str, value: str, how: str) -> None:
        """Positions that a transposed convolution of PyTorch has more behind: as many fewer are cut off there."""
        self.added = value

    def _one_position(self, name: str, value: str, how: str) -> None:
        if values.extent(value) != "1":
            self.lost[name] = words().otherwise[name]

    def _axis(self, name: str, value: str, how: str) -> None:
        if value not in CHANNELS[name]:
            self.lost[name] = words().otherwise[name]
        elif (name, value) == ("dim", "-1"):
            self.notes.append("PyTorch's last axis holds the channels of a vector, and of a map its columns")

    def _spatial_axes(self, name: str, value: str, how: str) -> None:
        if values.items(value) not in (("1",), ("1", "2"), ("1", "2", "3")):
            self.lost[name] = "`prelu` learns one slope a channel"

    def _scale_and_center(self, name: str, value: str, how: str) -> None:
        for target in ("scale", "center"):
            self._keep(name, target, values.number(value), True)

    def _side(self, name: str, value: str, how: str) -> None:
        """A height or a width of a size."""
        before = self.said.pop("size", None)
        length = values.number(value)
        sides = [one for one in (before, length) if one is not None]
        self._keep(name, "size", values.size_of(sides) if length is not None else None, True)

    def _borders(self, name: str, value: str, how: str) -> None:
        of_one_axis = self.call.name.lower().endswith("1d")
        found = (
            values.last_axis_first(value, axes_of(self.call.name))
            if how
            else values.amounts(value, of_one_axis=of_one_axis)
        )
        self._keep(name, "amounts", found, True)

    def _crop(self, name: str, value: str, how: str) -> None:
        """A transposed convolution's padding is what is cut off behind it."""
        word, kernel, stride = values.unquoted(value), self._lengths("kernel"), self._lengths("stride")
        cut = (
            less_behind(values.extent(value), self.added) if word is None else cut_behind(word.lower(), kernel, stride)
        )
        if cut is None:
            self.lost[name] = "`conv_transpose` pads nothing: `crop` takes positions away behind it"
        elif cut != "0":
            self.behind.insert(0, f"crop({cut})")

    # The border of a window

    def _border(self, value: str, how: str) -> str | None:
        """`pad` as it is written here: `half` where it is that to the last position."""
        pad = values.word("pad", value) or ("valid" if value == "0" else values.extent(value))
        if not self.row.tool:
            return pad
        beyond = self._reach()
        halves = beyond is not None and all(one % 2 == 0 for one in beyond)
        if pad == "same" and halves:
            self.is_border_of_tools = self._lengths("stride") != [1] or bool(how)
            return "same" if self.is_border_of_tools else "half"
        return "half" if pad is not None and beyond is not None and is_half(pad, beyond) else pad

    def _reach(self) -> list[int] | None:
        """How far the window goes beyond its first tap, axis by axis; None where that is computed."""
        kernel, dilation = self._lengths("kernel"), self._lengths("dilation")
        if kernel is None or dilation is None:
            return None
        return reach(kernel, dilation)

    def _lengths(self, target: str) -> list[int] | None:
        """A kernel, stride or dilation in numbers, 1 where nothing is said of it; a pool's stride is its kernel."""
        given = self.left | self.said
        is_pool = target == "stride" and target not in given and self.operation.role == "pool"
        return values.lengths_of(given.get("kernel" if is_pool else target, "1"))

    # The text

    @property
    def text(self) -> str:
        """What the call computes, with the defaults of its tool."""
        return self._text(self.left | self.said, self._pointwise_step(of_papers=False))

    @property
    def usual(self) -> str:
        """As papers have it: what the call leaves to its tool, and tools see differently, is left to the language."""
        left = {name: value for name, value in self.left.items() if name not in OF_PAPERS}
        border = ("pad",) if self.is_border_of_tools else ()
        given = {name: one for name, one in (left | self.said).items() if name not in border}
        return self._text(given, self._pointwise_step(of_papers=True))

    def _pointwise_step(self, *, of_papers: bool) -> list[str]:
        left = () if of_papers else ("bias",)
        given = {name: one for name, (one, is_said) in self.pointwise.items() if is_said or name in left}
        if "channels" not in given:
            return []
        further = "".join(f", {name} = {given[name]}" for name in ("bias", "init") if name in given)
        return [f"conv({given['channels']}, 1{further.replace(', bias = false', '')})"]

    @property
    def alone(self) -> str:
        """The step with what is said and nothing else, as `default` takes it."""
        return f"{self.operation.name}({', '.join(f'{name} = {value}' for name, value in self.said.items())})"

    def _text(self, given: dict[str, str], pointwise: list[str]) -> str:
        """The steps as a chain; "" where an argument is missing."""
        parameters = self.operation.parameters
        given = self.fixed | {name: value for name, value in given.items() if not self._is_default(name, value)}
        if any(one.required and one.name not in given for one in parameters):
            return ""
        parts = [
            given[one.name] if one.required else f"{one.name} = {given[one.name]}"
            for one in parameters
            if one.name in given
        ]
        step = f"{self.operation.name}({', '.join(parts)})" if parts else self.operation.name
        step += f' as "{self.label}"' if self.label else ""
        return " -> ".join([step, *pointwise, *self.behind] if step != "identity" or not self.behind else self.behind)

    def _is_default(self, name: str, value: str) -> bool:
        """Whether an argument can be left out."""
        parameter = self.operation.parameter(name)
        assert parameter is not None
        usual = (
            (self.left | self.said).get("kernel", "") if parameter.computed == "kernel" else written(parameter.default)
        )
        is_kept = name in (self.kept if self.row.tool else self.said)
        return not parameter.required and not is_kept and values.same_number(value, usual)


def axes_of(name: str) -> int:
    """How many axes a tool's word is for: `ZeroPad2d`."""
    return next((axes for axes in (1, 2, 3) if f"{axes}d" in name.lower()), 0)


def activation_of(value: str, tool: str) -> str | None:
    """The step that an activation is, by its name, its function or its layer: "" for none, None where there is none.

    ``tool``: whose name it is; Keras' `"leaky_relu"` has another slope than the language's.
    """
    name = values.unquoted(value)
    call = whole_call(value if name is None else name)
    if call is None or call.name in ("None", "linear", "Identity"):
        return None if call is None else ""
    if not (call.prefix or tool == "Keras") and _activates(call.name):
        return call.name
    found = [
        CallInTranslation(row, call) for row in _rows_of_activation(call, tool) if _activates(row.step_of(call.name))
    ]
    return next((one.text for one in found if not one.lost), None)


def _why_none(value: str) -> str:
    """Why another tool's activation is none here; "" where it is not known at all."""
    call = whole_call(values.unquoted(value) or value)
    return next((row.none for row in rows() if call is not None and call.name in row.names and row.none), "")


def _rows_of_activation(call: WrittenCall, tool: str) -> Iterator[WordRow]:
    yield from find(call.name, call.prefix or ("activations" if tool == "Keras" else ""))
    yield from (row for row in rows() if call.name in row.names)


def _activates(step: str) -> bool:
    return step in OPERATIONS and OPERATIONS[step].role == "activation"


_BY: dict[str, Callable[[str], str | None]] = {
    "complement": values.complement,
    "approximation": values.approximation,
    "presence": lambda value: "false" if value == "None" else "true",
    "nonzero": lambda value: None if values.same_number(value, "0") else values.number(value),
}

_READ: dict[str, Callable[[str], str | None]] = {
    **dict.fromkeys(("kernel", "stride", "dilation", "factor"), values.extent),
    "size": values.size,
    "init": values.word_of("init"),
    "gamma": values.word_of("gamma"),
    "fill": values.word_of("fill"),
    "method": values.word_of("method"),
}

_OTHERWISE: dict[str, Callable[[CallInTranslation, str, str, str], None]] = {
    "nothing": CallInTranslation._nothing,
    "exactly": CallInTranslation._exactly,
    "shift": CallInTranslation._shift,
    "channels of each": CallInTranslation._each_channel,
    "pointwise": CallInTranslation._pointwise,
    "method of a size": CallInTranslation._method,
    "one axis": CallInTranslation._one_axis,
    "fewer behind": CallInTranslation._added,
    "one position": CallInTranslation._one_position,
    "the axis of channels": CallInTranslation._axis,
    "spatial axes": CallInTranslation._spatial_axes,
    "scale and center": CallInTranslation._scale_and_center,
    "height or width": CallInTranslation._side,
    "amounts": CallInTranslation._borders,
    "cropping": CallInTranslation._crop,
}
