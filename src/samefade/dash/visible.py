"""Show what would hide or reorder text: a file name may hold more than it shows.

Source: N. Boucher and R. Anderson, "Trojan Source: Invisible Vulnerabilities", 2021 (bidirectional controls), and
Unicode's general categories.
"""

import unicodedata

_MOST_MARKS = 4  # combining marks that one letter may carry; more would paint over the lines around it


def visible(text: str) -> str:
    """Return a text with every character that cannot be seen as its number: `⟨U+202E⟩`."""
    out: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        # not printable: controls, formats with all bidirectional ones, lone surrogates, odd spaces, unassigned ones
        hidden = not character.isprintable() or marks > _MOST_MARKS
        out.append(f"⟨U+{ord(character):04X}⟩" if hidden else character)
    return "".join(out)
