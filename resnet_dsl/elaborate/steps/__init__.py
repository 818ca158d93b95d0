"""What stands in braces, run statement by statement and step by step.

``elaborator.py`` runs them; it calls the other files (blocks, slots, skips, settings, operations: ``applying.py``), to
which it is the protocol in ``context.py``.
"""
