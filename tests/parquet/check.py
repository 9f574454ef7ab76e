"""Compares Parquet tables with the NDJSON they stand for, and runs the queries and recipes of a document."""

import json
import os
import re
import sys
from pathlib import Path

import duckdb
import pandas

output, document = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
tables = output / "tables"
pages = [json.loads(line) for line in (output / "scan.ndjson").open()]
bids = [(page, bid) for page in pages for unit in page["ad_units"] for bid in unit["bids"]]
expected = {"pages": len(pages), "bids": len(bids)}
for name in ["networks", "slots", "requests", "findings"]:
    expected[name] = sum(len(page[name]) for page in pages)

for name, count in expected.items():
    file = str(tables / f"{name}.parquet")
    of_duckdb = duckdb.sql(f"select count(*) from read_parquet('{file}')").fetchall()[0][0]
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
queries_text, _, recipes_text = document.read_text().partition("## Recipes")
queries = re.findall(r"```sql\n(.*?)```", queries_text, re.S)
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

# Recipes run on pages whose answers are known: tests/parquet/pages.
sql = {name: query for name, query in re.findall(r"```sql\n-- ([^\n]*)\n(.*?)```", recipes_text, re.S)}
python = {name: code for name, code in re.findall(r"```python\n# ([^\n]*)\n(.*?)```", recipes_text, re.S)}
TOP = [
    ("harbour.example", "magnite", 1), ("harbour.example", "microsoft-monetize", 1), ("harbour.example", "prebid", 1),
    ("meadow.example", "magnite", 2), ("meadow.example", "prebid", 2),
    ("quarry.example", "magnite", 1), ("quarry.example", "prebid", 1),
]
SHARED = [("magnite", "1001", ["harbour.example", "meadow.example"])]
OVER_TIME = [("appnexus", 1, 2), ("ix", 0, 2), ("rubicon", 3, 2)]


def answer(name):
    """The rows of a query of the recipes."""
    connection = duckdb.connect()
    connection.execute(f"set file_search_path = '{output / 'recipes' / 'tables'}'")
    return connection.sql(sql.pop(name)).fetchall()


def variables(name):
    """What the Python of a recipe leaves behind."""
    left = {}
    os.chdir(output / "recipes")
    exec(python.pop(name), left)  # noqa: S102: it is our own document
    return left


assert [row[1:] for row in answer("top networks by site") if str(row[0]) == "2026-01-01"] == TOP
assert list(variables("top networks by site")["top"].itertuples(index=False, name=None)) == TOP
assert [(network, account, which) for network, account, _, which in answer("shared seats")] == SHARED
shared = variables("shared seats")["shared"]
assert [(*index, which) for index, which in shared.items()] == SHARED
assert answer("bidders over time") == OVER_TIME
assert list(variables("bidders over time")["sites"].itertuples(name=None)) == OVER_TIME
assert not sql and not python, "every recipe is tested"
print("recipes give what they should")
