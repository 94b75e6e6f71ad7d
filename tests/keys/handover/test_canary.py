"""What is secret occurs in the files that are for it, and nowhere else."""

import base64
import logging
import traceback

import pytest

from samefade.errors import SamefadeError
from samefade.keys.handover import HANDOVERS, Bond, EapPsk, Oscore, Tls13, WireGuard, Wpa, WpaPassphrase, hand_over


def spellings(secret):
    plain = secret.decode("latin-1")
    encoded = base64.b64encode(secret).decode()
    urls = base64.urlsafe_b64encode(secret).decode().rstrip("=")
    return {plain, repr(secret)[2:-1], secret.hex(), secret.hex().upper(), encoded.rstrip("="), urls}


def derived(key, bond):
    yield from (Oscore().master_secret(key, bond), Oscore().master_salt(key, bond), Tls13().psk(key, bond))
    yield from (WireGuard().psk(key, bond), Wpa().psk(key, bond), EapPsk().psk(key, bond))
    yield WpaPassphrase().passphrase(key, bond).encode()


def test_a_canary_key_shows_in_no_output(key, key_id, ends, tmp_path, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    told, folder = [], tmp_path / "out"
    for role in ("initiator", "responder"):
        for purpose, handover in HANDOVERS.items():
            paths = hand_over(key, key_id, purpose, role, ends, folder / role)
            told += [repr(paths), repr(handover), handover.recipe, repr(handover.render(key, Bond(key_id, role, ends)))]
            with pytest.raises(SamefadeError) as caught:
                hand_over(key, key_id, purpose, role, ends, folder / role)
            told += ["".join(traceback.format_exception(caught.value)), repr(caught.value), str(caught.value.numbers)]
    captured = capfd.readouterr()
    told += [captured.out, captured.err, caplog.text, repr(Bond(key_id, "initiator", ends))]
    bond = Bond(key_id, "initiator", ends)
    secrets = [key.reveal_secret_bytes(), *derived(key, bond)]
    for secret in secrets:
        assert not any(spelt in text for spelt in spellings(secret) for text in told)
    assert captured.out == captured.err == ""
    assert not any(record.name.startswith("samefade") for record in caplog.records)


def test_the_key_itself_is_in_no_file_and_each_derived_secret_in_one_of_this_end(key, key_id, ends, tmp_path):
    for purpose in HANDOVERS:
        hand_over(key, key_id, purpose, "responder", ends, tmp_path)
    texts = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    texts |= {path: text + base64.b64decode(pem(text)) for path, text in texts.items()}

    def holders(secret):
        wanted = [spelt.encode("latin-1") for spelt in spellings(secret)]
        return [path.name for path, text in texts.items() if any(spelt in text for spelt in wanted)]

    assert holders(key.reveal_secret_bytes()) == []
    for secret in derived(key, Bond(key_id, "responder", ends)):
        assert len(holders(secret)) == 1


def pem(text):
    lines = text.decode().splitlines()
    return (
        "".join(lines[lines.index(next(x for x in lines if x.startswith("-----BEGIN"))) + 1 : -1])
        if "BEGIN" in text.decode()
        else ""
    )
