"""The whole of it with the ends of the protocol: frames as a server tells them in, one secret at both ends out."""

import json

import pytest
from server_link import Link
from server_world import secret_of


@pytest.fixture
def link(fast_path):
    made = Link(fast_path, 11)
    yield made
    made.world.store.close()


def test_both_ends_have_one_secret_after_another(link):
    for epoch in (1, 2):
        link.until_refreshed(epoch)
        (root,) = link.world.store.roots(link.one)
        device = next(event for event in link.heard if getattr(event, "root", None) and event.epoch == epoch)
        assert root.epoch == epoch
        assert root.reveal_secret_bytes() == device.root.reveal_secret_bytes()
    told = [event for event in link.events if event["event"] == "refreshed"]
    assert [event["epoch"] for event in told] == [1, 2]
    keys = link.world.store.keys()
    assert {str(key.key_id) for key in keys} == {event["key_id"] for event in told}
    assert not [event for event in link.events if event["event"] == "broken"]
    assert secret_of(link.one).hex() not in json.dumps(link.events)


def test_joins_that_nobody_told_of_are_found_by_the_seal(link):
    for _ in range(200):
        link.step()
    link.session += 3  # the device joined three times while nobody listened; its counter goes on beyond the last
    for _ in range(100):
        link.step()
    restarted = [event["session"] for event in link.events if event["event"] == "restarted"]
    assert restarted == [3]
    assert link.world.register.load([link.one])[link.one].track.session == 3
