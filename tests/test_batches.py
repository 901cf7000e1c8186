"""Batches: the same bytes for any number of threads, the first of many those of few, a stopped simulation whole."""

from __future__ import annotations

import pickle
import signal
import time
from dataclasses import fields, replace

import numpy as np
import pytest
from simulated_cases import job_of, make_plan, no_errors, total_of

from readiness import simulation
from readiness.batches import Total, on_threads, with_rest
from readiness.choices import Choice
from readiness.simulation import BATCH
from readiness.variation import Variation, WeightNoise

TREE = {"index": {"a": 1, "b": 1}, "a": {"x": 1, "y": 2}, "b": {"z": 1, "v": 1, "u": 1}}
CHOICES = {"aggregate": (Choice("arithmetic"), Choice("geometric")), "normalise": (Choice("min_max"), Choice("rank"))}
EVERYTHING = Variation(weights=WeightNoise("uniform"), leave_out="indicator", figures=True, choices=CHOICES)


def made(variation=EVERYTHING, **more):
    figures = np.random.default_rng(5).normal(50, 10, size=(5, 9))
    figures[1, 2] = figures[3, 4] = figures[4, 4] = np.nan
    plan = make_plan(TREE, 9, falling=("y",), variation=variation)
    return job_of(plan, figures, no_errors(plan, size=4.0, low=20.0, high=80.0, common=0.3), **more)


def run(job, last, threads=1, total=None):
    total = Total.empty(job) if total is None else total
    assert on_threads(job, total, last, threads)
    return total


def content(total, counts_only=False):
    """Return all numbers of a total as bytes."""
    parts = total.counts if counts_only else [*total.counts, *total.sums]
    return b"".join(getattr(part, each.name).tobytes() for part in parts for each in fields(part))


def test_any_number_of_threads_gives_the_same_bytes():
    job = made()
    assert [mix.name for mix in job.mixes] == ["weights", "exclusion", "figures", "choices", "method", "all"]
    alone = content(run(job, 6))
    for threads in (2, 3, 8, 0):
        assert content(run(job, 6, threads)) == alone


def test_batches_that_end_out_of_turn_give_the_same_bytes(monkeypatch):
    """The first batches are the slowest here, so that sums wait for their turn."""
    job, plain = made(), simulation.Job.batch
    alone = content(run(job, 5))

    def slowly(self, number, *more):
        time.sleep(0.15 / (number + 1))
        return plain(self, number, *more)

    monkeypatch.setattr(simulation.Job, "batch", slowly)
    assert content(run(job, 5, 5)) == alone


def test_the_first_of_many_replicates_are_those_of_few():
    job = made()
    few, many = run(job, 3), run(job, 6)
    onward = run(job, 6, 2, total=few.copy(job))
    assert content(onward) == content(many)
    assert (few.replicates, onward.replicates) == (3 * BATCH, 6 * BATCH)
    assert content(few) == content(run(job, 3)), "a copy shares no memory"


