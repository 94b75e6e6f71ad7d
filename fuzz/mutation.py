"""Drive a fuzz target: with atheris where it is installed, else by seeded random changes of good inputs."""

import argparse
import random
import sys
from collections.abc import Callable

Target = Callable[[bytes], None]
Seeds = Callable[[random.Random], bytes]


def fuzz(target: Target, seeds: Seeds) -> None:
    """Run a target as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without atheris, even where it is installed")
    asked = parser.parse_args()
    if not asked.plain and _by_coverage(target, asked.runs, asked.seed):
        return
    rng = random.Random(asked.seed)  # noqa: S311 -- inputs of a test, not keys
    for _ in range(asked.runs):
        target(mutated(seeds(rng), rng))
    print(f"{asked.runs} runs, invariant held")  # noqa: T201 -- a program tells how it went


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return the data after some random changes, or none."""
    out = bytearray(data)
    for _ in range(rng.choice((0, 1, 1, 2, 4, 8))):
        at = rng.randint(0, len(out))
        match rng.randrange(6):
            case 0 if out:
                out[at % len(out)] ^= 1 << rng.randrange(8)
            case 1 if out:
                out[at % len(out)] = rng.choice((0, 0x17, 0x18, 0x1B, 0x5F, 0x7F, 0x9B, 0xBF, 0xFB, 0xFF))
            case 2:
                del out[at : at + rng.randint(1, 8)]
            case 3:
                out[at:at] = rng.randbytes(rng.randint(1, 8))
            case 4:
                out[at:at] = out[rng.randint(0, len(out)) :]
            case _:
                out = bytearray(rng.randbytes(rng.randint(0, 60)))
        del out[512:]
    return bytes(out)


def _by_coverage(target: Target, runs: int, seed: int) -> bool:
    """Hand over to atheris, which leaves by itself; return False where it is not installed."""
    try:
        import atheris
    except ImportError:
        return False
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={runs}", f"-seed={seed}"], target)
    atheris.Fuzz()
    return True
