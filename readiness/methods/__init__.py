"""The formulas, one file per step. Arrays are float64, the last axis is the replicate, gaps are NaN.

Copies and fills are written as loops: `out[:] = x` compiles to the same code but took 3.5 seconds more on first start.
"""
