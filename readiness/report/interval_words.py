"""Words of uncertainty: ranges, chances, sources of error, and who cannot be told apart from whom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import ceil, floor

from readiness.numbers import GAP, printed
from readiness.report.spread import Row, Spread
from readiness.report.texts import Texts
from readiness.variation import Variation

DASH = "\N{EN DASH}"
LEVEL = 90  # per cent of the intervals that are printed
ENGLISH = Texts()
NOISES = {
    "uniform": "each weight is multiplied by a number from {low:g} to {high:g}, every one as likely",
    "dirichlet": "the weights of a group follow a Dirichlet distribution around their own (concentration {c:g})",
    "flat": "every set of weights of a group is as likely as any other",
    "bootstrap": "the parts of a group are drawn with replacement, and count as often as they are drawn",
}


def short_sources(say: Texts = ENGLISH) -> dict[str, str]:
    """Return the name of each source of error for a table."""
    return {
        "figures": say("Figures"),
        "weights": say("Weights"),
        "exclusion": say("Parts left out"),
        "choices": say("Methods"),
        "method": say("All but figures"),
        "all": say("All"),
    }


def sources(say: Texts = ENGLISH) -> dict[str, str]:
    """Return the name of each source of error for a sentence."""
    return {
        "figures": say("errors of the figures"),
        "weights": say("the weights"),
        "exclusion": say("the parts left out"),
        "choices": say("the methods"),
        "method": say("all but the figures together"),
        "all": say("all of these together"),
    }


def places_text(row: Row | None, level: int = LEVEL) -> str:
    """Write the interval of a rank: first and last place, or the one place; a gap where there is none.

    >>> places_text({"rank_low_90": 1, "rank_high_90": 4}), places_text({"rank_low_90": 3, "rank_high_90": 3})
    ('1–4', '3')
    """
    if row is None:
        return GAP
    low, high = row[f"rank_low_{level}"], row[f"rank_high_{level}"]
    return f"{low}" if low == high else f"{low}{DASH}{high}"


def told_places(row: Row | None) -> str:
    """Write the interval of a rank within a sentence, where a single place would read as a slip.

    >>> told_places({"rank_low_90": 3, "rank_high_90": 3})
    '3–3'
    """
    return GAP if row is None else f"{row['rank_low_90']}{DASH}{row['rank_high_90']}"


def scores_text(row: Row | None, decimals: int, level: int = LEVEL, say: Texts = ENGLISH) -> str:
    """Write the interval of a score; with "to" where a minus would touch the dash.

    >>> scores_text({"score_low_90": 79.72, "score_high_90": 87.87}, 1)
    '79.7–87.9'
    >>> scores_text({"score_low_90": -0.5, "score_high_90": 0.25}, 1)
    '−0.5 to 0.2'
    """
    ends = [None if row is None else row[f"score_{side}_{level}"] for side in ("low", "high")]
    if row is None or None in ends:
        return GAP
    low, high = (say.digits(printed(end, decimals)) for end in ends)
    return say("{low} to {high}", low=low, high=high) if min(ends) < 0 else f"{low}{DASH}{high}"


def chance(share: float, say: Texts = ENGLISH) -> str:
    """Write a share of replicates in per cent; none, few, most and all stay apart; 95 % and 5 % are never rounded to.

    >>> [chance(each) for each in (0.0, 0.001, 0.05, 0.0541, 0.5512, 0.9496, 0.95, 0.999, 1.0)]
    ['0 %', 'under 1 %', '5 %', '5.5 %', '55 %', '94.9 %', '95 %', 'over 99 %', '100 %']
    """
    if 0 < share < 0.005:
        return say("under {share}", share=say.percent("1"))
    if 0.995 < share < 1:
        return say("over {share}", share=say.percent("99"))
    if share < 0.95 and round(100 * share) >= 95:
        return say.percent(f"{floor(1000 * share) / 10:.1f}")
    if share > 0.05 and round(100 * share) <= 5:
        return say.percent(f"{ceil(1000 * share) / 10:.1f}")
    return say.percent(f"{round(100 * share)}")


def briefly(share: float, say: Texts = ENGLISH) -> str:
    """Write a share of replicates where there is little room.

    >>> [briefly(each) for each in (0.001, 0.5512, 0.999)]
    ['<1 %', '55 %', '>99 %']
    """
    if 0 < share < 0.005:
        return say.percent("<1")
    return say.percent(">99") if 0.995 < share < 1 else chance(share, say)


def varied_in_words(spread: Spread, say: Texts = ENGLISH) -> str:
    """Say what varies in the mix that is shown: errors of the figures, the weights and the methods."""
    alone = [mix for mix in spread.mixes if mix not in ("method", "all")]
    if spread.shown not in ("method", "all"):
        alone = [spread.shown]
    if spread.shown == "method":
        alone = [mix for mix in alone if mix != "figures"]
    return say.listed([sources(say).get(mix, mix) for mix in alone])


def noise_in_words(variation: Variation, mixes: Sequence[str]) -> str:
    """Say how the weights and the errors of the figures are drawn, where they vary and the recipe says how."""
    noise, found = variation.weights, []
    if "weights" in mixes and noise.method in NOISES:
        text = NOISES[noise.method].format(low=1 - noise.spread, high=1 + noise.spread, c=noise.concentration)
        found.append(f"{text[0].upper()}{text[1:]}.")
    if "figures" in mixes:
        sizes = [text for text, there in (("declared", variation.figures), ("revision", variation.revisions)) if there]
        bounds = "are found anew in every replicate" if variation.refit else "stay those of the figures without errors"
        found.append(f"Errors of figures are normal, with {' and '.join(sizes)} errors as their standard deviations; ")
        found[-1] += f"caps and bounds of scales {bounds}."
    return " ".join(found)


def methods_in_words(variation: Variation) -> str:
    """List the methods of every step that varies."""
    several = {place: given for place, given in variation.choices.items() if len(given) > 1}
    return "; ".join(f"{place}: {' or '.join(each.method for each in given)}" for place, given in several.items())


def neighbours_in_words(
    spread: Spread, members: Sequence[tuple[str, str]], above: tuple[str, str] | None, say: Texts = ENGLISH
) -> list[str]:
    """Say which neighbours of a tier cannot be told apart, once for each run of them.

    `members` are code and name in the order of the ranking, `above` the last country of the tier before. A neighbour
    that ranks below but is ahead in 95 % of the replicates is named too.
    """
    found = [] if above is None else _border(spread, above, members[0], say)
    run = [members[0]]
    for one, other in pairwise(members):
        if spread.apart(one[0], other[0]):
            found += _run(spread, run, say) + _reversed(spread, one, other, say)
            run = []
        run.append(other)
    return found + _run(spread, run, say)


def _ahead(spread: Spread, one: tuple[str, str], other: tuple[str, str], say: Texts) -> dict[str, str]:
    """Return the names of a pair, which of them is ahead more often, and how often."""
    first, second = spread.ahead(one[0], other[0]), spread.ahead(other[0], one[0])
    name, share = (one[1], first) if first >= second else (other[1], second)
    return {"one": one[1], "other": other[1], "ahead": name, "share": chance(share, say)}


def _border(spread: Spread, above: tuple[str, str], first: tuple[str, str], say: Texts) -> list[str]:
    if spread.apart(above[0], first[0]):
        return _reversed(spread, above, first, say)
    told = _ahead(spread, above, first, say)
    return [
        say(
            "{one}, in the tier above, and {other} cannot be told apart: {ahead} is ahead in {share} of replicates.",
            **told,
        )
    ]


def _reversed(spread: Spread, one: tuple[str, str], other: tuple[str, str], say: Texts) -> list[str]:
    if not spread.leads(other[0], one[0]):
        return []
    share = chance(spread.ahead(other[0], one[0]), say)
    names = {"one": one[1], "other": other[1]}
    return [
        say("{other} ranks below {one} in the run but is ahead of it in {share} of replicates.", **names, share=share)
    ]


def _run(spread: Spread, run: Sequence[tuple[str, str]], say: Texts) -> list[str]:
    if len(run) < 2:
        return []
    if len(run) == 2:
        told = _ahead(spread, *run, say)
        return [say("{one} and {other} cannot be told apart: {ahead} is ahead in {share} of replicates.", **told)]
    names = [name for _, name in run]
    if any(spread.apart(one, other) for (one, _), (other, _) in combinations(run, 2)):
        return [say("From {one} to {other}, none can be told apart from the next.", one=names[0], other=names[-1])]
    told = {"names": say.listed(names), "share": say.percent("95")}
    return [say("{names} cannot be told apart: none is ahead of another in {share} of replicates.", **told)]
