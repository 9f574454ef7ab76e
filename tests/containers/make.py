#!/usr/bin/env python3
"""Makes the saved forms of site/ with the tools that people use, into made/.

Needs: chromium, node with playwright-core and single-file-cli, wget, and from PyPI: warcio wacz zstandard brotli.
    npm install playwright-core single-file-cli
    pip install warcio wacz zstandard brotli
    NODE_PATH=node_modules python3 make.py [PART…]
Without PART all is made anew; parts are crawl, records, visits, packed, tables, web_archive, mail and browser.
The server is a proxy for http://news.example.com, so that the saved URLs are those of an example domain.
"""

import csv, gzip, http.server, io, json, lzma, os, plistlib, shutil, subprocess, sys, tarfile, threading, zipfile
from pathlib import Path
from urllib.parse import urlsplit

import brotli, zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HERE = Path(__file__).resolve().parent
SITE, MADE, WORK = HERE / "site", HERE / "made", Path(os.environ.get("WORK", "/tmp/adsieve-make"))
PAGE = "http://news.example.com/"
TYPES = {".html": "text/html; charset=utf-8", ".js": "application/javascript", ".css": "text/css", ".png": "image/png"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = urlsplit(self.path).path
        file = SITE / (path.lstrip("/") or "index.html")
        body = file.read_bytes() if file.is_file() else b"not found"
        self.send_response(200 if file.is_file() else 404)
        self.send_header("Content-Type", TYPES.get(file.suffix, "text/plain"))
        # The page comes in chunks of gzip, as pages do.
        if path == "/" and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        if path == "/":
            self.send_header("Transfer-Encoding", "chunked")
            half = len(body) // 2
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def run(*command, **options):
    print("$", *command)
    subprocess.run([str(part) for part in command], check=True, **options)


def put(name, data):
    (MADE / name).parent.mkdir(parents=True, exist_ok=True)
    (MADE / name).write_bytes(data)


def crawl(proxy):
    """wget: a plain and a gzipped WARC, with the page requisites."""
    environment = dict(os.environ, http_proxy=proxy)
    for name, more in (("wget", []), ("wget-plain", ["--no-warc-compression"])):
        # wget notes its arguments in the file, so that no path of this machine may be among them.
        run("wget", "-q", "-p", "--compression=gzip", "--no-warc-keep-log", f"--warc-file={name}", *more,
            "-P", name, PAGE, PAGE + "frame.html", PAGE + "ads/dynamic.js", env=environment, cwd=WORK)
    put("wget.warc.gz", (WORK / "wget.warc.gz").read_bytes())
    put("wget.warc", (WORK / "wget-plain.warc").read_bytes())


def records():
    """warcio and wacz: records rewritten, WET, zstd with a dictionary, WACZ."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    with open(MADE / "wget.warc.gz", "rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                writer.write_record(record)
    put("warcio.warc.gz", out.getvalue())
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    text = b"Harbour News\nThe ferry was late again.\nvar pbjs = pbjs || {}; pbjs.que = pbjs.que || []; " \
        b"pbjs.addAdUnits([{code: 'leaked', bids: [{bidder: 'appnexus', params: {placementId: 4711001}}]}]);\n"
    writer.write_record(writer.create_warc_record(PAGE, "conversion", payload=io.BytesIO(text), warc_content_type="text/plain"))
    put("crawl.wet.gz", out.getvalue())
    plain = (MADE / "wget.warc").read_bytes()
    dictionary = zstandard.train_dictionary(4096, [plain[at:at + 256] for at in range(0, len(plain) - 256, 64)])
    raw = dictionary.as_bytes()
    frame = b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    marks = [at for at in range(len(plain)) if plain.startswith(b"WARC/1.", at) and plain[at - 2:at] in (b"", b"\r\n")]
    ends = marks[1:] + [len(plain)]
    put("dictionary.warc.zst", frame + b"".join(compressor.compress(plain[a:b]) for a, b in zip(marks, ends)))
    wacz = WORK / "crawl.wacz"
    wacz.unlink(missing_ok=True)
    run(os.environ.get("WACZ", "wacz"), "create", "-o", wacz, "--detect-pages", MADE / "wget.warc.gz")
    put("crawl.wacz", wacz.read_bytes())


def visits():
    """warcio: two page loads as Browsertrix records them. The second finds all but the page deduplicated."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    digests = {}

    def write(path, file, load, kind, referrer):
        url = PAGE + path
        headers = StatusAndHeaders("200 OK", [("Content-Type", TYPES[Path(file).suffix])], protocol="HTTP/1.1")
        own = {"WARC-Page-ID": load, "WARC-Resource-Type": kind}
        payload = (SITE / file).read_bytes()
        if digest := digests.get(url):
            record = writer.create_revisit_record(url, digest, url, "2026-01-01T00:00:00Z", headers, warc_headers_dict=own)
        else:
            record = writer.create_warc_record(url, "response", io.BytesIO(payload), http_headers=headers, warc_headers_dict=own)
        asked = StatusAndHeaders(f"GET /{path} HTTP/1.1", [("Host", "news.example.com"), ("Referer", referrer)], is_http_request=True)
        request = writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict={"WARC-Page-ID": load})
        writer.write_request_response_pair(request, record)
        digests[url] = record.rec_headers.get_header("WARC-Payload-Digest")

    for load, path in (("first", ""), ("second", "again")):
        write(path, "index.html", load, "document", "")
        for part, kind in (("frame.html", "document"), ("ads/units.js", "script"), ("logo.png", "image"),
                           ("ads/dynamic.js", "script"), ("ads/late.js", "script")):
            write(part, part, load, kind, PAGE + path)
    put("visits.warc.gz", out.getvalue())


