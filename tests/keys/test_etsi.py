"""The calls of ETSI GS QKD 014 V1.1.1, without a network."""

import base64
import json

import pytest

from samefade.keys import etsi
from samefade.keys.delivery import Delivery
from samefade.keys.pairs import Pair

ENC, DEC, STATUS = "/api/v1/keys/bob/enc_keys", "/api/v1/keys/alice/dec_keys", "/api/v1/keys/bob/status"


@pytest.fixture
def served(stocked, now):
    """A store that serves alice and bob, and the application in front of it."""

    def make(side="both", **made):
        store, keys = stocked(**made)
        Delivery(store).add(Pair(master="alice", slave="bob", peer=b"sta", side=side))
        app = etsi.application(store, "ap", now=lambda: now, who=lambda scope: scope["who"])
        return app, store, keys

    return make


def post(**values):
    return json.dumps(values).encode()


def named(*ids):
    return post(key_IDs=[{"key_ID": str(one)} for one in ids])


def plain(keys):
    return [
        {
            "key_ID": str(one.key_id),
            "key": base64.b64encode(one.key.reveal_secret_bytes()).decode(),
            "key_extension": {
                "samefade": {
                    "claim": one.key.claim,
                    "certificate": {"schema": "samefade.certificate/1", "claim": one.key.claim},
                }
            },
        }
        for one in keys
    ]


def test_status_has_every_field_of_the_standard(served, ask):
    app, store, _ = served()
    told = ask(app, "GET", STATUS)
    assert told.code == 200
    assert told.json == {
        "source_KME_ID": "ap", "target_KME_ID": "sta", "master_SAE_ID": "alice", "slave_SAE_ID": "bob",
        "key_size": 256, "stored_key_count": 3, "max_key_count": store.limits.per_peer, "max_key_per_request": 128,
        "max_key_size": 256, "min_key_size": 256, "max_SAE_ID_count": 0,
    }  # fmt: skip
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "how", [("GET", "", b""), ("POST", "", b""), ("POST", "", b"{}"), ("POST", "", post(number=1))]
)
def test_one_key_is_the_default(served, ask, how):
    app, _, keys = served()
    method, query, body = how
    told = ask(app, method, ENC, query=query, body=body)
    assert (told.code, told.json) == (200, {"keys": plain(keys[:1])})
    told = ask(app, "GET", DEC, who="bob", query=f"key_ID={keys[0].key_id}")
    assert (told.code, told.json) == (200, {"keys": plain(keys[:1])})


def test_several_keys_by_both_methods(served, ask):
    app, _, keys = served(count=4)
    first = ask(app, "GET", ENC, query="number=2&size=256")
    second = ask(app, "POST", ENC, body=post(number=2, size=256), chunks=5)
    assert [first.json["keys"], second.json["keys"]] == [plain(keys[:2]), plain(keys[2:])]
    told = ask(app, "POST", DEC, who="bob", body=named(*(one.key_id for one in keys)), chunks=9)
    assert told.json["keys"] == plain(keys)


def test_a_second_fetch_is_not_answered_with_a_key(served, ask):
    app, _, keys = served()
    ask(app, "GET", ENC)
    body = named(keys[0].key_id)
    assert ask(app, "POST", DEC, who="bob", body=body).code == 200
    told = ask(app, "POST", DEC, who="bob", body=body)
    assert (told.code, told.json) == (400, {"message": "one or more keys specified are not found on KME"})


def test_an_empty_store_answers_503(served, ask):
    app, *_ = served(count=1)
    assert ask(app, "GET", ENC, query="number=2").code == 503  # all of them or none
    assert ask(app, "GET", ENC).code == 200
    told = ask(app, "GET", ENC)
    assert (told.code, told.json) == (503, {"message": "there are too few keys; try again later"})
    assert ask(app, "GET", STATUS).json["stored_key_count"] == 0


@pytest.mark.parametrize("who", ["eve", None, "", "alice "])
def test_an_unknown_application_is_401(served, ask, who):
    app, _, keys = served()
    for method, path in (("GET", STATUS), ("GET", ENC), ("POST", ENC), ("POST", DEC)):
        told = ask(app, method, path, who=who, body=named(keys[0].key_id) if method == "POST" else b"")
        assert told.code == 401
        assert set(told.json) == {"message"}


def test_an_application_that_the_other_node_serves_is_401_here(served, ask):
    app, _, keys = served(side="master")
    assert ask(app, "POST", DEC, who="bob", body=named(keys[0].key_id)).code == 401
    assert ask(app, "GET", ENC, who="bob").code == 401
    assert ask(app, "GET", ENC).code == 200


