"""The `samefade` command: gathers the commands, and turns errors into a sentence, numbers, advice and an exit code."""

import sys

import typer

from samefade import __version__
from samefade.cli import compare, data, demo, doctor, key, measure, read, sim
from samefade.cli.output import complain
from samefade.errors import CannotWrite, SamefadeError

app = typer.Typer(
    name="samefade",
    help="Two radios hear the same fade: keys from wireless channels, and an honest account of them.\n\n"
    "Exit codes: 0 done, 2 bad input, 3 not enough for a key, 4 the ends did not agree.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command()(demo.demo)
app.command()(read.read)
app.command()(measure.measure)
app.command()(key.key)
app.command()(compare.compare)
app.command()(sim.sim)
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
    try:
        app()
    except SamefadeError as error:
        if "--traceback" in arguments:
            raise
        complain(error, as_json="--json" in arguments)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if "--traceback" in arguments:
            raise
        told = CannotWrite(error.filename or "the output", error.strerror or str(error))
        complain(told, as_json="--json" in arguments)
        sys.exit(told.exit_code)
