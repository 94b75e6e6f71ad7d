"""The pages are true: their code runs, their links lead somewhere, and what they name exists."""

import re
from pathlib import Path

import numpy as np
import pytest

import samefade
from samefade import channel, files, observe, schemes

ROOT = Path(samefade.__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

if not (ROOT / "docs").is_dir():
    pytest.skip("the pages are not a part of the installed package", allow_module_level=True)


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_to_a_file(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def command_lines(page):
    """Return the words of every `samefade …` on a page, in a block or in a sentence."""
    text = page.read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"^```(?:console.*|sh)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    lines = re.findall(r"^(?:\w*\$ )?samefade (.*)", shown.replace("\\\n", ""), re.MULTILINE)
    lines += re.findall(r"`samefade ([^`]*)`", text)
    return [re.sub(r"#.*|[|;>)].*", "", line).split() for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_command_on_a_page_exists_with_its_options(page):
    from typer.main import get_command

    from samefade.cli.main import app

    for words in command_lines(page):
        command = get_command(app)
        while words and words[0] in getattr(command, "commands", ()):
            command = command.commands[words.pop(0)]
        assert not words or not hasattr(command, "commands") or not words[0].isalpha() or words[0].isupper(), words
        known = {name for each in command.params for name in each.opts} | {"--help"}
        assert {word.split("=")[0] for word in words if word.startswith("-")} <= known, (command.name, words)


def test_the_page_on_schemes_defines_one_that_runs_in_forty_lines(tmp_path):
    code = next(block for block in blocks(ROOT / "docs/howto/add-a-scheme.md", "python") if "mine.py" in block)
    assert len(code.splitlines()) <= 40
    file = tmp_path / "mine.py"
    file.write_text(code, encoding="utf-8")
    scheme = schemes.find(f"{file}:Mine")
    assert scheme.name == "mine"
    world = channel.simulate("carried", np.random.default_rng(1), tones=(6,))
    report = samefade.run(scheme, observe.pair(world.a, world.b, (world.e, world.e)), seed=bytes(32))
    assert report.eve  # who may have several looks at the link
    assert report.scheme == "mine"
    assert report.bits > 1000
    assert report.bit_error_rate < 0.1


def test_the_readmes_first_two_commands_are_demo_and_test():
    commands = [line for block in blocks(ROOT / "README.md", "") for line in block.splitlines() if line]
    assert [c.split("#")[0].strip() for c in commands[:2]] == ["make demo", "make test"]


def test_the_readmes_python_is_the_api(tmp_path, monkeypatch):
    world = channel.simulate("carried", np.random.default_rng(1))
    monkeypatch.chdir(tmp_path)
    files.esp32_tool.write(world.a, Path("ap.csv"))
    files.esp32_tool.write(world.b, Path("sta.csv"))
    for code in blocks(ROOT / "README.md", "python"):
        exec(compile(code, "README.md", "exec"), {})
