"""The vocabulary of other tools: what layers, arguments and words of Keras, PyTorch and Python are here.

The table is data (`keras.toml`, `torch.toml`, `others.toml`, `words.toml`, each with its source), read only where a
mistake, `explain` or the page asks for it. `translating.py` writes a whole call as it is here, with its values.
"""
