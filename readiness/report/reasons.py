"""The reasons that tables of a run give in English, as messages with places for the values that stand in them."""

from __future__ import annotations


def mark(message: str) -> str:
    """Return a message as it is, so that catalogues have it; it is said later."""
    return message


REASONS = (
    # a figure or a score that is missing
    mark("no figure"),
    mark("no score"),
    mark("no points"),
    mark("the figure is confidential"),
    mark("the only figure is a forecast"),
    mark("newest figure is of {year}, older than {years} years"),
    mark("figures for {share} of the indicator weight, {needed} is needed"),
    mark("{share} of its weight has a score, {needed} is needed"),
    mark("{method} finds no score for it"),
    mark("figures for {number} of {countries} countries, {needed} are needed"),
    mark("out of this edition: figures for {number} of {countries} countries, {needed} are needed"),
    mark("the value has no logarithm"),
    mark("the treatment has no value for it"),
    mark("no country has a score, or a weight of the mean is missing"),
    mark("{name} has no score"),
    mark("{name} has too few figures"),
    mark("its weight is zero"),
    mark("the score of {name} ({method}) is not a sum of its parts"),
    mark("low reliability"),
    mark("no denominator is known"),
    mark("all values are equal: no scale"),
    mark("the method of the scale has no bounds for it"),
    # targets
    mark("no officer has reported a figure"),
    mark("there is no figure"),
    mark("the goal is met"),
    mark("the goal is met, but not once the measure is taken to be {share} too large"),
    mark("the year has passed"),
    mark("nobody has set a number"),
    mark("there is nothing to multiply: {year} has no value above zero"),
    mark("a part of the goal cannot be computed"),
    mark("too few figures: {number}, and {needed} are needed for a trend"),
    mark("some years have nothing, from which no growth can be reckoned"),
    mark("the whole {share} interval of the trend in {year} is beyond the goal"),
    mark(
        "the {share} interval of the trend in {year} is beyond the goal, but the newest figures are slower than needed"
    ),
    mark("the whole {share} interval of the trend in {year} is short of the goal"),
    mark(
        "the {share} interval of the trend in {year} is short of the goal, but the newest figures are as fast as needed"
    ),
    mark("the {share} interval of the trend in {year} holds the goal"),
)
