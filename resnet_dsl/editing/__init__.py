"""What an editor asks of a text: pure functions from a document, and a place in it, to data.

``Document`` is a text with what is known of it; the other files answer one question each. Nothing here knows an
editor's protocol, a framework or a file that is open: the language server (resnet_dsl.server) puts the questions.
Unfinished text gives what can be given, and a place beyond the text is its end.
"""
