"""Makes web archives out of the pages of the corpus, and any others that are named: python archives.py FOLDER COUNT [PAGES…]"""

import gzip
import itertools
import sys
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[3] / "tests" / "corpus"


def record(url: str, body: bytes) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    return gzip.compress(head.encode() + http + b"\r\n\r\n", 1)


def write_archives(folder: Path, count: int, pages: int = 12, others: list[Path] = []) -> list[str]:
    """Archives with some pages each; every page has a URL of its own."""
    files = itertools.cycle(sorted(CORPUS.rglob("*.html")) + others)
    paths = []
    for archive in range(count):
        path = folder / f"crawl-{archive:05}.warc.gz"
        bodies = (next(files).read_bytes() for _ in range(pages))
        records = (record(f"https://site-{archive % 17}.example/{archive}/{page}", body) for page, body in enumerate(bodies))
        path.write_bytes(b"".join(records))
        paths.append(str(path))
    return paths


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    others = sorted(file for name in sys.argv[3:] for file in Path(name).glob("*.html"))
    pages = max(12, len(others) // 40)
    print("\n".join(write_archives(folder, int(sys.argv[2]), pages, others)))