def test_a_wrong_application_does_not_get_the_key_of_another(served, ask):
    app, store, keys = served()
    Delivery(store).add(Pair(master="alice", slave="mallory", peer=b"sta", side="both"))
    ask(app, "GET", ENC)
    body = named(keys[0].key_id)
    assert ask(app, "POST", DEC, who="mallory", body=body).code == 400
    assert ask(app, "POST", DEC, who="alice", body=body).code == 400
    assert ask(app, "POST", "/api/v1/keys/bob/dec_keys", who="mallory", body=body).code == 400
    assert ask(app, "POST", DEC, who="bob", body=body).code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"x", b"[]", b"1", b"null", b'"a"', b"\xff", b"{", b"[" * 60_000, post(number=0), post(number=-1),
        post(number=1.0), post(number=True), post(number="1"), post(number=129), post(number=10**30),
        b'{"number": 1e999}',
        b'{"number": NaN}', b'{"number": ' + b"9" * 5000 + b"}", post(size=0), post(size=255), post(size=-8),
        post(size="256"), post(nonsense=1), post(additional_slave_SAE_IDs=["carol"]), post(additional_slave_SAE_IDs=1),
        post(extension_mandatory=[{"route": "direct"}]), post(extension_mandatory=[{}]), post(extension_mandatory={}),
        post(extension_mandatory=[{"samefade_claim": "none"}]), post(extension_mandatory=[{"samefade_claim": []}]),
        post(extension_mandatory=["samefade_claim"]), b" " * 70_000, post(extension_optional="x" * 70_000),
    ],
)  # fmt: skip
def test_what_is_malformed_is_400_and_takes_nothing(served, ask, body):
    app, store, _ = served()
    told = ask(app, "POST", ENC, body=body)
    assert told.code == 400
    assert set(told.json) == {"message"}
    assert store.count(b"sta") == 3


@pytest.mark.parametrize(
    "query", ["number=0", "number=x", "number=", "number=1&number=2", "size=7", "size=٨", "key_ID=1", "number=1e2"]
)
def test_a_malformed_query_is_400(served, ask, query):
    app, *_ = served()
    assert ask(app, "GET", ENC, query=query).code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", post(key_IDs=[]), post(key_IDs=["x"]), post(key_IDs=[{}]), post(key_IDs=[{"key_ID": 1}]),
        post(key_IDs=[{"key_ID": "x"}]), post(key_IDs=[{"key_ID": "{550e8400-e29b-41d4-a716-446655440000}"}]),
        post(key_IDs=[{"key_ID": "550e8400e29b41d4a716446655440000"}]), post(key_IDs={"key_ID": "x"}),
        named(*["550e8400-e29b-41d4-a716-446655440000"] * 2), named(*["550e8400-e29b-41d4-a716-446655440000"] * 129),
        post(key_IDs=[{"key_ID": "550e8400-e29b-41d4-a716-446655440000", "more": 1}]),
        named("550e8400-e29b-41d4-a716-446655440000"), b'{"key_IDs": [{"key_ID": "\\ud800"}]}',
    ],
)  # fmt: skip
def test_malformed_or_unknown_key_ids_are_400(served, ask, body):
    app, *_ = served()
    ask(app, "GET", ENC)
    assert ask(app, "POST", DEC, who="bob", body=body).code == 400


def test_the_optional_extensions_are_ignored(served, ask):
    app, *_ = served()
    body = post(extension_optional=[{"route": "x"}], extension_mandatory=[], additional_slave_SAE_IDs=[])
    assert ask(app, "POST", ENC, body=body).code == 200


@pytest.mark.parametrize(("claim", "wanted", "code"), [
    ("estimate", "bounded", 503), ("estimate", "estimate", 200), ("bounded", "bounded", 200),
    ("bounded", "estimate", 200),
])  # fmt: skip
def test_a_claim_may_be_asked_for(served, ask, claim, wanted, code):
    app, *_ = served(claim=claim)
    assert ask(app, "POST", ENC, body=post(extension_mandatory=[{"samefade_claim": wanted}])).code == code


def test_a_size_that_no_key_has_is_503_and_not_cut_from_one(served, ask):
    app, *_ = served()
    assert ask(app, "GET", ENC, query="size=128").code == 503
    assert ask(app, "GET", ENC, query="size=512").code == 503


def test_an_unknown_pair_is_400(served, ask):
    app, *_ = served()
    for path in ("/api/v1/keys/carol/enc_keys", "/api/v1/keys/carol/status", "/api/v1/keys/alice/enc_keys"):
        assert ask(app, "GET", path).code == 400


def test_head_takes_no_key(served, ask):
    app, store, _ = served()
    assert ask(app, "HEAD", ENC).code == 405
    assert store.count(b"sta") == 3


@pytest.mark.parametrize(("method", "path", "code"), [
    ("PUT", ENC, 405), ("DELETE", STATUS, 405), ("GET", "/", 404), ("GET", "/api/v1/keys/bob/enc_keys/", 404),
    ("GET", "/api/v2/keys/bob/enc_keys", 404), ("GET", "/api/v1/keys/enc_keys", 404),
])  # fmt: skip
def test_other_pages_and_methods_are_refused_in_json(served, ask, method, path, code):
    app, *_ = served()
    told = ask(app, method, path)
    assert told.code == code
    assert set(told.json) == {"message"}


def test_a_name_with_a_slash_is_a_name(served, ask):
    app, store, _ = served()
    Delivery(store).add(Pair(master="urn:sae/alice", slave="urn:sae/bob", peer=b"sta", side="both"))
    assert ask(app, "GET", "/api/v1/keys/urn:sae/bob/enc_keys", who="urn:sae/alice").code == 200


def test_a_damaged_store_answers_503_and_tells_nothing_of_itself(served, ask):
    app, store, keys = served()
    with store.database.writing() as db:
        db.execute("UPDATE keys SET claim = 'estimate'")
    for told in (ask(app, "GET", ENC), ask(app, "POST", DEC, who="bob", body=named(keys[0].key_id))):
        assert (told.code, told.json) == (503, {"message": "the key store does not answer"})
