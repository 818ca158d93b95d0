"""Models of other tools: a source is read into a flat network, whose structure is found and written as a spec."""
