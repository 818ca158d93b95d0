"""What follows from a graph, in tables beside it: counts, shapes, paths, expectations, differences."""
