"""What a secret is bound to: change one of it, and every byte is another."""

import uuid

import pytest

from samefade.errors import OutOfRange, UnknownName
from samefade.keys.handover import HANDOVERS, Bond, EapPsk, Ends, Oscore, Tls13, WireGuard, Wpa, WpaPassphrase, find
from samefade.types import Key

USES = {
    "oscore secret": Oscore().master_secret,
    "oscore salt": Oscore().master_salt,
    "tls sha256": Tls13().psk,
    "tls sha384": Tls13(digest="SHA384").psk,
    "wireguard": WireGuard().psk,
    "wpa": Wpa().psk,
    "wpa passphrase": lambda key, bond: WpaPassphrase().passphrase(key, bond).encode(),
    "eap": EapPsk().psk,
}


def test_no_two_uses_share_bytes_nor_a_piece_of_the_key(key, key_id, ends):
    bond = Bond(key_id, "initiator", ends)
    secrets = [use(key, bond)[:8] for use in USES.values()]
    secrets += [key.reveal_secret_bytes()[:8]]
    assert len(set(secrets)) == len(secrets)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_both_roles_derive_the_same_bytes(use, key, key_id, ends):
    assert use(key, Bond(key_id, "initiator", ends)) == use(key, Bond(key_id, "responder", ends))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_another_name_another_key_id_or_swapped_ends_give_other_bytes(use, key, key_id, ends):
    others = (
        Bond(uuid.uuid4(), "initiator", ends),
        Bond(key_id, "initiator", Ends(ends.responder, ends.initiator)),
        Bond(key_id, "initiator", Ends(ends.initiator + b"x", ends.responder)),
        # the border between the names is part of the label
        Bond(key_id, "initiator", Ends(ends.initiator + ends.responder[:1], ends.responder[1:])),
    )
    bytes_ = {use(key, bond) for bond in (Bond(key_id, "initiator", ends), *others)}
    assert len(bytes_) == 5


def test_reflection_is_refused_as_both_ends_need_different_names(key_id):
    with pytest.raises(OutOfRange, match="same name twice"):
        Bond(key_id, "initiator", Ends(b"me", b"me"))


@pytest.mark.parametrize("names", [(b"", b"b"), (b"a", b""), (b"a" * 1021, b"b")])
def test_names_have_a_length(names, key_id):
    with pytest.raises(OutOfRange):
        Bond(key_id, "initiator", Ends(*names))


def test_a_third_role_is_refused(key_id, ends):
    with pytest.raises(OutOfRange):
        Bond(key_id, "observer", ends)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_key_of_less_than_256_bits_is_refused(use, key_id, ends):
    with pytest.raises(OutOfRange, match="248 bits"):
        use(Key(bytes(31), "bounded"), Bond(key_id, "initiator", ends))


def test_a_handover_that_does_not_exist_is_told_with_those_that_do():
    with pytest.raises(UnknownName, match="oscore, tls, wireguard, wpa, wpa-passphrase, eap-psk"):
        find("ipsec")


def test_every_handover_says_where_its_program_takes_it():
    assert all(handover.recipe.endswith(".") for handover in HANDOVERS.values())


def test_a_hash_that_tls_does_not_use_is_refused():
    with pytest.raises(OutOfRange):
        Tls13(digest="SHA1")


# written down once: an end with another version of samefade must derive the same
FIXED = {
    "oscore secret": "168b6f00ca6c65657a0713bf4d73df5e",
    "oscore salt": "6f4fadf6cd5aad29",
    "tls sha256": "ccf724a14eb9f36a71f1d6e29a0197f08d81c761aaf1ee4dd8d24fcb49f454d0",
    "tls sha384": "b80dbc4d3b29a8867ad7237eb173e6642549254cf3b424177984a6b7d19621f38da1e81e64d46f1b8c759716ba631ac3",
    "wireguard": "c3e0bd587d3809dc852c9454a617af39f8884bf9118d2e881fca884dfa33a7a4",
    "wpa": "fe280ae3ce0e3335b23d8029c7175c6457e3776c101f8788df07441221859368",
    "wpa passphrase": b"HqP5dz-XTaiY2zXf1mvHqcCaNkmPI5pAjfyYorrLzwA".hex(),
    "eap": "4ece37ba101ba029aa028341a8b76c17",
}


@pytest.mark.parametrize("name", USES)
def test_what_is_derived_does_not_change_from_version_to_version(name):
    bond = Bond(uuid.UUID("3f2b8c1e-5d0a-4f6e-9a77-0c1d2e3f4a5b"), "initiator", Ends(b"alice", b"bob"))
    assert USES[name](Key(bytes(range(32)), "estimate"), bond).hex() == FIXED[name]


def test_the_label_is_as_it_is_written_here():
    label = Bond(uuid.UUID(int=1), "responder", Ends(b"a", b"b")).purpose("wpa")
    assert label == "samefade handover 1/wpa/00000000-0000-0000-0000-000000000001/61/62"
