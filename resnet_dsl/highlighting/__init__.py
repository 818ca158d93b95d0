"""How a text of the language is coloured: one list of words and patterns, for every highlighter.

Pygments reads it as it runs (``lexer.py``, an entry point); ``python editors/make.py`` writes the grammars of editors
from it, and tests/editors compares what they all make of the specs that ship.
"""
