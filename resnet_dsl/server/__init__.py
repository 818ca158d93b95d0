"""The language server: what editors ask by the Language Server Protocol, answered by resnet_dsl.editing.

    features: which function answers what -> answers, actions, told: the functions -> server: what they all ask

``conversion.py`` turns our places and data into the protocol's, and ``workspace.py`` holds the texts that are open. It
needs pygls (`pip install "resnet-dsl[lsp]"`).
"""
