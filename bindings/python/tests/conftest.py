"""What the tests stand on: the corpus of the repository, and the program that ADSIEVE names."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus"


@pytest.fixture(scope="session")
def program() -> str:
    """The program; tests that compare with it are left out, visibly, where it is not built."""
    named = os.environ.get("ADSIEVE", ROOT / "target" / "release" / "adsieve")
    found = shutil.which(named)
    if found is None:
        pytest.skip(f"there is no {named}: name the program in ADSIEVE")
    return str(Path(found).resolve())


@pytest.fixture(scope="session")
def run(program):
    """Runs the program and gives what it writes to standard output."""

    def run(*arguments, cwd=ROOT, ok=(0,)):
        done = subprocess.run([program, *map(str, arguments)], cwd=cwd, capture_output=True)
        assert done.returncode in ok, done.stderr.decode()
        return done.stdout

    return run


@pytest.fixture(scope="session")
def pages_of_program(run):
    """The program's report of paths, page by page."""

    def pages(*paths, ok=(0, 3)):
        return [json.loads(line) for line in run("scan", "--quiet", "--format", "ndjson", *paths, ok=ok).splitlines()]

    return pages


PREBID = """<!doctype html><title>News &amp; more</title>
<script>
  var units = [{ code: "top", bids: [{ bidder: "appnexus", params: { placementId: 7 } }] }];
  pbjs.que.push(function () { pbjs.addAdUnits(units); });
</script>
<script>googletag.cmd.push(function () { googletag.defineSlot("/123/top", [[300, 250]], "top"); });</script>
"""
