"""The formulas, one file per step. Arrays are float64, the last axis is the replicate, gaps are NaN."""
