"""What the pages on keys tell a newcomer who mixes something up is what the commands say."""

import os

import pytest
from typer.testing import CliRunner

from samefade.cli.keys import app
from samefade.errors import OutOfRange
from samefade.keys.errors import NoSuchPair


@pytest.fixture
def keys(tmp_path):
    """Run `samefade keys` on a store in which `sta` is enrolled."""
    secret = tmp_path / "link.secret"
    secret.touch(0o600)
    secret.write_bytes(os.urandom(32))

    def run(*words):
        done = CliRunner().invoke(app, [*words, "--store", str(tmp_path / "ap.store")])
        if done.exception is not None:
            raise done.exception
        return done.output

    run("enrol", "sta", "--secret-file", str(secret))
    return run


def test_a_peer_that_nobody_enrolled_is_told(keys):
    assert "not enrolled" not in keys("pair", "alice", "bob", "--peer", "sta", "--side", "master")
    assert "stta is not enrolled here yet" in keys("pair", "ann", "ben", "--peer", "stta", "--side", "master")


def test_an_export_at_the_wrong_node_says_whose_node_this_is(keys, tmp_path):
    export = ("export", "alice", "bob", "--as", "tls", "--out", str(tmp_path / "out"))
    with pytest.raises(NoSuchPair):
        keys(*export)
    keys("pair", "alice", "bob", "--peer", "sta", "--side", "slave")
    with pytest.raises(OutOfRange, match="this node serves bob; the node of alice exports first"):
        keys(*export)
    keys("pair", "alice", "bob", "--peer", "sta", "--side", "master")
    with pytest.raises(OutOfRange, match="this node serves alice, who takes new keys"):
        keys(*export, "--key-id", "5dd98c02-38c4-4e1a-a2b3-97bc81b2ee28")
