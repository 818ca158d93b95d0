"""Words for mistakes of form, in the terms of who made them.

Each function knows one slip: it looks at the place where the parser stopped and returns what to say, or None. The
first that has something to say is heard, so the sure ones stand first.
"""

from __future__ import annotations

from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.slips import (
    arrows,
    brackets,
    calls,
    comments,
    configs,
    counts,
    ends,
    flow,
    flowing,
    foreign,
    keyboard,
    keywords,
    layouts,
    literals,
    loops,
    members,
    missing,
    named_numbers,
    naming,
    numerals,
    python,
    signs,
    sizes,
    skips,
    types,
)
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, shown
from resnet_dsl.syntax.slips.taken import give_back
from resnet_dsl.syntax.words import END

__all__ = ["Repair", "Slip", "diagnose"]

_SLIPS = (
    configs.whole_file,
    configs.dictionary,
    python.of_class,
    python.header,
    python.starred,
    python.base_class,
    foreign.call,
    foreign.step_in_quotes,
    members.changed_part,
    python.statement,
    flowing.given,
    flowing.parameter,
    skips.skip_off,
    sizes.size_of_input,
    naming.in_quotes,
    literals.quotes,
    naming.with_a_digit_first,
    naming.joined,
    numerals.other_notation,
    numerals.comma_in_number,
    sizes.row_in_brackets,
    literals.number,
    types.of_parameter,
    types.of_rest,
    types.of_value,
    types.of_result,
    types.of_declaration,
    literals.size,
    literals.foreign_value,
    comments.foreign_comment,
    keyboard.mistyped,
    loops.foreign_definition,
    loops.foreign_statement,
    layouts.opener,
    members.derived_otherwise,
    layouts.sign_of_body,
    ends.sign_of_output,
    ends.row_of_outputs,
    ends.named_input,
    skips.order_of_skip,
    arrows.arrow,
    arrows.other_arrow,
    signs.foreign_operator,
    signs.lookalike,
    counts.in_brackets,
    named_numbers.number_named,
    layouts.steps_in_round_brackets,
    layouts.setting_in_brackets,
    calls.in_other_brackets,
    sizes.capital_x,
    sizes.slice_of,
    sizes.comprehension,
    sizes.list_of_steps,
    sizes.in_braces,
    sizes.row_without_brackets,
    keywords.shared,
    calls.name_in_brackets,
    calls.of_definition,
    calls.without_brackets,
    calls.names_without_brackets,
    counts.repeated,
    arrows.method,
    missing.ternary,
    missing.chosen_steps,
    missing.single_equal,
    missing.double_equal,
    missing.mixed_up,
    missing.way_of_skips,
    members.named_value,
    keywords.imported,
    keywords.reserved,
    layouts.colon,
    signs.separator,
    signs.strange,
    arrows.named_in_chain,
    missing.missing_sign,
    missing.chained_comparison,
    naming.joined_use,
    missing.argument_sign,
    brackets.missing_comma,
    brackets.surplus,
    keywords.chosen_part,
    keywords.misplaced_input,
    missing.missing_else,
    missing.missing_value,
    brackets.missing_brace,
    brackets.unclosed_bracket,
    loops.order_of_repeat,
    keywords.step_among_members,
    keywords.misspelt,
    members.unnamed_part,
    naming.of_several_words,
    missing.missing_braces,
    flow.compared,
    counts.counted_alone,
    missing.missing_operator,
    flow.braces_of_steps,
    flow.stray,
    keywords.misplaced,
)


def diagnose(machine: Machine, first: int) -> Slip:
    """What to say about the word at which the machine stopped; ``first`` is the word from which on it read."""
    give_back(machine, first)
    stop = Stop(machine, first)
    for slip in _SLIPS:
        if found := slip(stop):
            return found
    message = "the text ends too early" if stop.kind == END else f"{shown(stop)} has no place here"
    return Slip(stop.says("E0100", message, None))
