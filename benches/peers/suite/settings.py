"""The one setting that all tools are asked for; README.md says why this one."""

PERMUTATIONS = 128
BANDS = 16
ROWS = 8
WORDS = 5
THRESHOLD = 0.7
"""Close to (1 / BANDS) ** (1 / ROWS) = .707, where the bands let two in three pairs through."""
SEED = 1
