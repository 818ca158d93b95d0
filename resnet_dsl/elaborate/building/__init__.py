"""The graph while it is made: its nodes, their names, shared layers, residual blocks, and shapes behind a mistake."""
