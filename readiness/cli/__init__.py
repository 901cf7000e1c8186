"""The command line: it parses, calls the library, prints. Figures go to stdout, words to stderr."""

from __future__ import annotations

import codecs
import io
import os
import signal
import sys
import threading

import click

from readiness.cli import bench, inputs, proof, questions, ranks, report, runs, sensitivity, simulation, targets, texts
from readiness.cli.common import cli, say, summary
from readiness.errors import OUR_FAULT, UNREADABLE, ReadinessError

__all__ = [
    "bench",
    "cli",
    "inputs",
    "main",
    "proof",
    "questions",
    "ranks",
    "report",
    "runs",
    "sensitivity",
    "simulation",
    "targets",
    "texts",
]

ALIKE = {"−": "-", "–": "-", "±": "+/-", "…": ".", "“": '"', "”": '"', "’": "'", "·": ".", "\N{NO-BREAK SPACE}": " "}


def main() -> None:
    """Run the command line; turn every failure into a sentence and an exit status."""
    _ready_streams()
    signal.signal(signal.SIGTERM, _stop)  # so that drafts are taken away
    try:
        cli.main(standalone_mode=False)
    except ReadinessError as error:
        from readiness.terminal import show_findings

        show_findings(error.violations, sys.stderr)
        say(summary(error.violations) + " Nothing was computed or written.")
        sys.exit(error.status)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        _leave_threads()
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:
        say(f"{error.filename or 'A file'}: {error.strerror or error}. Nothing was written.")
        sys.exit(UNREADABLE)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        say(f"This is a fault of the program, not of your input: {type(error).__name__}: {error}")
        say("Please report it with the command and what `readiness --debug ...` prints.")
        sys.exit(OUR_FAULT)


def _ready_streams() -> None:
    """Let words go where there is no stream, and let a stream that lacks a letter show one that is like it."""
    codecs.register_error("alike", _alike)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nothing = io.BufferedWriter(io.FileIO(os.devnull, "w"))
            setattr(sys, name, io.TextIOWrapper(nothing, encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="alike")


def _alike(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for letters that a stream lacks: a minus must not be lost."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(ALIKE.get(sign, "?") for sign in lost), error.end


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _leave_threads() -> None:
    """End the process at once if batches are under way in other threads, which Python would wait for."""
    if any(thread.name.startswith("readiness-batches") for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)
