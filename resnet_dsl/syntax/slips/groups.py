"""The kinds of words that slips tell apart, as the grammar groups them."""

from __future__ import annotations

from resnet_dsl.syntax import tables
from resnet_dsl.syntax.brackets import OPENING, ROUND
from resnet_dsl.syntax.productions import beginning_with, first, in_front_of, of, with_a

KEYWORDS = {*tables.load().keywords.values()}

DEFINITIONS = tuple(sorted(first("_definition") - first("_statement")))
SETTINGS = tuple(sorted(first("_setting")))
MEMBERS = tuple(sorted(first("_member") - first("_statement") | first("_member") & first("entry")))
STATEMENTS = tuple(sorted(first("_statement") - first("_setting") - first("_item")))
STARTS = (*DEFINITIONS, *MEMBERS, *SETTINGS, *STATEMENTS)  # of all that begins with a word of its own
VALUES = first("_atom")

MERGES = {"+": "add", "*": "mul", "-": "sub"}  # signs between values that flow, and the steps that are meant

BRACKETS = (*ROUND, "LSQB")  # round or square

WITH_BODY = with_a("body") | in_front_of("body") & KEYWORDS
OWNERS = WITH_BODY | with_a("members")  # what braces belong to
WITH_PARAMETERS = with_a("parameters")
NAMING = in_front_of("NAME") & KEYWORDS  # a name stands behind these
AWAITING = in_front_of(*beginning_with("NAME", "STRING")) - {*OPENING, "COMMA", "ARROW", "NAME"}  # for a path, a value
OF_SKIP = {word for rule in of("skip") for word in rule.symbols[1:]} & KEYWORDS
