"""kill −9 of either node at every event, every change of its store and every datagram: the next run settles it all."""

import random

import pytest
from node_world import settle, whole_run


def killed(world, victim, fuse, *, both=False):
    """A run in which one end is killed at a point, and whoever lives goes on; return whether it came to that point."""
    world.begin("b", fuse if victim == "b" else None)
    first = world.begin("a", fuse if victim == "a" else None)
    world.run(lambda: world.over(first) or world.live["b"] is None)
    if world.live[victim] is not None:
        return False
    if both:
        world.kill("a")
        world.kill("b")
    if world.live["b"] is None:
        world.begin("b")
    if world.live["a"] is not None:
        world.run(lambda: world.over(first))  # the initiator waits for whom it knew, and gives up
    world.check_doubt()
    return True


def test_two_runs_without_a_kill(worlds):
    world = worlds()
    world.begin("b")
    whole_run(world)
    world.check_doubt()
    settle(world)


@pytest.mark.parametrize("victim", ["a", "b"])
def test_a_kill_at_every_point(worlds, victim):
    fuse = 1
    while killed(world := worlds(), victim, fuse):
        settle(world)
        fuse += 1
    assert fuse > 50


@pytest.mark.parametrize("victim", ["a", "b"])
def test_a_kill_of_both_at_every_sixth_point(worlds, victim):
    fuse = random.randint(1, 6)  # another sixth of them each time
    while killed(world := worlds(), victim, fuse, both=True):
        settle(world)
        fuse += 6
    assert fuse > 50


def test_kills_again_and_again(worlds):
    for _ in range(8):
        world = worlds()
        world.begin("b")
        for _ in range(3):
            victim, fuse = random.choice("ab"), random.randint(1, 100)
            if victim == "b":
                world.kill("b")
            if world.live["b"] is None:
                world.begin("b", fuse if victim == "b" else None)
            whole_run(world, fuse if victim == "a" else None)
            world.check_doubt()
            world.kill("a")
        if world.live["b"] is None or world.live["b"].fuse:
            world.kill("b")
            world.begin("b")
        settle(world)
