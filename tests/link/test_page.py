"""The page on links is true: what it imports exists, it can be compiled, and its runs in memory run."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from link_doubles import Talker

import samefade
from samefade.types import Observation

PAGE = Path(samefade.__file__).parents[2] / "docs/howto/links.md"

if not PAGE.is_file():
    pytest.skip("the pages are not a part of the installed package", allow_module_level=True)

BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_what_the_page_imports_exists_and_its_code_compiles(code):
    compile(code, PAGE.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    for line in code.splitlines():
        if line.startswith("from "):
            exec(line, {})


def test_what_needs_no_second_machine_runs(capsys):
    x = Observation(np.zeros(50), 10.0, np.ones(50, bool))
    names = {"observation": x, "session": Talker(True), "initiator": Talker(True), "responder": Talker(False)}
    names |= {"source_a": None, "source_b": None}
    for code in BLOCKS:
        if "Drive(session" in code or "Memory(" in code:
            exec(code, names)
    assert "Outcome(finished=True" in capsys.readouterr().out
