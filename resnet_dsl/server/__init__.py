"""The language server: what editors ask by the Language Server Protocol, answered by resnet_dsl.editing.

``conversion.py`` turns our places and data into the protocol's, ``workspace.py`` holds the texts that are open, and
``server.py`` has a function for each question. It needs pygls (`pip install "resnet-dsl[lsp]"`).
"""
