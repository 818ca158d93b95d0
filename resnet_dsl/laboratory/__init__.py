"""The laboratory: what is predicted, measured and trained with compiled networks. The compiler knows nothing of it."""
