#!/usr/bin/env python3
"""Measures a large WARC.gz against the same pages as plain files: pages a second, also of processor time, and peak memory.

    python3 measure.py ADSIEVE PAGES_FOLDER [GIGABYTES [SECONDS]]

Builds the WARC (of so many gigabytes compressed, 2 by default) and a folder of links under $TMPDIR; both are deleted. A run
that takes longer than SECONDS is interrupted: what it has finished counts.
"""

import gzip, os, shutil, signal, subprocess, sys, tempfile, threading, time
from pathlib import Path


def record(number, page):
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.com/{number}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + body + b"\r\n\r\n"


def run(program, seconds, *arguments):
    """Pages, seconds, seconds of processor time, and the peak of resident memory in MiB."""
    began = time.time()
    process = subprocess.Popen([program, "scan", "--format", "ndjson", "-q", *map(str, arguments)], stdout=subprocess.PIPE)
    timer = threading.Timer(seconds, process.send_signal, [signal.SIGINT])
    timer.start()
    pages = sum(block.count(b"\n") for block in iter(lambda: process.stdout.read(1 << 20), b""))
    _, _, usage = os.wait4(process.pid, 0)
    timer.cancel()
    return pages, time.time() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    program, pages = sys.argv[1], sorted(Path(sys.argv[2]).iterdir())
    size = float(sys.argv[3] if len(sys.argv) > 3 else 2) * (1 << 30)
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 1e6
    work = Path(tempfile.mkdtemp(prefix="adsieve-measure-"))
    try:
        warc, count = work / "crawl.warc.gz", 0
        with open(warc, "wb") as file:
            members = [gzip.compress(record(0, page.read_bytes()), 6) for page in pages]
            while file.tell() < size:
                file.writelines(members)
                count += len(members)
        plain = work / "plain"
        plain.mkdir()
        for number in range(min(count, 4 * len(pages))):
            os.symlink(pages[number % len(pages)].resolve(), plain / f"{number:06}.html")
        print(f"{count} pages in {warc.stat().st_size / (1 << 20):.0f} MiB of WARC.gz", flush=True)
        for name, path in (("plain", plain), ("warc.gz", warc)):
            done, wall, cpu, peak = run(program, seconds, path)
            print(f"{name:8} {done:7} pages {wall:8.1f} s {done / wall:7.1f} pages/s  "
                  f"{cpu:8.1f} s of processor {done / cpu:7.1f} pages/s  peak {peak:5.0f} MiB", flush=True)
    finally:
        shutil.rmtree(work)


main()
