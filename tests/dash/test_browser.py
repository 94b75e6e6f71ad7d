"""The page in a real browser: it shows its answer, runs nothing, asks for nothing, and is not blank."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from matplotlib import image

PICTURE = '<img src="http://elsewhere.example/x.png" alt="">'


@pytest.fixture
def address(page, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def net():
    """A server that answers for every host there is, and keeps what it was asked for."""
    pages, asked = {}, []

    class Everything(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.headers["Host"].endswith(".example"):  # the browser itself asks its maker for the time
                asked.append((self.headers["Host"], self.path))
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Everything)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield pages, asked, f"--host-resolver-rules=MAP * 127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_answer_is_there_and_nothing_ran(look, address, made):
    dom, complaints = look(address, "--dump-dom")
    count = len(made.report.keys_a)
    text = f"{count} key{'s' * (count > 1)} of 256 bits, the same at both ends"
    assert f"<title>samefade: {text}</title>" in dom  # the hostile name would have set another one
    assert f'<p class="answer">{text}</p>' in dom
    assert complaints == []


def test_the_page_asks_nobody_for_anything(look, net, page):
    pages, asked, rules = net
    pages["/page.html"] = page
    dom, complaints = look("http://page.example/page.html", "--dump-dom", rules)
    assert "What came of it" in dom
    assert complaints == []
    assert asked == [("page.example", "/page.html")]


def test_what_got_past_escaping_would_be_stopped_by_the_policy(look, net, page):
    pages, asked, rules = net
    script = "<script>document.title='owned'</script>"
    pages["/page.html"] = page.replace("</main>", PICTURE + script + "</main>")
    dom, complaints = look("http://page.example/page.html", "--dump-dom", rules)
    assert "<title>owned" not in dom
    assert len(complaints) >= 2  # one for each
    assert asked == [("page.example", "/page.html")]
    pages["/page.html"] = f"<title>x</title>{PICTURE}{script}"  # and without a policy all of this is seen
    dom, _ = look("http://page.example/page.html", "--dump-dom", rules)
    assert "<title>owned" in dom
    assert ("elsewhere.example", "/x.png") in asked


@pytest.mark.parametrize(("width", "dark"), [(1100, False), (1100, True), (500, False)])
def test_the_page_is_not_blank_on_any_screen(look, address, tmp_path, width, dark):
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    look(address, f"--screenshot={tmp_path / 'x.png'}", f"--window-size={width},3000", scheme)
    seen = image.imread(tmp_path / "x.png")[..., :3]
    assert seen.shape == (3000, width, 3)
    paper = seen[-5:, :5].mean()
    assert paper < 0.2 if dark else paper > 0.95
    bands = seen.reshape(10, 300, width, 3)
    assert (bands.std(axis=(1, 2, 3)) > 0.01).all()  # something stands in every band of it
    assert seen.mean(axis=2).std() > 0.05
