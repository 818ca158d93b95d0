"""From text to tree, and back in one layout: words -> parser (the tables are made ahead of time) -> tree -> printer."""
