"""What errors advise is there: the commands, their options and the pages that they name."""

import ast
import re
from pathlib import Path

import pytest
import typer

from samefade import errors
from samefade.cli.main import app

ROOT = Path(__file__).parents[2]


def advised():
    """Yield (class, advice) of every error in the sources."""
    for path in sorted((ROOT / "src" / "samefade").rglob("*.py")):
        for one in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(one, ast.ClassDef):
                for line in one.body:
                    target = line.target if isinstance(line, ast.AnnAssign) else getattr(line, "targets", [None])[0]
                    if isinstance(target, ast.Name) and target.id == "advice":
                        yield one.name, _text(line.value)


def _text(value):
    """Return a literal; an advice that is another class's is that one's."""
    return errors.SamefadeError.advice if isinstance(value, ast.Attribute) else ast.literal_eval(value)


ADVICE = dict(advised())


def command(words):
    """Follow words down the commands, and return the last command that they name."""
    found = typer.main.get_command(app)
    for word in words:
        below = getattr(found, "commands", {})
        if not below:
            break
        assert word in below, word
        found = below[word]
    return found


@pytest.mark.parametrize("name", ADVICE)
def test_what_an_advice_names_is_there(name):
    assert len(ADVICE) > 50
    text = ADVICE[name]
    assert text.endswith((".", "?"))
    for told in re.findall(r"`samefade ([^`]*)`", text):
        words = told.split()
        if words[0] == "COMMAND":
            continue
        options = {option for param in command(words).params for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= options, told
    for page in re.findall(r"docs/[\w/-]+\.md", text):
        assert (ROOT / page).is_file(), page


def test_only_a_defect_of_ours_asks_for_a_traceback():
    asking = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and "--traceback" in getattr(one, "advice", "")
    }
    assert asking == {"SamefadeError", "LocalProtocolError", "PresenceRefused"}  # the last is never raised itself