@pytest.mark.parametrize("rest", [1, 7, BATCH // 2, BATCH - 1])
def test_a_rest_makes_whole_what_whole_batches_leave(rest):
    job = made()
    total = run(job, 2)
    before = content(total)
    full = with_rest(job, total, 2 * BATCH + rest)
    assert (full.replicates, total.replicates) == (2 * BATCH + rest, 2 * BATCH)
    assert content(total) == before
    for counts in full.counts:
        assert counts.cells.sum() == 2 * BATCH + rest
    again, remainder = total.copy(job), job.empty()
    job.batch(2, remainder, 0, rest)
    job.batch(2, remainder, rest, BATCH)
    again.add_counts(remainder)
    assert content(again, counts_only=True) == content(run(job, 3), counts_only=True)


def test_no_rest_is_added_where_there_is_none():
    job = made()
    total = run(job, 2)
    assert content(with_rest(job, total, 2 * BATCH)) == content(total)


def test_a_job_in_another_process_computes_the_same_bytes():
    job = made()
    assert content(run(pickle.loads(pickle.dumps(job)), 2)) == content(run(job, 2))


def test_the_seed_is_all_that_makes_a_simulation_another():
    assert content(run(made(seed=1), 1)) == content(run(made(seed=1), 1))
    assert content(run(made(seed=1), 1)) != content(run(made(seed=2), 1))
    assert content(run(made(seed=2**64 - 1), 1)) != content(run(made(seed=2**32 - 1), 1))


@pytest.mark.parametrize("lanes", [1, 7, 256])
def test_counts_do_not_depend_on_how_many_lanes_are_computed_at_a_time(monkeypatch, lanes):
    """Sums may differ in their last bits, which is why the number of lanes is fixed."""
    job = made()
    whole = run(job, 1)
    monkeypatch.setattr(simulation, "FEW_LANES", lanes)
    monkeypatch.setattr(simulation, "MANY_LANES", lanes)
    parts = run(job, 1)
    assert content(parts, counts_only=True) == content(whole, counts_only=True)
    for one, other in zip(parts.sums, whole.sums, strict=True):
        for each in fields(one):
            np.testing.assert_allclose(getattr(one, each.name), getattr(other, each.name), rtol=1e-9, atol=1e-6)


def test_nodes_that_are_asked_for_are_counted_as_among_all():
    whole, some = made(), made(nodes=["b"])
    assert whole.layouts[0].nodes == ("b", "a", "index")
    assert some.layouts[0].nodes == ("b", "index")
    everything, few = run(whole, 1), run(some, 1)
    for full, part in zip(everything.counts, few.counts, strict=True):
        assert np.array_equal(full.ranks[[0, 2]], part.ranks)
        assert np.array_equal(full.above[[0, 2]], part.above)


def test_a_fault_in_a_batch_reaches_the_caller(monkeypatch):
    def faulty(self, number, *more):
        raise FloatingPointError(f"batch {number}")

    monkeypatch.setattr(simulation.Job, "batch", faulty)
    with pytest.raises(FloatingPointError, match="batch"):
        run(made(Variation(weights=WeightNoise("flat"))), 4, 2)


MANY = 400  # batches: so many take longer than some looks at what is done


@pytest.mark.parametrize("stop", [1, 3])
@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_leaves_a_total_of_fewer_replicates_all_complete(stop, threads):
    job = made()
    total, told = Total.empty(job), []

    def progress(done):
        told.append(done)
        if len(told) == stop:
            signal.raise_signal(signal.SIGINT)

    assert not on_threads(job, total, MANY, threads, progress)
    done = total.replicates // BATCH
    assert stop <= done < MANY
    assert content(total) == content(run(job, done))
    more = done + 2
    assert content(run(job, more, total=total)) == content(run(job, more)), "and it can be continued"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_progress_is_told_batch_by_batch():
    told = []
    job = made()
    assert on_threads(job, Total.empty(job), 4, 3, told.append)
    assert told == [BATCH, 2 * BATCH, 3 * BATCH, 4 * BATCH]


def test_replicates_far_out_are_dealt_and_drawn():
    """A simulation that has run for weeks goes on: batch numbers are not bound to 32 bits."""
    job = made()
    counts = job.empty()
    job.batch(2**40, counts)
    assert all(each.cells.sum() == BATCH for each in counts)


def test_uneven_trees_and_silent_noise_have_batches():
    tree = {"index": {"a": 1, "x": 1}, "a": {"y": 1, "b": 1}, "b": {"z": 1}}
    plan = make_plan(tree, 4, variation=Variation(weights=WeightNoise("uniform")))
    framework = replace(plan.framework, levels=("index", "pillar", "sub_pillar", "indicator"))
    job = job_of(replace(plan, framework=framework), np.random.default_rng(1).random((3, 4)))
    (counts,) = total_of(job, 600).counts
    assert (counts.ranks[:, :, 1:].sum(axis=2) == 600).all()
