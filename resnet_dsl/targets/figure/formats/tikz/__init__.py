"""A geometry as TikZ that a co-author edits: named nodes, places relative to each other, styles in one list."""
