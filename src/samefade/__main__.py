"""Begin the command line, as `samefade` and as `python -m samefade`.

Loading the commands takes a good part of a second; who stops that with Ctrl-C has made no error to explain.
"""

import sys


def main() -> None:
    """Load the commands and run the one that was asked for."""
    try:
        from samefade.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)  # as a command that is stopped later ends: 128 and the number of the signal


if __name__ == "__main__":
    main()
