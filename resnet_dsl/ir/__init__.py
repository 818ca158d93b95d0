"""The IR: the graph, the operations that its nodes carry out (one record each), and its JSON."""
