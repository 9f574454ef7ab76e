"""Compares Parquet tables with the NDJSON they stand for, and runs the queries of a document over them."""

import json
import re
import sys
from pathlib import Path

import duckdb
import pandas

output, document = Path(sys.argv[1]), Path(sys.argv[2])
tables = output / "tables"
pages = [json.loads(line) for line in (output / "scan.ndjson").open()]
bids = [(page, bid) for page in pages for unit in page["ad_units"] for bid in unit["bids"]]
expected = {"pages": len(pages), "bids": len(bids)}
for name in ["networks", "slots", "requests", "findings"]:
    expected[name] = sum(len(page[name]) for page in pages)

for name, count in expected.items():
    file = str(tables / f"{name}.parquet")
    of_duckdb = duckdb.sql(f"select count(*) from read_parquet('{file}')").fetchone()[0]
    of_pandas = len(pandas.read_parquet(file))
    assert of_duckdb == of_pandas == count, (name, count, of_duckdb, of_pandas)

# Values are the same, not only their number.
frame = pandas.read_parquet(tables / "bids.parquet")
for (_, row), (page, bid) in zip(frame.iterrows(), bids):
    assert pages[row["page"]] is page
    assert json.loads(row["params"]) == bid["params"], row
    assert list(row["problems"]) == [problem["code"] for problem in bid["problems"]], row
networks = [network for page in pages for network in page["networks"]]
for (_, row), network in zip(pandas.read_parquet(tables / "networks.parquet").iterrows(), networks):
    assert (row["network"], list(row["roles"])) == (network["id"], network["roles"])
    assert list(row["bidders"]) == network["bidders"]

# The queries of the document name the files as they stand in the folder.
queries = re.findall(r"```sql\n(.*?)```", document.read_text(), re.S)
assert queries, "the document has queries"
connection = duckdb.connect()
connection.execute(f"set file_search_path = '{tables}'")
for query in queries:
    result = connection.sql(query)
    rows = result.fetchall() if result is not None else []
    print(f"{len(rows)} rows: {query.strip().splitlines()[0]}")

top = connection.sql(queries[0]).fetchall()
counts = {}
for page in pages:
    for unit in page["ad_units"]:
        for bidder in {bid["bidder"] for bid in unit["bids"] if isinstance(bid["bidder"], str)}:
            counts[bidder] = counts.get(bidder, 0) + 1
bidder, ad_units = top[0][0], top[0][1]
assert counts[bidder] == ad_units == max(counts.values()), (top[0], counts[bidder])
print("tables agree with the ndjson:", expected)
