"""How a figure is written: one file a format, each from the geometry alone."""
