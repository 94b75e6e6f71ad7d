"""Know what a discussion cost once it is closed: the part of an end that is the same for every code and either side."""

from samefade.errors import ProtocolError
from samefade.types import Ledger


class Charged:
    """An end that has a ledger from when the discussion is closed."""

    _ledger: Ledger | None = None

    @property
    def ledger(self) -> Ledger:
        """Return this end's ledger with everything that the discussion told.

        Raises:
            ProtocolError: When the discussion is not closed yet.
        """
        if self._ledger is None:
            raise ProtocolError(discussion="not closed yet")
        return self._ledger
