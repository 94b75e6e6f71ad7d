"""What may go wrong with a study; each docstring is the sentence that a user reads."""

from samefade.errors import InputError


class StudyNotFound(InputError):
    """There is no such study here."""

    advice = (
        "Run this where a folder study/NAME lies in or above the working directory, or name its folder with --from."
    )

    def __init__(self, name: str, looked: tuple[object, ...]) -> None:
        """Name the study and the places where it was looked for."""
        super().__init__(name=name, looked_in=", ".join(map(str, looked)))


class FigureIncomplete(InputError):
    """A figure's file lacks what every figure has."""

    advice = "It defines SPEC, compute(spec, lab), draw(result) and judge(result); see docs/howto/study.md."

    def __init__(self, file: object, lacks: str) -> None:
        """Name the file and what is missing."""
        super().__init__(file=file, lacks=lacks)


class ClaimsInvalid(InputError):
    """The list of claims and the figures do not fit together."""

    advice = "Correct claims.toml, or the numbers that the figure's judge returns."

    def __init__(self, what: tuple[str, ...]) -> None:
        """Give every contradiction, each a sentence."""
        super().__init__(why="; ".join(what))
