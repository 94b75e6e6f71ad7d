"""What may go wrong with stored keys; each docstring is the sentence that a user reads."""

from samefade.errors import InputError, NotEnough, ProtocolError


class StoreLocked(InputError):
    """The key store does not open with this key file or passphrase."""

    advice = "Give the key file or the passphrase that the store was made with; nothing else opens it."

    def __init__(self, path: object, why: str) -> None:
        """Name the store and say what was tried."""
        super().__init__(store=path, why=why)


class StoreDamaged(InputError):
    """The key store was damaged, or altered by someone who does not hold its key."""

    advice = "Nothing of it was used. Restore no old copy: make a new store and enrol its peers again."

    def __init__(self, path: object, why: str) -> None:
        """Name the store and what does not fit."""
        super().__init__(store=path, why=why)


class StoreNewer(InputError):
    """The key store was written by a newer version of samefade."""

    advice = "Install the version that wrote it, or a later one."

    def __init__(self, path: object, version: int, known: int) -> None:
        """Name the store, its version and the newest one that is known here."""
        super().__init__(store=path, version=version, known=known)


class StoreAbsent(InputError):
    """There is no key store here."""

    advice = "Make one with `samefade keys enrol` or `samefade lpwan enrol`, or name the file with --store."

    def __init__(self, path: object) -> None:
        """Name the file that was looked for."""
        super().__init__(store=path)


class StoreBusy(InputError):
    """Another process holds the key store for too long."""

    advice = "Try again; `samefade keys status` shows whether the store answers."

    def __init__(self, path: object) -> None:
        """Name the store."""
        super().__init__(store=path)


class StoreFull(InputError):
    """The key store holds as many keys as it may."""

    advice = "Fetch keys, sweep those that expired with `samefade keys sweep`, or allow more."

    def __init__(self, *, have: int, more: int, limit: int) -> None:
        """Give how many live keys there are, how many were to be added, and how many there may be."""
        super().__init__(have=have, more=more, limit=limit)


class OthersMayRead(InputError):
    """A file that guards secrets is open to other users of this machine."""

    advice = "Take the permission away with `chmod 600`, and think about who has read it already."

    def __init__(self, path: object, mode: int) -> None:
        """Name the file and its permissions."""
        super().__init__(file=path, mode=f"{mode:03o}")


class AlreadyEnrolled(InputError):
    """This peer has a prior secret already."""

    advice = "Forget the peer first if its secret shall be replaced; its keys are destroyed with it."

    def __init__(self, peer: str) -> None:
        """Name the peer."""
        super().__init__(peer=peer)


class PairsOverlap(InputError):
    """Two pairs of applications would be given the same keys by two servers that do not see each other."""

    advice = "Give each pair of one peer its own share, at both servers alike: --share 0/2 and --share 1/2."

    def __init__(self, peer: str, one: str, other: str) -> None:
        """Name the peer and the two pairs."""
        super().__init__(peer=peer, one=one, other=other)


class NoSuchKey(InputError):
    """There is no such key for you: it never was, it expired, it is someone else's, or it was fetched already."""

    advice = "A key is given once to each side; ask for a new one."

    def __init__(self, key_id: object) -> None:
        """Name the key."""
        super().__init__(key_id=key_id)


class NoSuchPair(InputError):
    """These two applications are not known as a pair here."""

    advice = "Name the pair with `samefade keys pair`, at both servers alike."

    def __init__(self, master: str, slave: str) -> None:
        """Name both applications."""
        super().__init__(master=master, slave=slave)


class TooFewKeys(NotEnough):
    """The store holds too few keys."""

    advice = "Let the link run for longer; a channel gives its keys slowly."

    def __init__(self, *, have: int, need: int) -> None:
        """Give how many keys of the right size there are and how many were asked for."""
        super().__init__(have=have, need=need)


class WrongMove(ProtocolError):
    """A key cannot make this move from the state that it is in."""

    def __init__(self, state: str, move: str) -> None:
        """Name the state and the move."""
        super().__init__(state=state, move=move)


class NameTaken(ProtocolError):
    """A key or root of this name is in the store already, and is not replaced."""

    advice = "Give each peer and each device a secret of its own."

    def __init__(self, name: object) -> None:
        """Name it."""
        super().__init__(name=name)


class NoSuchRoot(ProtocolError):
    """The store holds no prior secret of this name for this peer."""

    def __init__(self, peer: str, name: str) -> None:
        """Name the peer and the root that was asked for."""
        super().__init__(peer=peer, name=name)


class RootsMoved(ProtocolError):
    """Another run with this peer has changed the prior secrets since this one began, or the peer was forgotten."""

    advice = "Run one session at a time with each peer on one store; start again, and it begins with what is held now."

    def __init__(self, peer: str, *, epoch: int, held: list[int]) -> None:
        """Name the peer, the epoch of the root that was to be kept, and those of the roots that are held."""
        super().__init__(peer=peer, epoch=epoch, held=held)


class BadCertificate(InputError):
    """A certificate or its private key cannot be used."""

    advice = "Make an authority, a server's and the clients' certificates with `samefade keys certificates`."

    def __init__(self, path: object, reason: str) -> None:
        """Name the file and say what is wrong with it."""
        super().__init__(file=path, reason=reason)


class CannotListen(InputError):
    """Nothing can be served at this address."""

    advice = "Stop the program that listens there, or choose another port with --port, or an address of this machine."

    def __init__(self, address: str, reason: str) -> None:
        """Name the address and give the operating system's reason."""
        super().__init__(address=address, reason=reason)
