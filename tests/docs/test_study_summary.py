"""What the front page says of the study is what the study's own report says."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_front_page_counts_claims_as_the_report_does():
    report = (ROOT / "study" / "wskg2025" / "README.md").read_text("utf-8")
    (counted,) = re.findall(r"\*\*(74 claims: .*)\*\*", report)
    assert counted in (ROOT / "README.md").read_text("utf-8")
