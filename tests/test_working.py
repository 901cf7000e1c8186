"""Jobs that make files: their order, what they raise, and that no more are under way than are asked for."""

import threading

import pytest

from readiness.report import working
from readiness.report.working import worked


@pytest.mark.parametrize("cores", [1, 2, 7])
def test_files_come_in_the_order_of_the_jobs(monkeypatch, cores):
    monkeypatch.setattr(working.os, "cpu_count", lambda: cores)
    first = threading.Event()

    def slow():
        first.wait(5)
        return b"0"

    def quick():
        first.set()
        return b"1"

    jobs = [("0", slow if cores > 1 else quick), ("1", quick)]
    assert [name for name, _ in worked(jobs)] == ["0", "1"]


def test_a_job_that_fails_is_an_error_in_its_turn():
    def fail():
        raise ValueError("no ink")

    made = worked([("a", lambda: b"a"), ("b", fail), ("c", lambda: b"c")])
    assert next(made) == ("a", b"a")
    with pytest.raises(ValueError, match="no ink"):
        next(made)


def test_jobs_are_begun_as_files_are_taken():
    begun = []

    def jobs():
        for number in range(100):
            begun.append(number)
            yield str(number), lambda: b""

    made = worked(jobs())
    next(made)
    assert len(begun) == working.AHEAD + 1
    made.close()
    assert len(begun) == working.AHEAD + 1
