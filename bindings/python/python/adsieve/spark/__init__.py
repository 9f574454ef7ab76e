"""adsieve on Spark: web archives to tables, columns of pages to reports, corpora without leaked ad code.

Needs PySpark 4 or later (`pip install 'adsieve[spark]'`), with this package on every worker.

>>> from adsieve.spark import scan_warcs
>>> pages = scan_warcs(spark, ["s3a://commoncrawl/crawl-data/…/CC-MAIN-….warc.gz", …])
>>> pages.selectExpr("url", "explode(networks) as network").groupBy("network.id").count().show()

`python -m adsieve.spark --input manifest.txt --output out/` writes the tables of `adsieve scan --format parquet`.
"""

from ._columns import clean_texts, scan_pages
from ._counters import Counters
from ._job import write_tables
from ._warcs import scan_warcs, scan_schema

__all__ = ["Counters", "clean_texts", "scan_pages", "scan_schema", "scan_warcs", "write_tables"]
