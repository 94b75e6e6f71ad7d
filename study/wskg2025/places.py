"""Where the study looks: the simulated testbed under the paper's names, and the recordings of others in blocks."""

from pathlib import Path

from samefade.bench import Source

PAPER = {"los-short": "LoS-ShortRange", "nlos-short": "NLoS-ShortRange", "nlos-long": "NLoS-LongRange"}
COLOURS = {"los-short": "#0b7a3b", "nlos-short": "#c77c02", "nlos-long": "#a01a58"}
FEWEST, MOST = 2048, 20  # samples of a block at the least; blocks of a recording at the most


def simulated(scenario: str, seed: int, seconds: float | None = None) -> Source:
    """Return one hour of the testbed (or less), paired by row, as the authors' files are: they hold no counter."""
    return Source(f"sim:{scenario}", seed, by="row", seconds=seconds)


def blocks(name: str, most: int = MOST) -> list[Source]:
    """Cut a recording into blocks, as many as there are seeds where it is long enough; at least one.

    Args:
        name: Name of a public set, or `netstar:EXPERIMENT` for the authors' own, which are paired by row.
        most: Blocks at the most.
    """
    own = name.startswith(("files:", "netstar:"))
    whole = Source(name, by="row") if own else Source(f"set:{name}", tone=None)
    count = max(1, min(most, len(whole.pair()) // FEWEST))
    return [Source(whole.name, by=whole.by, tone=whole.tone, block=i, blocks=count) for i in range(count)]


def label(source: Source | str) -> str:
    """Return how a place is called in tables: the paper's name for a simulated one, the set's for a real one.

    Of the authors' own files it is the file's name: where a user keeps them is nobody's business.
    """
    name = source if isinstance(source, str) else source.name
    kind, _, about = name.partition(":")
    if kind == "files":
        return Path(about.partition(",")[0]).name.removeprefix("ap.").removesuffix(".csv")
    if kind == "netstar":
        return f"{about}, the authors'"
    return f"{PAPER.get(about, about)}, simulated" if kind == "sim" else about
