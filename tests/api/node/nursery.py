"""Runs `samefade` in processes of its own, each forked from this one, which has loaded everything: a start is quick.

Each line on standard input is a JSON list: the folder to work in, a name, and the arguments.
The process id is answered; NAME.out and NAME.err take what the process says, and NAME.code how it ended.
"""

import json
import os
import signal
import sys
from pathlib import Path


def child(folder, name, arguments):
    """Be the process."""
    os.chdir(folder)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, kind in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{name}.{kind}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    code = 70
    try:
        from samefade.cli.main import main

        sys.argv = ["samefade", *arguments]
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        Path(f"{name}.code").write_text(str(code), encoding="ascii")
        os._exit(code)


def say(what):
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main():
    from node_recording import load

    load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    say("ready")
    for line in sys.stdin:
        folder, name, arguments = json.loads(line)
        pid = os.fork()
        if not pid:
            child(folder, name, arguments)
        say(pid)


if __name__ == "__main__":
    main()
