"""`python -m adsieve.spark`: the archives of a manifest to partitioned Parquet."""

from __future__ import annotations

import argparse
import sys

from pyspark.sql import SparkSession

from ._job import write_tables


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m adsieve.spark", description=__doc__)
    parser.add_argument("--input", required=True, metavar="FILE", help="manifest: the path of an archive on each line; may be compressed")
    parser.add_argument("--output", required=True, metavar="DIR", help="folder for the tables; a run that was ended goes on in it")
    parser.add_argument("--prefix", default="", help="put in front of each path, as s3a://commoncrawl/")
    parser.add_argument("--batch", type=int, metavar="N", help="archives that are noted as done together [default: eight for each core]")
    parser.add_argument("--rules", action="append", default=[], metavar="DIR", help="rules of your own, there on every worker")
    parser.add_argument("--list", action="append", default=[], metavar="FILE", help="a filter list, there on every worker")
    parser.add_argument("--quiet", action="store_true", help="tell nothing but errors")
    options = parser.parse_args(arguments)

    spark = SparkSession.builder.appName("adsieve").getOrCreate()
    lines = (row.value.strip() for row in spark.read.text(options.input).collect())
    paths = [options.prefix + line for line in lines if line and not line.startswith("#")]
    if not paths:
        parser.error(f"{options.input} names no archive")
    engine = {"rules": options.rules, "filter_lists": options.list}
    try:
        done = write_tables(
            spark, paths, options.output.rstrip("/"), batch=options.batch, engine=engine, quiet=options.quiet
        )
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    finally:
        spark.stop()
    if not options.quiet:
        print(f"{done['pages']} pages of {done['archives']} archives", file=sys.stderr)
    return 3 if done["bad_archives"] or done["bad_records"] else 0


if __name__ == "__main__":
    sys.exit(main())
