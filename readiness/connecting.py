"""Connects to a Dask cluster or starts one on this machine; what can go wrong there is said in a sentence."""

from __future__ import annotations

import importlib
import io
import logging
import pickle
import queue
import signal
import threading
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from readiness import bundles
from readiness.errors import FINDINGS, UNREADABLE, USAGE, ReadinessError, Violation
from readiness.registry import compiled
from readiness.simulation import Job

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

PLACE = "--cluster"
FORMS = "tcp://HOST:PORT, tls://HOST:PORT or local:N, such as tcp://host:8786 or local:4"
INSTALL = 'Install it: pip install "readiness[cluster]".'
NOISY = ("distributed", "dask", "tornado")
MOST_LOCAL = 256  # worker processes on this machine
ANSWER = 10.0  # seconds in which a scheduler must answer
PATIENCE = 2.0  # seconds more in which Dask should have given up


def parse_address(address: str) -> int:
    """Return how many processes an address asks for on this machine; 0 if it is that of a scheduler."""
    kind, _, number = address.partition(":")
    if kind == "local" and number.isascii() and number.isdecimal() and len(number) < 6:
        if 1 <= int(number) <= MOST_LOCAL:
            return int(number)
    elif _is_of_a_scheduler(address):
        return 0
    expected = f"{FORMS}, at most {MOST_LOCAL}" if kind == "local" else FORMS
    raise ReadinessError(Violation("E751", PLACE, address, expected), USAGE)


def pack(job: Job) -> bytes:
    """Return a job as bytes, with the functions that were given with its recipe.

    A compiled kernel that the job has at hand goes by its plain function, and is compiled anew: numba would send its
    text without the functions of its file that it calls.
    """
    _dask()
    packed = io.BytesIO()
    try:
        _pickler()(packed).dump(job)
        return packed.getvalue()
    except Exception as fault:
        raise ReadinessError(Violation("E757", PLACE, _first_line(fault)), USAGE) from fault


@contextmanager
def connected(address: str, processes: int) -> Iterator[Client]:
    """Connect to a scheduler, or start processes on this machine; close what was opened, whatever happens."""
    dask = _dask()
    client = cluster = None
    try:
        try:
            with uninterrupted():
                cluster = _local(dask, processes) if processes else None
            client = _client(dask, cluster or address)
        except Exception as fault:
            raise ReadinessError(Violation("E753", address, _first_line(fault)), UNREADABLE) from fault
        yield client
    finally:
        with uninterrupted():
            for each in (client, cluster):
                if each is not None:
                    each.close()


def same_versions(client: Client) -> None:
    """Refuse workers without this package, or with another version of what figures are computed with."""
    mine = bundles.versions()
    lacking, differing = [], defaultdict(list)
    for worker, found in client.run(bundles.versions, on_error="return").items():
        if isinstance(found, Exception):
            lacking += [worker] if "readiness" in str(found) else []  # the others are lost, as workers may be
        else:
            for name in mine:
                if found.get(name) != mine[name]:
                    differing[name, str(found.get(name))].append(worker)
    faults = [Violation("E755", lacking[0], expected=_wanted("readiness"), hint=_others(lacking))] if lacking else []
    for (name, version), workers in differing.items():
        faults.append(Violation("E756", workers[0], f"{name} {version}", _wanted(name), hint=_others(workers)))
    if faults:
        raise ReadinessError(faults, FINDINGS)


def finding(fault: BaseException, address: str) -> BaseException:
    """Return what to raise for the fault of a bundle: a finding about the cluster, else the fault itself."""
    if isinstance(fault, bundles.UnfitError):
        expected = ", ".join(_wanted(name) for name in bundles.versions()) if fault.code == "E756" else ""
        return ReadinessError(Violation(fault.code, address, fault.found, expected), FINDINGS)
    if isinstance(fault, ImportError) and (fault.name or "").partition(".")[0] == "readiness":
        return ReadinessError(Violation("E755", address, str(fault), _wanted("readiness")), FINDINGS)
    if isinstance(fault, _dask().KilledWorker):
        return ReadinessError(Violation("E758", address), FINDINGS)
    return fault


def gone(address: str) -> ReadinessError:
    """Return the error for a scheduler that was lost while it worked."""
    return ReadinessError(Violation("E759", address), UNREADABLE)


def workerless(address: str, seconds: float) -> ReadinessError:
    """Return the error for a cluster without workers."""
    return ReadinessError(Violation("E754", address, expected=f"a worker within {seconds:g} seconds"), UNREADABLE)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Dask's log and warnings from the user, who gets findings instead."""
    _dask()
    known = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.split(".")[0] in NOISY]
    was = [each.disabled for each in known]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=rf"({'|'.join(NOISY)})(\.|$)")
        try:
            for each in known:
                each.disabled = True
            yield
        finally:
            for each, disabled in zip(known, was, strict=True):
                each.disabled = disabled


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold an interrupt from the keyboard back until the end of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    was = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, was or signal.SIG_DFL)
    if came:
        signal.raise_signal(signal.SIGINT)


def _pickler() -> type[pickle.Pickler]:
    kernel = importlib.import_module("numba.core.registry").CPUDispatcher
    pickler = importlib.import_module("cloudpickle").Pickler

    class Packer(pickler):
        def reducer_override(self, thing: Any) -> Any:
            return (compiled, (thing.py_func,)) if isinstance(thing, kernel) else super().reducer_override(thing)

    return Packer


def _is_of_a_scheduler(address: str) -> bool:
    try:
        parts = urlsplit(address)
        more = parts.path or parts.query or parts.fragment or parts.username
        return bool(parts.scheme in ("tcp", "tls") and parts.hostname and parts.port and not more)
    except ValueError:
        return False


def _dask() -> ModuleType:
    """Return dask.distributed."""
    try:
        return importlib.import_module("distributed")
    except ImportError as fault:
        raise ReadinessError(Violation("E752", PLACE, str(fault), hint=INSTALL), USAGE) from fault


def _client(dask: ModuleType, target: LocalCluster | str) -> Client:
    """Connect from a thread of its own: Dask would wait for ever for a server that accepts and says nothing."""
    news: queue.SimpleQueue[Client | Exception] = queue.SimpleQueue()

    def connect() -> None:
        try:
            news.put(dask.Client(target, timeout=ANSWER, set_as_default=False))
        except Exception as fault:
            news.put(fault)

    threading.Thread(target=connect, daemon=True).start()
    try:
        found = news.get(timeout=ANSWER + PATIENCE)
    except queue.Empty:
        raise TimeoutError(f"no answer in {ANSWER + PATIENCE:g} seconds") from None
    if isinstance(found, Exception):
        raise found
    return found


def _local(dask: ModuleType, processes: int) -> LocalCluster:
    """Start workers of one thread each, deaf to the keyboard: Ctrl-C goes to every process of a terminal.

    A process inherits the signals that are ignored when it starts; one that is started later ignores them itself.
    """
    here = threading.current_thread() is threading.main_thread()
    was = signal.signal(signal.SIGINT, signal.SIG_IGN) if here else None
    try:
        return dask.LocalCluster(
            n_workers=processes,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            memory_limit=0,
            preload=[bundles.__name__],
        )
    finally:
        if here:
            signal.signal(signal.SIGINT, was or signal.SIG_DFL)


def _wanted(name: str) -> str:
    return f"{name} {bundles.versions()[name]}"


def _others(workers: list[str]) -> str:
    more = len(workers) - 1
    return f"So it is with {more} other worker{'s' if more > 1 else ''}." if more else ""


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip() or type(fault).__name__).splitlines()[0]
