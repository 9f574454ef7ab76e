"""Finds the ad networks of web pages in their source, without running them.

>>> import adsieve
>>> page = adsieve.scan("<script>pbjs.addAdUnits([{code: 'top', bids: [{bidder: 'appnexus', params: {placementId: 7}}]}])</script>")
>>> page.bidders
['appnexus']

An `Engine` is made once and shared by threads; `scan` and `clean` use one with the built-in rules.
"""

from ._engine import Engine, clean, default_engine, scan
from ._native import (
    Answer,
    Change,
    Cleaned,
    Document,
    RequestVerdict,
    Rewriter,
    RuleError,
    ScriptCut,
    ScriptVerdict,
    TextCut,
    __version__,
)
from ._open import Documents, open
from ._page import (
    AdUnit,
    Bid,
    Bundle,
    Diagnostic,
    Finding,
    Network,
    Page,
    Place,
    Problem,
    Record,
    Request,
    Resource,
    Script,
    Sellers,
    Slot,
    Source,
)

__all__ = [
    "AdUnit", "Answer", "Bid", "Bundle", "Change", "Cleaned", "Diagnostic", "Document", "Documents", "Engine", "Finding",
    "Network", "Page", "Place", "Problem", "Record", "Request", "RequestVerdict", "Resource", "Rewriter", "RuleError",
    "Script", "ScriptCut", "ScriptVerdict", "Sellers", "Slot", "Source", "TextCut", "__version__", "clean",
    "default_engine", "open", "scan",
]
