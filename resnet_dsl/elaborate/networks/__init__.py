"""One network: its levels (itself and its bases), the plan of its parts, their run, and what it returns."""
