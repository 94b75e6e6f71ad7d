import hashlib
import logging
import subprocess
import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest

from samefade import data
from samefade.data import fetch
from samefade.errors import DataUnavailable, UnknownName

CONTENT = b"-61;-63\n" * 5000


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/absent":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2] if self.path == "/cut" else CONTENT)

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    monkeypatch.delenv("SAMEFADE_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache" / "samefade"


@pytest.fixture
def publish(monkeypatch):
    def at(address: str | None, content: bytes = CONTENT) -> None:
        known = data.find("lte-negative")
        file = replace(known.files[0], address=address, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        monkeypatch.setattr(fetch, "find", lambda _name: replace(known, files=(file,)))

    return at


def files_in(folder: Path) -> list[Path]:
    return [entry for entry in folder.rglob("*") if entry.is_file()]


@pytest.mark.parametrize("entry", data.sets(), ids=lambda entry: entry.name)
def test_every_hash_and_size_holds_in_the_mirror(data_dir, entry, monkeypatch):
    monkeypatch.setenv("SAMEFADE_DATA", str(data_dir))
    found = data.path(entry.name)
    assert found == data.get(entry.name) == {file.role: data_dir / file.path for file in entry.files}
    assert {file.role: found[file.role].stat().st_size for file in entry.files} == {f.role: f.size for f in entry.files}


def test_a_download_is_checked_cached_and_told_of(server, cache, publish):
    publish(f"{server}/whole")
    heard = []
    found = data.get("lte-negative", progress=lambda *told: heard.append(told))
    assert found == {"both": cache / "lte-negative" / "combined.csv"}
    assert found["both"].read_bytes() == CONTENT
    assert heard[-1] == ("combined.csv", len(CONTENT), len(CONTENT))
    assert all(0 < done <= total for _, done, total in heard)
    publish("http://127.0.0.1:9/never-asked")
    assert data.get("lte-negative") == data.path("lte-negative") == found
    assert files_in(cache) == [found["both"]]
    assert pooch.get_logger().level != logging.CRITICAL


def test_a_stale_file_in_the_cache_is_fetched_anew(server, cache, publish):
    place = cache / "lte-negative" / "combined.csv"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"last year's")
    publish(f"{server}/whole")
    with pytest.raises(DataUnavailable, match="not here"):
        data.path("lte-negative")
    assert data.get("lte-negative")["both"].read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("where", "content", "reason"),
    [("/whole", b"something else", "hash"), ("/cut", CONTENT, "IncompleteRead|hash"), ("/absent", CONTENT, "404")],
)
def test_what_is_wrong_or_cut_short_is_refused_and_leaves_nothing(server, cache, publish, where, content, reason):
    publish(server + where, content)
    with pytest.raises(DataUnavailable, match=reason):
        data.get("lte-negative")
    assert not files_in(cache)


def test_without_a_network_the_reason_is_told(cache, publish):
    publish("http://127.0.0.1:9/nobody-listens")
    with pytest.raises(DataUnavailable, match=r"could not be fetched.*Connection refused"):
        data.get("lte-negative")
    assert not files_in(cache)


@pytest.mark.usefixtures("cache")
def test_a_cache_that_cannot_be_written_is_told(server, tmp_path, publish):
    (tmp_path / "cache").write_text("a file where the folder should be")
    publish(f"{server}/whole")
    with pytest.raises(DataUnavailable, match="could not be fetched"):
        data.get("lte-negative")


@pytest.mark.usefixtures("cache")
def test_a_set_without_an_address_can_be_had_from_a_mirror_only(publish):
    publish(None)
    with pytest.raises(DataUnavailable, match="no public address; SAMEFADE_DATA is not set"):
        data.get("lte-negative")


def test_the_mirror_comes_first_and_another_file_in_it_is_refused(tmp_path, cache, publish, monkeypatch):
    monkeypatch.setenv("SAMEFADE_DATA", str(tmp_path / "mirror"))
    publish("http://127.0.0.1:9/never-asked")
    with pytest.raises(DataUnavailable, match="is not here; looked in"):
        data.path("lte-negative")
    place = tmp_path / "mirror" / "lte-negative" / "combined.csv"
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    assert data.get("lte-negative") == {"both": place}
    place.write_bytes(CONTENT + b"\n")
    for ask in (data.get, data.path):
        with pytest.raises(DataUnavailable, match="another file; remove or replace it"):
            ask("lte-negative")
    assert not cache.exists()


def test_unknown_names_are_refused():
    for ask in (data.get, data.path):
        with pytest.raises(UnknownName):
            ask("no such set")


def test_importing_and_listing_load_neither_pooch_nor_the_network():
    code = (
        "import sys, samefade.data as d; d.sets(); sys.exit(bool({'pooch', 'requests', 'socket'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
