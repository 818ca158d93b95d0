"""Training a network that was compiled, and comparing several: Keras' own engine, with an order that can be resumed."""
