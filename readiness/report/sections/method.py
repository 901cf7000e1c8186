"""Sections 10 and 11, on two pages at most: how the index is computed, and how to compute it again."""

from __future__ import annotations

from shlex import quote

from readiness import __version__
from readiness.numbers import percent
from readiness.report.data import Facts
from readiness.report.document import NUMBER, Block, Cell, Column, Listing, Row, Section, Table, Text
from readiness.report.interval_words import methods_in_words, noise_in_words
from readiness.report.method import ten_lines
from readiness.report.options import Options
from readiness.report.reasons import mark
from readiness.report.texts import ENGLISH
from readiness.report.wording import reference_name
from readiness.report.words import reference_rule

ALONE = mark("Counts only in {edition}; in the other edition it or its group has too few figures: {names}.")


def section(facts: Facts) -> Section:
    """Return how the index is computed: steps, intervals, the tree with its weights, what is new, how to cite."""
    say = facts.say
    lines = tuple((say.english(heading), say.english(text)) for heading, _, text in ten_lines(facts.spoken(ENGLISH)))
    blocks: list[Block] = [Listing(pairs=lines, language=ENGLISH if say.language != ENGLISH else "")]
    if facts.spread:
        variation = facts.results.recipe.variation
        text, methods = noise_in_words(variation, facts.spread.mixes), methods_in_words(variation)
        text += f" Methods vary, {methods}." if methods and "choices" in facts.spread.mixes else ""
        replicates = say.digits(f"{facts.spread.replicates:,}")
        blocks.append(Text(say("Intervals: {number} replicates. {text}", number=replicates, text=say.english(text))))
    blocks += [_tree(facts), Text(_news(facts))]
    cite = say(
        "To cite: {title}, edition {edition}, run {run}.",
        title=say.data(facts.framework.name),
        edition=facts.edition,
        run=facts.results.digest,
    )
    rights = say("Figures keep the licences of their producers, see the table of sources.")
    blocks.append(Text(f"{cite} {rights}"))
    return Section("method", say("How it is computed"), tuple(blocks))


def _tree(facts: Facts) -> Table:
    """Return the tree of the index with the shares of its groups."""
    say = facts.say
    columns = (
        Column(say("Part of the index"), width=2),
        Column(say("Share"), NUMBER),
        Column(say("Indicators"), NUMBER),
    )
    rows = []
    for node in facts.framework.nodes:
        if node in facts.framework.groups:
            leaves = sum(leaf in facts.framework.below(node) for leaf in facts.indicators_counted[facts.edition])
            share = percent(facts.weights[facts.edition, node]["effective"]).removesuffix(" %")
            depth = facts.framework.depths[node]
            cells = (Cell(facts.name(node)), Cell(say.percent(share)), Cell(str(leaves)))
            rows.append(Row(cells, "group" if depth <= 1 else "", depth=max(0, depth - 1)))
    return Table(
        say("The tree and its shares in edition {edition}", edition=facts.edition), columns, tuple(rows), "fit"
    )


def _news(facts: Facts) -> str:
    """Say which indicators are new and which are gone since the edition before."""
    say = facts.say
    if facts.previous is None:
        return say("There is no edition before.")
    old, new = (facts.indicators_counted[edition] for edition in (facts.previous, facts.edition))
    if old == new:
        return say(
            "The same indicators count in {before} and in {now}: {number}.",
            number=len(new),
            before=facts.previous,
            now=facts.edition,
        )
    told = []
    for edition, codes in ((facts.edition, new - old), (facts.previous, old - new)):
        names = say.listed([facts.name(leaf) for leaf in facts.framework.leaves if leaf in codes])
        told += [say(ALONE, edition=edition, names=names)] if codes else []
    return " ".join(told)


def _again(facts: Facts, options: Options) -> str:
    """Return the command that makes the report again, with the choices that it was made by."""
    own = facts.say.language
    given = {
        "--lang": "" if own == ENGLISH else own,
        "--peers": ",".join(options.peers),
        "--officer": options.officer,
        "--status": options.status,
    }
    return f"readiness report {options.country} RUN" + "".join(
        f" {key} {quote(each)}" for key, each in given.items() if each
    )


def reproduction(facts: Facts, options: Options) -> Section:
    """Return what identifies the run, and how it is repeated."""
    say, results = facts.say, facts.results
    known = results.panel.figures["vintage"].drop_nulls()
    pairs = [
        (say("Run"), results.digest),
        (say("Program"), f"readiness {__version__}"),
        (say("Recipe"), results.recipe.name),
        (say("Seed"), str(results.simulation.get("seed", "")) or say("none")),
        (say("Figures as known on"), say.date(results.as_of) if results.as_of else say("the newest of each")),
        (say("Newest vintage"), say.date(known.max()) if len(known) else say("not stated")),
        (say("Officer"), options.officer or say("not signed")),
        (say("Status"), say.data(options.status) if options.status else say("not stated")),
    ]
    if reference_name(facts):
        pairs.append((reference_name(facts), reference_rule(facts.framework, say)))
    pairs += [(name, value[:16]) for name, value in sorted(results.panel.digests.items())]
    text = say(
        "The run's folder holds every table and input of this report; “readiness verify RUN” checks all of its "
        "files, “{command}” makes this report again, with the same bytes.",
        command=_again(facts, options),
    )
    return Section("reproduction", say("How to repeat it"), (Listing(pairs=tuple(pairs)), Text(text)))
