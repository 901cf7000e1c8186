"""The benchmarks call methods as the tests do, and compare them with the same NumPy formulas."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))