def packed():
    """Compressions and packed folders around the page itself."""
    page = (SITE / "index.html").read_bytes()
    put("page.html.gz", gzip.compress(page, mtime=0))
    put("page.html.xz", lzma.compress(page))
    put("page.html.zst", zstandard.compress(page))
    put("page.html.br", brotli.compress(page))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(SITE / "index.html", "news/index.html")
        packed.write(SITE / "logo.png", "news/logo.png")
    put("pages.zip", out.getvalue())
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        packed.add(SITE / "index.html", "news/index.html")
        packed.add(SITE / "logo.png", "news/logo.png")
    put("pages.tar.gz", out.getvalue())


def tables():
    page = (SITE / "index.html").read_text()
    rows = [{"url": PAGE, "html": page}, {"url": PAGE + "empty", "html": "<!doctype html><p>nothing"}]
    put("pages.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    out = io.StringIO()
    writer = csv.DictWriter(out, ["url", "html"])
    writer.writeheader()
    writer.writerows(rows)
    put("pages.csv", out.getvalue().encode())


def web_archive():
    """Safari runs on no build machine: the same property list by hand."""
    def resource(path, mime, encoding="UTF-8"):
        return {"WebResourceData": (SITE / path).read_bytes(), "WebResourceMIMEType": mime,
                "WebResourceTextEncodingName": encoding, "WebResourceURL": PAGE + ("" if path == "index.html" else path)}
    archive = {
        "WebMainResource": resource("index.html", "text/html"),
        "WebSubresources": [resource(f"ads/{name}.js", "application/javascript") for name in ("units", "late", "dynamic")],
        "WebSubframeArchives": [{"WebMainResource": resource("frame.html", "text/html")}],
    }
    put("page.webarchive", plistlib.dumps(archive, fmt=plistlib.FMT_BINARY))


def main():
    parts = sys.argv[1:] or ["crawl", "records", "visits", "packed", "tables", "web_archive", "mail", "browser"]
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    if not sys.argv[1:]:
        shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir(exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_port}"
    makers = {"crawl": lambda: crawl(proxy), "records": records, "visits": visits, "packed": packed, "tables": tables,
              "web_archive": web_archive, "mail": lambda: run(sys.executable, HERE / "make_mail.py"),
              "browser": lambda: run("node", HERE / "make.cjs", proxy, PAGE, MADE)}
    for part in parts:
        makers[part]()


main()
