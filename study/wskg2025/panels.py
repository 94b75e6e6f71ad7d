"""Pictures of coherence side by side, as the paper prints them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from samefade.study import Result
from wskg2025.coherence import panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure

ARROWS = (9, 13)


def coherences(
    result: Result, titles: Mapping[str, str], columns: int, about: str, *, size: tuple[float, float] = (3.9, 2.75)
) -> "Figure":
    """Draw the panels that were kept under these names, each with its title, and one colour bar."""
    from matplotlib.figure import Figure

    names = [name for name in titles if f"{name}/power" in result.arrays]
    rows = -(-len(names) // columns)
    width, height = size[0] * columns + 1.4, size[1] * rows + 0.8
    figure = Figure(figsize=(width, height))
    # places in inches: a layout engine takes longer to draw a dozen panels than to compute them
    figure.subplots_adjust(
        left=0.65 / width, right=1 - 1.0 / width, bottom=0.5 / height, top=1 - 0.75 / height,
        wspace=0.45 / (size[0] - 0.45), hspace=0.62 / (size[1] - 0.62),
    )  # fmt: skip
    axes = figure.subplots(rows, columns, squeeze=False)
    mesh = None
    for place, name in zip(axes.flat, names, strict=False):
        mesh = coherence(place, result, name, titles[name])
    for spare in axes.flat[len(names) :]:
        spare.set_visible(False)
    for place in axes[:, 0]:
        place.set_ylabel("frequency (Hz)")
    for i, place in enumerate(axes.flat[: len(names)]):
        if i + columns >= len(names):
            place.set_xlabel("time (min)")
    if mesh is not None:
        bar = figure.add_axes((1 - 0.85 / width, 0.15, 0.18 / width, 0.7))
        figure.colorbar(mesh, cax=bar, label="wavelet coherence R²")
    figure.suptitle(about, fontsize=10, y=1 - 0.1 / height, va="top")
    return figure


def coherence(axes: "Axes", result: Result, name: str, title: str) -> "QuadMesh":
    """Draw one kept panel."""
    from samefade.draw.coherence import show

    mesh = show(axes, panel(result.arrays, name), arrows=ARROWS)
    axes.set_title(title, fontsize=9)
    axes.tick_params(labelsize=8)
    return mesh
