"""Columns in, columns out."""

import json

import pytest
from conftest import PREBID

import adsieve

pa = pytest.importorskip("pyarrow")
from adsieve import arrow  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402


@pytest.fixture(scope="module")
def engine():
    return adsieve.Engine(threads=2)


def test_a_row_is_the_page(engine):
    batch = pa.record_batch({"html": [PREBID, None, "<p>"], "url": ["https://a.example/", None, None]})
    result = engine.scan_arrow(batch, url="url")
    result.validate(full=True)
    assert result.schema == arrow.page_schema() and result.num_rows == 3
    first, second, third = result.to_pylist()
    page = engine.scan(PREBID, "https://a.example/")
    assert (first["url"], first["site"], first["title"], first["ad_units"]) == ("https://a.example/", "a.example", "News & more", 1)
    assert [network["network"] for network in first["networks"]] == [network.id for network in page.networks]
    assert [network["roles"] for network in first["networks"]] == [network.roles for network in page.networks]
    assert json.loads(first["bids"][0]["params"]) == page.bids[0].params
    assert first["sha256"] == page.source.sha256
    assert second["sha256"] is None and second["networks"] == [] and second["page"] is None
    assert third["networks"] == [] and third["page"] == 2


@pytest.mark.parametrize("kind", ["string", "large_string", "binary", "large_binary", "string_view", "binary_view"])
def test_every_kind_of_column_is_read_from_any_row(engine, kind):
    pages = pa.array([None, "<title>zero</title>", PREBID, None, "<title>Ü</title>"]).cast(getattr(pa, kind)())
    batch = pa.record_batch({"html": pages})
    for start in range(5):
        part = batch.slice(start, 5 - start)
        titles = engine.scan_arrow(part).column("title").to_pylist()
        assert titles == [None, "zero", "News & more", None, "Ü"][start:]


def test_dictionaries_are_read(engine):
    pages = pa.array([PREBID, "<title>b</title>", PREBID]).dictionary_encode()
    assert engine.scan_arrow(pa.record_batch({"html": pages})).column("title").to_pylist() == ["News & more", "b", "News & more"]


def test_other_columns_are_refused(engine):
    with pytest.raises(TypeError, match="strings or bytes, not int64"):
        engine.scan_arrow(pa.record_batch({"html": [1, 2]}))
    with pytest.raises(KeyError):
        engine.scan_arrow(pa.record_batch({"page": ["<p>"]}))


def test_an_empty_batch_has_the_schema(engine):
    result = engine.scan_arrow(pa.record_batch({"html": pa.array([], pa.string())}))
    result.validate(full=True)
    assert result.num_rows == 0 and result.schema == arrow.page_schema()


def test_tables_are_those_of_the_program(engine, run, tmp_path):
    run("scan", "--quiet", "--format", "parquet", "-o", tmp_path, "tests/corpus/prebid", "tests/corpus/problem")
    paths = [row["path"] for row in pq.read_table(tmp_path / "pages.parquet").to_pylist()]
    batches = []
    for number, path in enumerate(paths):
        batches += engine.scan_batches(adsieve.open(path_of(path), path), first_page=number)
    flat = arrow.tables(pa.Table.from_batches(batches).combine_chunks().to_batches()[0])
    for name, table in flat.items():
        expected = pq.read_table(tmp_path / f"{name}.parquet")
        assert table.column_names == expected.column_names
        # Text that Parquet marks as JSON is JSON to pyarrow: the same text to others.
        types = [str(field.type).replace("extension<arrow.json>", "string") for field in expected.schema]
        assert [str(field.type) for field in table.schema] == types, name
        assert table.to_pylist() == expected.to_pylist(), name


def path_of(path):
    from conftest import ROOT

    return ROOT / path


def test_batches_are_bounded(engine, tmp_path):
    lines = "".join(json.dumps({"html": f"<title>{number}</title>"}) + "\n" for number in range(25))
    (tmp_path / "pages.jsonl").write_text(lines)
    batches = list(engine.scan_batches(adsieve.open(tmp_path / "pages.jsonl"), first_page=100, rows=10))
    assert [batch.num_rows for batch in batches] == [10, 10, 5]
    assert [page for batch in batches for page in batch.column("page").to_pylist()] == list(range(100, 125))


def test_texts_are_cleaned(engine):
    texts = ["It rained. pbjs.que = [];", None, "Plain.", "Ü"]
    cleaned, cuts = arrow.clean_column(engine, pa.array(texts))
    cleaned.validate(full=True)
    assert cleaned.to_pylist() == [None if text is None else str(engine.clean(text)) for text in texts]
    assert cuts.to_pylist() == [None if text is None else len(engine.clean(text).cuts) for text in texts]
