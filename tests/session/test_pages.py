"""The pages on the protocol say what the code does: every message, every state, every refusal."""

import re
from pathlib import Path

import pytest

from samefade import errors
from samefade.wire import codes, table

DOCS = Path(__file__).parents[2] / "docs"

if not DOCS.is_dir():
    pytest.skip("the pages are not a part of the installed package", allow_module_level=True)

PROTOCOL = (DOCS / "explain" / "protocol.md").read_text(encoding="utf-8")
MESSAGES = (DOCS / "reference" / "messages.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", ["initiator", "responder"])
def test_the_diagrams_are_drawn_from_the_table(role):
    assert f"```mermaid\n{table.mermaid(role)}\n```" in PROTOCOL


def test_every_kind_of_message_is_on_the_page_under_its_number():
    told = set(re.findall(r"^\| (\d+) \| `(\w+)` \|", MESSAGES, re.MULTILINE))
    assert told == {(str(number), name) for number, name in codes.NAMES.items()}


@pytest.mark.parametrize("page", [PROTOCOL, MESSAGES], ids=["protocol", "messages"])
def test_every_message_named_exists(page):
    named = set(re.findall(r"`([A-Z][A-Z_0-9]+)`", page))
    assert named <= set(codes.NAMES.values())


def test_every_refusal_named_exists_and_every_one_of_presence_and_agreement_is_named():
    section = PROTOCOL.split("## What each refusal means")[1].split("\n## ")[0]
    named = {
        name for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert all(issubclass(getattr(errors, name), errors.SamefadeError) for name in named)
    branches = (errors.AgreementFailed, errors.PresenceRefused, errors.ProtocolError, errors.NotEnough)
    each = [kind for branch in branches for kind in branch.__subclasses__()]
    known = {kind.__name__ for kind in each if kind.__module__ == errors.__name__}
    assert known <= named
