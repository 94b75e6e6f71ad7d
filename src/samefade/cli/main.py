"""The `samefade` command: gathers the commands, and turns errors into a sentence, numbers, advice and an exit code."""

import os
import sys

import typer

from samefade import __version__
from samefade.cli import (
    assess,
    bench,
    compare,
    data,
    decompose,
    demo,
    doctor,
    identity,
    key,
    keys,
    lpwan,
    measure,
    node,
    read,
    report,
    sim,
    study,
    trace,
    train,
)
from samefade.cli.output import complain, emit, refused
from samefade.errors import CannotWrite, InputError, SamefadeError

app = typer.Typer(
    name="samefade",
    help="Two radios hear the same fade: keys from wireless channels, and an honest account of them.\n\n"
    "Exit codes: 0 done, 2 bad input, 3 not enough for a key, 4 the ends did not agree, "
    "5 presence refused, 6 a broken protocol.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command()(demo.demo)
app.command()(read.read)
app.command()(measure.measure)
app.command()(decompose.decompose)
app.command()(key.key)
app.command()(assess.assess)
app.command()(compare.compare)
app.command()(bench.bench)
app.command()(report.report)
app.command()(study.study)
app.command()(train.train)
app.command()(sim.sim)
app.command()(node.node)
app.command()(identity.identity)
app.command()(trace.trace)
app.add_typer(keys.app, name="keys")
app.add_typer(lpwan.app, name="lpwan")
app.add_typer(data.app, name="data")
app.command()(doctor.doctor)


def _version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"samefade {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=lambda asked: _version(asked=asked), is_eager=True, help="Print the version."
    ),
    traceback: bool = typer.Option(False, "--traceback", help="Show Python's traceback when something goes wrong."),
) -> None:
    """Gather what holds for every command."""


def main() -> None:
    """Run the command line; the only place that ends the process."""
    arguments = sys.argv[1:]
    as_json, show = "--json" in arguments, "--traceback" in arguments
    try:
        app([word for word in arguments if word != "--traceback"])  # it may stand after the command, too
        sys.stdout.flush()
    except SystemExit as ended:
        _usage(ended, as_json=as_json)
        raise
    except BrokenPipeError:
        _silence()
        sys.exit(0)
    except Exception as error:
        if show:
            raise
        told = _as_ours(error)
        try:
            complain(told, as_json=as_json)
            sys.stdout.flush()
        except OSError:  # nowhere left to tell it but the exit code and, perhaps, standard error
            _silence()
        sys.exit(told.exit_code)


def _as_ours(error: Exception) -> SamefadeError:
    """Turn what the system or a bug raised into an error with a sentence."""
    if isinstance(error, SamefadeError):
        return error
    if isinstance(error, OSError):
        return CannotWrite(error.filename or "the output", error.strerror or str(error))
    return SamefadeError(error=type(error).__name__, reason=str(error))


def _usage(ended: SystemExit, *, as_json: bool) -> None:
    """Tell a wrong option in JSON, too, where JSON was asked for; the words are on standard error already."""
    told = getattr(ended.__context__, "format_message", None)
    if as_json and ended.code == InputError.exit_code and told is not None:
        emit(refused(InputError(reason=told())))


def _silence() -> None:
    """Send what is still buffered nowhere, or Python would fail once more, with a traceback, when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
