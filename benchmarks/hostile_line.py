"""What a hostile line does in one run, drawn from the run's seed: a bad radio, and somebody who sits on it."""

from collections.abc import Sequence
from random import Random

from samefade.link.hostile import Hostile

KINDS = ("replay", "reflect", "inject", "change", "cut", "hold", "silence")
_KEPT = 400  # datagrams that an attacker remembers


def radio(chance: Random) -> Hostile:
    """Draw what the line does without an attacker: each kind of harm is there in about half of the runs."""

    def some(most: float, often: float = 0.5) -> float:
        return chance.uniform(0, most) if chance.random() < often else 0.0

    return Hostile(
        loss=some(0.5, 0.8),
        duplicate=some(0.3),
        reorder=chance.randint(1, 64) if chance.random() < 0.5 else 0,
        delay=some(0.3),
        jitter=some(0.5),
        truncate=some(0.1),
        flip=some(0.1),
    )


class Attack:
    """An active attacker that hears everything and sends what it likes; it holds no secret.

    `replay` sends what it heard once more, `reflect` sends it to where it came from, `inject` sends what another run
    of the same two ends said, `change` sends a changed copy before the true one, `cut` shortens, `hold` keeps a
    datagram back until others have passed, and `silence` lets nothing more through, in one direction or both.
    """

    def __init__(self, chance: Random, kinds: Sequence[str], foreign: Sequence[bytes]) -> None:
        """Take its chance, what it does, and what another run said."""
        self._chance, self._foreign = chance, foreign
        self._acts = [getattr(self, f"_{kind}") for kind in kinds]
        self._often = {kind: chance.uniform(0, 0.3) for kind in KINDS}
        self._heard: dict[str, list[bytes]] = {"a": [], "b": []}
        self._held: dict[str, list[bytes]] = {"a": [], "b": []}
        self._passing = chance.randint(0, 120)
        self._silent = chance.choice((("a",), ("b",), ("a", "b")))

    def __call__(self, datagram: bytes, to: str, now: float) -> list[bytes]:  # noqa: ARG002 -- it needs no clock
        """Return what goes on to an end in place of a datagram."""
        heard = self._heard[to]
        if len(heard) < _KEPT:
            heard.append(datagram)
        out = [datagram]
        for act in self._acts:
            out = act(out, to)
        return out

    def _does(self, kind: str) -> bool:
        return self._chance.random() < self._often[kind]

    def _replay(self, out: list[bytes], to: str) -> list[bytes]:
        return [*out, self._chance.choice(self._heard[to])] if self._does("replay") else out

    def _reflect(self, out: list[bytes], to: str) -> list[bytes]:
        other = self._heard["b" if to == "a" else "a"]
        return [self._chance.choice(other), *out] if other and self._does("reflect") else out

    def _inject(self, out: list[bytes], to: str) -> list[bytes]:  # noqa: ARG002 -- every act takes the end
        return [self._chance.choice(self._foreign), *out] if self._foreign and self._does("inject") else out

    def _change(self, out: list[bytes], to: str) -> list[bytes]:  # noqa: ARG002 -- every act takes the end
        if not out or not out[-1] or not self._does("change"):
            return out
        changed = bytearray(out[-1])
        changed[self._chance.randrange(len(changed))] ^= self._chance.randint(1, 255)
        return [bytes(changed), *out]

    def _cut(self, out: list[bytes], to: str) -> list[bytes]:  # noqa: ARG002 -- every act takes the end
        if not out or not self._does("cut"):
            return out
        return [*out[:-1], out[-1][: self._chance.randrange(len(out[-1]) + 1)]]

    def _hold(self, out: list[bytes], to: str) -> list[bytes]:
        held = self._held[to]
        if self._does("hold"):
            held += out
            out = []
        if held and self._chance.random() < 0.2:
            self._chance.shuffle(held)
            out, self._held[to] = out + held, []
        return out

    def _silence(self, out: list[bytes], to: str) -> list[bytes]:
        self._passing -= 1
        return [] if self._passing < 0 and to in self._silent else out
