"""Training from Python, under the names that docs/training.md gives; what stands behind them is the laboratory's."""
