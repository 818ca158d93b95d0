"""A ``.keras`` file from the calls alone: NumPy draws the weights, and nothing of Keras is imported.

    making: which calls, which weights -> configuration, hdf5 -> archive

What stands in it is what Keras would write: ``tests/targets/keras/direct/`` compares.
"""
