"""Play a page: what is typed there into which terminal, and whether programs say what is printed there."""

import os
import re
import socket
import sys
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from terminals import Terminal


def steps(text, names):
    """Yield (terminal, what is typed, what it says): a command, `^C`, or None where a program goes on.

    `names` are those of the page's terminals, as they stand before the dollar sign.
    """
    prompt = re.compile(rf"({'|'.join(map(re.escape, names))})\$ (.*)")
    for named, block in re.findall(r"^```console ?(\S*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        where, typed, said = named.strip("$"), None, []
        for line in block.replace("\\\n", "").splitlines():
            command = prompt.fullmatch(line)
            if command or line == "^C":
                if typed or said:
                    yield where, typed, "\n".join(said)
                where, typed, said = (*command.groups(), []) if command else (where, line, [])
            else:
                said.append(line)
        yield where, typed, "\n".join(said)


def agrees(page, said):
    """Say whether a program said what the page prints.

    `…` is anything, a number with a point any such number, and 8 keys may be one more or less, as the page tells.
    """
    words = []
    for word in page.split():
        fixed = re.sub(r"(?<![\d.])\d+\\\.\d+(?!\d|\\\.)", "[0-9.e+-]+", re.escape(word))
        words.append("[789]" if word == "8" else fixed)
    first, *more = r"\s+".join(words).split("…")
    # what stands between two `…` is taken where it is met first, once and for all: else a page with many takes for ever
    between = "".join(f"(?>.*?{each})" for each in more[:-1]) + (f".*?{more[-1]}" if more else "")
    return re.fullmatch(rf"\s*{first}{between}\s*", said, re.DOTALL) is not None


def stays(todo, at):
    """Say whether the page counts on a program that still runs when it turns to another terminal."""
    where = todo[at][0]
    following = next((typed for there, typed, _ in todo[at + 1 :] if there == where), "")
    return following in (None, "^C")


def take(terminal, typed, said, *, running):
    """Type a line, wait for what the page prints, and return what was said and the exit code."""
    if typed == "^C":
        terminal.interrupt()
    elif typed is not None:
        terminal.type(typed)

    def over(seen, code):
        whole = not said or seen.endswith("\n")
        return whole and agrees(said, seen) if running else code is not None

    told, code = terminal.until(over)
    assert agrees(said, told), f"{typed}\nthe page says:\n{said}\nbut it was:\n{told}"
    terminal.forget()
    return told, code


def free(kind):
    with socket.socket(socket.AF_INET, kind) as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@contextmanager
def opened(folder):
    """Give terminals by name, in a folder, with our own programs; everything in them ends at the end."""
    environment = {name: value for name, value in os.environ.items() if name not in ("SAMEFADE_STORE", "COLUMNS")}
    programs = [str(Path(sys.executable).parent), environment["PATH"], "/usr/sbin", "/usr/local/sbin"]
    environment["PATH"] = os.pathsep.join(programs)
    made = {}
    with ExitStack() as stack:

        def terminal(name):
            if name not in made:
                made[name] = stack.enter_context(closing(Terminal(folder, environment)))
            return made[name]

        yield terminal
