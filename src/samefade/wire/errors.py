"""What can go wrong with bytes: three small exceptions, because the ones of samefade are too big for a board."""


class WireError(Exception):
    """The bytes, or what was asked of them, do not fit the protocol."""


class Malformed(WireError):
    """A value is not what a correct end sends."""


class BadTag(WireError):
    """The tag does not belong to these bytes: damage in transit, another key, or an attacker."""
