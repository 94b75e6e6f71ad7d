"""Run the command line as `python -m samefade`."""

from samefade.cli.main import main

main()
