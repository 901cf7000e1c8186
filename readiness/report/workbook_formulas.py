"""The text of formulas: the engine's own rules in the language of spreadsheets, with functions that all of them have.

What goes in are references of cells and numbers of the recipe, never a text of the data. A cell that has lost its
number, because a reader took it out, gives a gap in the cells that rest on it, as in the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LIMIT = 8_000  # signs of a formula; Excel takes 8,192
ROUNDING = "1E-12"  # a share of two thirds must pass a limit of two thirds
TRANSFORMS = {"none": "{x}", "log": "LN({x})", "log1p": "LN(1+{x})", "log10": "LOG10({x})"}
TERMS = {  # of a mean that is no weighted sum of scores: the part of each child, then the whole
    "geometric": ("{w}*ISNUMBER({x})*LN(MAX({x},{floor}))", "EXP(({sum})/{present})"),
    "harmonic": ("{w}*ISNUMBER({x})/MAX({x},{floor})", "{present}/({sum})"),
}
MEANS = ("arithmetic", *TERMS)
RANKS = {
    "competition": 'COUNTIF({all},">"&{own})+1',
    "fractional": 'COUNTIF({all},">"&{own})+(COUNTIF({all},{own})+1)/2',
}


@dataclass(frozen=True, slots=True)
class Mean:
    """How a group is scored: arithmetic, geometric or harmonic; `coverage` is the least share of weight present."""

    name: str
    coverage: str
    floor: str = ""


def number(value: float) -> str:
    """Return a number as a formula writes it.

    >>> number(100.0), number(-1.5), number(1e-9)
    ('100', '(-1.5)', '1E-09')
    """
    text = repr(float(value)).removesuffix(".0").upper()
    return f"({text})" if value < 0 else text


def guarded(formula: str, *needed: str) -> str:
    """Return a formula that gives nothing where a cell that it needs holds no number.

    >>> guarded("A1/B1", "A1")
    'IF(ISNUMBER(A1),A1/B1,"")'
    """
    tests = [f"ISNUMBER({each})" for each in needed]
    test = tests[0] if len(tests) == 1 else f"AND({','.join(tests)})"
    return f'IF({test},{formula},"")'


def transformed(x: str, method: str) -> str:
    """Return the formula of a transform."""
    return guarded(TRANSFORMS[method].format(x=x), x)


def capped(x: str, low: str, high: str) -> str:
    """Return the formula that sets a value beyond the caps to the cap; a cell without a cap plays no part."""
    return guarded(f"MIN(MAX({x},{low}),{high})", x)


def on_line(x: str, zero: str, full: str, scale: Mapping[str, float]) -> str:
    """Return the formula of a straight line: low at zero, high at full, cut at the ends where the recipe cuts."""
    low, high = scale["low"], scale["high"]
    share = f"({x}-{zero})/({full}-{zero})"
    score = share if high - low == 1 else f"{number(high - low)}*{share}"
    score = score if low == 0 else f"{number(low)}+{score}"
    score = f"MIN({number(high)},{score})" if scale["cut_above"] else score
    score = f"MAX({number(low)},{score})" if scale["cut_below"] else score
    return guarded(score, x)


def weighted(mean: Mean, weights: Sequence[str], scores: Sequence[str], ranges: tuple[str, str]) -> str | None:
    """Return the formula of a group's score, nothing where it would be too long.

    A child without a score leaves its weight to the others; where too little weight is present there is no score.
    `weights` and `scores` are single cells, `ranges` the same cells as two ranges.
    """
    w, x = ranges
    present = f"SUMPRODUCT({w}*ISNUMBER({x}))"
    if mean.name == "arithmetic":
        score = f"SUMPRODUCT({w},{x})/{present}"
    else:
        term, whole = TERMS[mean.name]
        parts = [term.format(w=one, x=other, floor=mean.floor) for one, other in zip(weights, scores, strict=True)]
        score = whole.format(sum="+".join(parts), present=present)
    few = f"{present}<{mean.coverage}*SUM({w})-{ROUNDING}"
    formula = f'IF(OR({present}=0,{few}),"",{score})'
    return formula if len(formula) <= LIMIT else None


def rounded(x: str, decimals: int) -> str:
    """Return the formula of a rounded score: a half goes to the even side as in the engine, where ROUND goes up.

    >>> rounded("A1", 2)
    'IF(ISNUMBER(A1),IF(A1*100-INT(A1*100)=0.5,2*ROUND(A1*50,0),ROUND(A1*100,0))/100,"")'
    """
    scale = 10.0**decimals
    units = f"{x}*{number(scale)}"
    even = f"2*ROUND({x}*{number(scale / 2)},0)"
    return guarded(f"IF({units}-INT({units})=0.5,{even},ROUND({units},0))/{number(scale)}", x)


def ranked(own: str, column: str, method: str) -> str:
    """Return the formula of a rank among all cells of a column, which hold rounded scores."""
    return guarded(RANKS[method].format(all=column, own=own), own)


def share_of(weight: str, score: str, ranges: tuple[str, str]) -> str:
    """Return the formula of a child's share among those of its siblings that have a score."""
    w, x = ranges
    return guarded(f"{weight}/SUMPRODUCT({w}*ISNUMBER({x}))", score)


def product(*cells: str) -> str:
    """Return the formula of a product."""
    return guarded("*".join(cells), *cells)


def difference(first: str, second: str) -> str:
    """Return the formula of a difference."""
    return guarded(f"{first}-{second}", first, second)


def sum_where(numbers: str, conditions: Sequence[tuple[str, str]]) -> str:
    """Return the formula of the sum of numbers in the rows in which columns hold what is asked of them."""
    return f"SUMIFS({numbers},{','.join(f'{column},{value}' for column, value in conditions)})"
