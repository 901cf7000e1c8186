"""What the tables of indicators and of targets must print, found by key in the Parquet tables."""

from __future__ import annotations

from decimal import Decimal

from keyed import BEFORE, EU, GAP, MINUS, NOW, PT, figure, signed


def indicator_row(tables, name, cells):
    """The row of a node in the table of all indicators: figure, scores, best country, rank, points, change."""
    run = tables.run
    code = run.nodes[name.removesuffix(" Less is better.")]
    (about,), (row,) = run.rows("nodes", node=code), run.rows("scores", edition=NOW, country=PT, node=code)
    leaf = about["level"] == "indicator"
    best = next(row["country"] for row in run.rows("scores", edition=NOW, node=code) if row["rank"] == 1)
    own = [run.printed_score(country, code) for country in (PT, EU)]
    rank = run.rank(PT, code) if leaf else f"{run.rank(PT, code)} {run.interval(PT, code)}"
    points = tables.nearly(cells[-3], row["effective"] * row["score"], plain=True)
    before = run.score(PT, code, BEFORE)
    moved = GAP if before is None else signed(row["score"] - before, 1)
    shown = _figure(run, code, about) if leaf else ""
    return shown, *own, f"{best} {run.printed_score(best, code)}", rank, points, moved, ""


def _figure(run, code, about):
    own = run.cell(PT, code)
    dated = f"{run.with_unit(own['raw'], about['unit'])}, {own['year']}"
    if own["denominator"] is not None:
        after = run.with_unit(own["denominated"], about["scored_unit"])
        dated += f" after division: {after}" if not dated.startswith(after) else ""
    return dated + (f" {own['obs_status']}" if own["obs_status"] else "")


def target_row(tables, name, cells):
    """The row of a target: value and goal with their years, paces, projection, verdict and its reason."""
    code = tables.targets[name]
    (row,) = tables.run.rows("targets", target=code, country=PT)
    growth = cells[2].endswith("%") or cells[3].endswith("%")

    def pace(value, digits=3, sign=True):
        if value is None:
            return GAP
        exact = Decimal(f"{100 * value if growth else value:#.{digits}g}")
        text = f"{exact:,f}".replace("-", MINUS)
        return ("+" if sign and value > 0 else "") + text + (" %" if growth else "")

    ends = [short(row[f"projection_{end}"]) for end in ("low", "high")]
    so_far = pace(row["pace"]) + ("" if row["pace"] is None else f" ± {pace(row['pace_error'], 2, sign=False)}")
    if row["verdict"] == "cannot be said" and None not in (row["needed"], row["projection_low"]):
        so_far += f" newest: {pace(row['recent'])}"
    between = "" if GAP in ends else f" {ends[0]} to {ends[1]}"
    if between and row["projection_low"] == row["projection_high"]:
        between = " the end of the scale, or beyond"
    return (
        f"{short(row['value'])} {row['year']}",
        f"{short(row['goal'])} {row['goal_year']}",
        pace(row["needed"]),
        so_far,
        short(row["projection"]) + between,
        f"{row['verdict']} {row['reason']}",
    )


def short(value):
    """A figure in a few digits; millions are said as such."""
    if value is None:
        return GAP
    return f"{figure(float(f'{value / 1e6:.3g}'))} m" if abs(value) >= 1e6 else figure(value)


TARGETS = {"Targets: ": target_row, "As context: ": target_row}
