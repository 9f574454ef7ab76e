"""Spark in local mode: archives, columns, the job. tests/cluster.py does the same on a cluster whose worker dies."""

import os
import shutil
import sys
import time

import pyarrow.parquet as pq
import pytest
from archives import write_archives
from conftest import PREBID

pytest.importorskip("pyspark")
from pyspark.sql import SparkSession  # noqa: E402

from adsieve import arrow, spark as on_spark  # noqa: E402
from adsieve.spark.__main__ import main  # noqa: E402

TABLES = ["pages", "networks", "bids", "slots", "requests", "findings"]


@pytest.fixture(scope="module")
def spark():
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17: install openjdk-17-jre-headless")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", False)
    session = builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.showConsoleProgress", False).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archives")
    return write_archives(folder, 4)


def test_archives_become_pages(spark, archives, pages_of_program):
    counters = on_spark.Counters.of(spark.sparkContext)
    pages = on_spark.scan_warcs(spark, archives, counters=counters)
    assert pages.rdd.getNumPartitions() == len(archives), "one archive a task"
    found = {row.page: row.asDict(True) for row in pages.collect()}
    number = 0
    for index, archive in enumerate(archives):
        for page in pages_of_program(archive):
            row = found.pop((index << 32) + number)
            number += 1
            assert (row["path"], row["url"], row["sha256"]) == (archive, page["url"], page["source"]["sha256"])
            assert [network["network"] for network in row["networks"]] == [network["id"] for network in page["networks"]]
            assert len(row["findings"]) == len(page["findings"]) and len(row["slots"]) == len(page["slots"])
        number = 0
    assert not found


def test_what_cannot_be_read_is_counted(spark, archives, tmp_path):
    whole = open(archives[0], "rb").read()
    (tmp_path / "cut.warc.gz").write_bytes(whole[: len(whole) - 40])
    counters = on_spark.Counters.of(spark.sparkContext)
    paths = [str(tmp_path / "cut.warc.gz"), str(tmp_path / "missing.warc.gz"), archives[1]]
    assert on_spark.scan_warcs(spark, paths, counters=counters).count() > 0
    values = counters.values()
    assert (values["archives"], values["bad_archives"]) == (2, 1) and values["bad_records"] >= 1
    assert any("missing.warc.gz" in problem for problem in values["problems"])
    assert any("cut.warc.gz" in problem for problem in values["problems"])


def test_a_column_of_pages_is_scanned(spark):
    frame = spark.createDataFrame([(1, "https://a.example/", PREBID), (2, None, None)], "id long, link string, html string")
    result = on_spark.scan_pages(frame, "html", "link")
    assert result.columns == ["id", "link", "adsieve"]
    first, second = result.orderBy("id").collect()
    assert first.adsieve.url == "https://a.example/" and first.adsieve.bids[0].bidder == "appnexus" and second.adsieve is None
    as_bytes = frame.selectExpr("id", "encode(html, 'UTF-8') as html")
    kept = on_spark.scan_pages(as_bytes, "html", into="report", keep_html=True).orderBy("id").first()
    assert kept.report.title == "News & more" and bytes(kept.html).decode() == PREBID


def test_texts_are_cleaned(spark):
    text = "It rained.\n\npbjs.que.push(function () { pbjs.requestBids({}) });\n\nIt stopped."
    frame = spark.createDataFrame([(1, text, "x"), (2, "Plain.", "y"), (3, None, "z")], "id long, text string, other string")
    cleaned = on_spark.clean_texts(frame, "text", cuts="cuts").orderBy("id")
    assert cleaned.columns == ["id", "text", "other", "cuts"]
    assert [tuple(row) for row in cleaned.collect()] == [
        (1, "It rained.\n\nIt stopped.", "x", 1),
        (2, "Plain.", "y", 0),
        (3, None, "z", None),
    ]
    beside = on_spark.clean_texts(frame, "text", into="cleaned").orderBy("id").first()
    assert beside.text == text and beside.cleaned == "It rained.\n\nIt stopped."


def test_the_job_writes_the_tables_of_the_program(spark, archives, run, tmp_path):
    run("scan", "--quiet", "--format", "parquet", "-o", tmp_path / "expected", *archives)
    out = tmp_path / "out"
    done = on_spark.write_tables(spark, archives, str(out), batch=2, quiet=True)
    assert done["archives"] == len(archives) and done["bad_archives"] == done["bad_records"] == 0
    assert is_as_expected(tmp_path) and not (out / "staging").exists()
    assert {folder.name for folder in (out / "pages").glob("batch=*")} == {"batch=0", "batch=1"}

    # As after a run that ended while it wrote its second batch.
    (out / "progress" / "000001.json").unlink()
    shutil.rmtree(out / "bids" / "batch=1")
    begun = time.time()
    assert on_spark.write_tables(spark, archives, str(out), quiet=True) == done
    assert is_as_expected(tmp_path)
    assert all(file.stat().st_mtime < begun for file in out.glob("*/batch=0/*.parquet")), "what was done is not done again"
    with pytest.raises(ValueError, match="another manifest"):
        on_spark.write_tables(spark, archives[::-1], str(out), quiet=True)

    expected = spark.read.parquet(str(tmp_path / "expected" / "bids.parquet"))
    assert spark.read.parquet(str(out / "bids")).drop("batch").schema == expected.schema


def is_as_expected(folder):
    """Are the rows of all tables those of the program, and the pages numbered by archive?"""
    for name in TABLES:
        expected = pq.read_table(folder / "expected" / f"{name}.parquet").drop(["page"]).to_pylist()
        found = pq.read_table(folder / "out" / name).drop(["page", "batch"]).to_pylist()
        assert sorted(map(str, found)) == sorted(map(str, expected)), name
    pages = pq.read_table(folder / "out" / "pages").column("page").to_pylist()
    assert len(set(pages)) == len(pages) and {page >> 32 for page in pages} == set(range(4))
    return True


def test_the_nested_schema_is_that_of_arrow(spark):
    assert on_spark.scan_schema().names == arrow.page_schema().names
