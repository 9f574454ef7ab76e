"""The add-on in mitmdump, with curl before it and a server of our own behind."""

import gzip
import http.server
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import PREBID

pytest.importorskip("mitmproxy")
import adsieve.mitmproxy  # noqa: E402

CHUNK, CHUNKS = b"x" * (1 << 20), 24
COMPRESSED = gzip.compress(PREBID.encode())


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, dict]] = []
    let_go = threading.Event()

    def do_GET(self):
        self.asked.append((self.path, dict(self.headers)))
        if self.path == "/large":
            return self.large()
        body, kind = PREBID.encode(), "text/html; charset=utf-8"
        coding = []
        if self.path == "/gzip":
            body, coding = COMPRESSED, [("Content-Encoding", "gzip")]
        elif self.path == "/script.js":
            body, kind = b"pbjs.requestBids({})", "text/javascript"
        self.send_response(200)
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), ("ETag", '"1"'), *coding]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def large(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(CHUNK) * CHUNKS))
        self.end_headers()
        self.wfile.write(CHUNK)
        # The rest waits until the client has seen the beginning.
        assert self.let_go.wait(30)
        for _ in range(CHUNKS - 1):
            self.wfile.write(CHUNK)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mitmproxy")
    (folder / "own.txt").write_text("||127.0.0.1^*/banner-\n")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [Path(sys.executable).parent / "mitmdump", "-q", "-s", adsieve.mitmproxy.__file__, "--set", f"confdir={folder}"]
    command += ["--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", f"adsieve_lists={folder / 'own.txt'}"]
    log = (folder / "log").open("wb")
    running = subprocess.Popen(command, stdout=log, stderr=log)
    for _ in range(150):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert running.poll() is None, (folder / "log").read_text()
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait()


@pytest.fixture
def curl(proxy):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")

    def curl(*arguments):
        return subprocess.run(["curl", "-sS", "--proxy", proxy, "--noproxy", "", "-m", "60", *arguments], capture_output=True, check=True).stdout

    return curl


def test_a_page_comes_out_clean(curl, site):
    left = curl(f"{site}/").decode()
    assert "pbjs" not in left and "googletag" not in left and "News &amp; more" in left


def test_a_compressed_page_comes_out_clean(curl, site):
    head, _, body = curl("-i", "-H", "Accept: text/html", f"{site}/gzip").partition(b"\r\n\r\n")
    head = head.lower()
    assert b"pbjs" not in body and b"News" in body
    assert b"content-encoding" not in head and b'etag: w/"1-adsieve-' in head
    assert Site.asked[-1][1]["accept-encoding"] == "gzip, deflate"


def test_what_is_no_page_passes(curl, site):
    assert curl(f"{site}/script.js") == b"pbjs.requestBids({})"


def test_requests_for_ads_do_not_go_out(curl, site):
    asked = len(Site.asked)
    # An empty picture, a refusal, an inert library: the page goes on.
    assert curl("-H", "Sec-Fetch-Dest: image", f"{site}/banner-1.gif").startswith(b"GIF89a")
    refused = curl("-i", "-H", "Sec-Fetch-Dest: empty", "http://ib.adnxs.com/ut/v3/prebid")
    assert refused.startswith(b"HTTP/1.1 403 ")
    stub = curl("-H", "Sec-Fetch-Dest: script", "-e", "https://news.example/", "http://securepubads.g.doubleclick.net/tag/js/gpt.js")
    assert b"googletag" in stub
    assert len(Site.asked) == asked


def test_a_large_download_streams(proxy, site):
    Site.let_go.clear()
    command = ["curl", "-sS", "--proxy", proxy, "--noproxy", "", "-m", "60", "--no-buffer", f"{site}/large"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE)
    # The beginning is here before the server has sent the end.
    begun = running.stdout.read(len(CHUNK) // 2)
    assert not Site.let_go.is_set() and begun == CHUNK[: len(begun)]
    Site.let_go.set()
    assert len(begun) + len(running.stdout.read()) == len(CHUNK) * CHUNKS
    assert running.wait() == 0


def test_the_add_on_is_small():
    assert len(Path(adsieve.mitmproxy.__file__).read_text().splitlines()) <= 100
