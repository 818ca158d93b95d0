"""From trees to the graph: names looked up, blocks written out, conditions decided.

names: what may be called, without running anything -> networks: one network, from its bases to what it returns
-> steps: what stands in braces -> building: the graph while it is made

What several of them need stands beside the folders. Each imports only what lies below it (`pyproject.toml`).
"""
