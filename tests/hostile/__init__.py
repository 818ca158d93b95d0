"""Texts made to cost more than they say: a search for those that `resnet-dsl` takes too long over.

``python -m tests.hostile --minutes 60 --seed 1`` writes what it finds to a folder; see ``__main__.py``.
"""
