"""One run with hostile names on it, its page, and a real browser where there is one."""

import shutil
import subprocess
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from samefade import api, channel, dash, draw, observe, reciprocity, schemes
from samefade.api.running import halves
from samefade.types import Observation

HOSTILE = '"><script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">\u202egnp.\x1b[2J'
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
VOID = {"meta", "link", "img", "br", "rect"}


@dataclass(frozen=True, eq=False)
class Made:
    report: Any
    certificate: Any
    pair: Any
    spoken: Any
    kept: Any
    facts: dict
    shown: dict
    pictures: dict


@pytest.fixture(scope="session")
def made():
    pytest.importorskip("jinja2")
    world = channel.simulate(replace(channel.SCENARIOS["carried"], seconds=450), 11, tones=(6,))
    a, b = (replace(end, device=HOSTILE, dropped={HOSTILE: 3}) for end in (world.a, world.b))
    pair = observe.pair(a, b)
    scheme, seed = schemes.find("strata"), bytes(range(32))
    report = api.run(scheme, pair, seed=seed)
    assert report.keys_match
    certificate = api.assess(pair, scheme, full=True, seed=seed)
    spoken, kept = halves(pair, None)
    public = spoken.each(lambda x: Observation(x.values, x.rate, x.mask, x.end, x.unit, x.start))
    told = {"matching": HOSTILE, "evidence": reciprocity.assess(pair)}
    told["diagnosis"] = reciprocity.diagnose(told["evidence"])
    facts = dash.facts(report, certificate, overclaim=api.overclaim(report, kept), **told)
    inputs = [{"holds": "a", "name": HOSTILE, "bytes": 12, "sha256": "0" * 64}]
    more = {"inputs": inputs, "recordings": dash.recordings(pair)}
    measured = reciprocity.assess(public)
    shown = dash.to_show(certificate, matching="row", evidence=measured, diagnosis=reciprocity.diagnose(measured))
    return Made(report, certificate, pair, spoken, kept, facts | more, shown | more, draw.panels(public))


@pytest.fixture(scope="session")
def page(made):
    return dash.page(made.facts, made.pictures)


@pytest.fixture(scope="session")
def browser():
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        pytest.skip("no browser: install chromium to open the pages in it")
    return found


@pytest.fixture
def look(browser, tmp_path):
    """Open an address in a fresh browser; return what it prints and what it complains of."""

    def look(address, *options):
        own = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
               "--disable-component-update", "--hide-scrollbars", "--enable-logging=stderr",
               f"--user-data-dir={tmp_path / 'profile'}")  # fmt: skip
        seen = subprocess.run(
            [browser, *own, *options, address], capture_output=True, text=True, timeout=600, check=False
        )
        assert seen.returncode == 0, seen.stderr[-2000:]
        return seen.stdout, [line for line in seen.stderr.splitlines() if "CONSOLE" in line]

    return look


class Parsed(HTMLParser):
    """Read a page strictly: every element is closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.text, self.faults = [], [], [], []
        self.feed(text)
        self.close()
        self.faults += [f"never closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.faults.append(f"an attribute twice: {tag}")
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"closed out of order: {tag}")

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="session")
def parse():
    return Parsed


@pytest.fixture(scope="session")
def hostile():
    return HOSTILE


@pytest.fixture(scope="session")
def numbers():
    """Every sample of a half, as it would be written in full."""

    def numbers(half):
        return {repr(float(value)) for end in (half.a, half.b) for value in np.ravel(end.values)[end.mask]}

    return numbers
