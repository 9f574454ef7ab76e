"""Files, folders, containers and streams."""

import gzip
import io
import json
import zipfile

import pytest
from conftest import CORPUS, PREBID, ROOT

import adsieve

MADE = ROOT / "tests" / "containers" / "made"


def record(url: str, body: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: {url}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


def test_every_page_of_the_corpus_gives_what_the_program_gives(pages_of_program):
    expected = pages_of_program("tests/corpus")
    assert len(expected) > 100
    engine = adsieve.Engine()
    for page in expected:
        path = page["source"]["path"]
        [document] = adsieve.open(ROOT / path, path)
        assert engine.scan(document).to_dict() == page, path


def test_a_folder_is_read_as_the_program_reads_it(run):
    expected = run("scan", "--quiet", "--format", "ndjson", CORPUS).decode().splitlines()
    documents = adsieve.open(CORPUS)
    found = [page.to_json() for page in adsieve.default_engine().scan_many(documents)]
    assert found == expected and documents.problems == []


def test_every_container_gives_what_the_program_gives(pages_of_program):
    files = sorted(file for file in MADE.iterdir() if file.is_file())
    assert len(files) > 10
    engine = adsieve.Engine()
    for file in files:
        expected = pages_of_program(file)
        assert [page.to_dict() for page in engine.scan_many(adsieve.open(file))] == expected, file.name
        with file.open("rb") as stream:
            streamed = [page.to_dict() for page in engine.scan_many(adsieve.open(stream, str(file)))]
        if not any(page["source"]["container"] == "folder" for page in expected):
            assert [page["source"]["sha256"] for page in streamed] == [page["source"]["sha256"] for page in expected], file.name


def test_a_document_tells_where_it_comes_from(tmp_path):
    (tmp_path / "crawl.warc.gz").write_bytes(gzip.compress(record("https://a.example/", PREBID.encode())))
    [document] = adsieve.open(tmp_path / "crawl.warc.gz")
    assert (document.url, document.container, document.content) == ("https://a.example/", "warc", PREBID.encode())
    assert document.path.endswith("crawl.warc.gz") and document.content_type == "text/html" and len(document) == len(PREBID)
    assert "a.example" in repr(document)
    page = adsieve.scan(document)
    assert page.url == "https://a.example/" and page.source.container == "warc"


def test_a_stream_is_read_as_it_comes():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += 1
            return record(f"https://a.example/{self.given}", PREBID.encode())

    stream = Endless()
    documents = adsieve.open(stream, "crawl.warc")
    assert [next(documents).url for _ in range(3)] == [f"https://a.example/{number}" for number in (1, 2, 3)]
    assert stream.given < 200_000


def test_what_cannot_be_read_is_told(tmp_path):
    whole = gzip.compress(record("https://a.example/", PREBID.encode())) + gzip.compress(record("https://b.example/", PREBID.encode()))
    (tmp_path / "cut.warc.gz").write_bytes(whole[:-60])
    documents = adsieve.open(tmp_path / "cut.warc.gz")
    urls = [document.url for document in documents]
    assert urls[0] == "https://a.example/"
    assert documents.problems and all(isinstance(problem, str) for problem in documents.problems)
    with pytest.raises(FileNotFoundError) as missing:
        adsieve.open(tmp_path / "missing.warc")
    assert missing.value.filename == str(tmp_path / "missing.warc") and "No such file" in str(missing.value)


def test_a_stream_that_fails_is_a_problem():
    class Failing:
        def read(self, size):
            raise OSError("the line is down")

    documents = adsieve.open(Failing(), "crawl.warc")
    assert list(documents) == [] and "the line is down" in documents.problems[0]


def test_a_column_of_pages_is_named(tmp_path):
    (tmp_path / "pages.jsonl").write_text(json.dumps({"body": PREBID, "url": "https://a.example/"}) + "\n")
    [document] = adsieve.open(tmp_path / "pages.jsonl", html_field="body")
    assert adsieve.scan(document).bidders == ["appnexus"]


def test_lists_of_sellers_are_read(tmp_path):
    (tmp_path / "ads.txt").write_text("google.com, pub-1, DIRECT, f08c47fec0942fa0\n")
    [page] = map(adsieve.scan, adsieve.open(tmp_path / "ads.txt"))
    assert page.sellers.kind == "ads.txt" and page.sellers.sellers[0]["account"] == "pub-1" and "1 sellers" in repr(page)


def test_containers_in_containers_are_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as folder:
        folder.writestr("a.html", PREBID)
        folder.writestr("b.warc.gz", gzip.compress(record("https://b.example/", PREBID.encode())))
    assert len(list(adsieve.open(tmp_path / "all.zip"))) == 2
