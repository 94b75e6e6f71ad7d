"""What may go wrong with a grid; each docstring is the sentence that a user reads."""

from typing import ClassVar

from samefade.errors import InputError, SamefadeError


class WrongGrid(InputError):
    """The grid file does not describe a grid."""

    advice = "docs/howto/bench.md shows every key that a grid file may have."

    def __init__(self, file: object, reason: str) -> None:
        """Name the file and say what is wrong in it."""
        super().__init__(file=file, reason=reason)


class ClusterUnfit(InputError):
    """The cluster cannot compute this grid."""

    advice = (
        "Every worker needs the same samefade, and what lies in files (recordings, schemes, SAMEFADE_DATA) "
        "under the same names as here."
    )

    def __init__(self, cluster: str, reason: str) -> None:
        """Name the cluster and say what is missing."""
        super().__init__(cluster=cluster, reason=reason)


class WorkersDied(SamefadeError):
    """The processes that should compute died again and again."""

    advice: ClassVar[str] = (
        "Perhaps memory runs out: give fewer --workers. What was finished is kept; the same command goes on from there."
    )

    def __init__(self, *, deaths: int, unfinished: int, of: int) -> None:
        """Give how often they died, and how many pieces of work are left of how many."""
        super().__init__(deaths=deaths, unfinished=unfinished, of=of)
