"""The report of a page (`adsieve.page/1`) as Python objects.

A report comes as JSON, exactly as the program writes it, and is read when it is first asked. Values of page scripts are
plain where they are known; `{"$any": …}`, `{"$unknown": …}` and their kin stand for the rest, as in the README of adsieve.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

from . import _native
from ._html import page_html


class Record(Mapping[str, Any]):
    """An entry of a report: its fields as attributes, and as a mapping."""

    __slots__ = ("_fields",)
    _nested: ClassVar[dict[str, type[Record]]] = {}

    def __init__(self, fields: dict[str, Any]):
        object.__setattr__(self, "_fields", fields)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._wrapped(name)
        except KeyError:
            # Fields that are left out where they are empty.
            if name in type(self).__annotations__:
                return None
            raise AttributeError(f"a {type(self).__name__} has no field {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("reports do not change")

    def _wrapped(self, name: str) -> Any:
        value, kind = self._fields[name], self._nested.get(name)
        if kind is None or value is None:
            return value
        return [kind(item) for item in value] if isinstance(value, list) else kind(value)

    def __getitem__(self, name: str) -> Any:
        return self._wrapped(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._fields]

    def __eq__(self, other: object) -> bool:
        return self._fields == other._fields if isinstance(other, Record) else self._fields == other

    def __hash__(self) -> int:
        return hash(json.dumps(self._fields, sort_keys=True))

    def __reduce__(self):
        return type(self), (self._fields,)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain dicts and lists."""
        return self._fields

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_short(value)}" for name, value in self._fields.items() if name not in ("at", "findings"))
        return f"{type(self).__name__}({shown})"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


class Place(Record):
    """A place in the page: `line` and `column` from 1, `start` and `end` in bytes of the decoded document."""

    script: int | None
    resource: int | None
    line: int
    column: int
    start: int
    end: int


class Source(Record):
    """Where a page was read."""

    path: str
    container: str
    entry: str | None
    bytes: int
    sha256: str
    charset: str | None


class Network(Record):
    """An ad network of the page; `ids` are the publisher's ids by the name of the param."""

    id: str
    name: str
    roles: list[str]
    gvl_id: int | None
    bidders: list[str]
    ids: dict[str, list[Any]]
    evidence: str
    findings: list[int]


class Problem(Record):
    """Something wrong with an ad unit or a bid."""

    code: str
    message: str
    at: Place
    _nested = {"at": Place}


class Bid(Record):
    """One bidder of an ad unit with its params."""

    bidder: Any
    network: str | None
    alias_of: str | None
    params: Any
    decoded: dict[str, str] | None
    when: str | None
    problems: list[Problem]
    at: Place
    _nested = {"at": Place, "problems": Problem}


class AdUnit(Record):
    """An ad unit with its bids."""

    code: Any
    library: str | None
    media_types: Any
    evidence: str
    when: str | None
    bids: list[Bid]
    problems: list[Problem]
    at: Place
    _nested = {"at": Place, "bids": Bid, "problems": Problem}


class Slot(Record):
    """A place at the ad server."""

    library: str
    path: Any
    sizes: Any
    element: Any
    evidence: str
    at: Place
    _nested = {"at": Place}


class Finding(Record):
    """A rule that matched."""

    rule: str
    network: str | None
    product: str | None
    captures: dict[str, Any]
    evidence: str
    when: str | None
    at: Place
    _nested = {"at": Place}


class Request(Record):
    """A third-party URL that the page names."""

    url: str
    kind: str
    network: str | None
    filter: str | None
    at: Place
    _nested = {"at": Place}


class Script(Record):
    """A script of the page and what became of it."""

    index: int
    kind: str
    url: str | None
    is_saved: bool | None
    bytes: int
    sha256: str
    outcome: str
    verdict: str
    reason: str | None
    held_back: str | None
    repairs: list[str]
    at: Place
    _nested = {"at": Place}


class Bundle(Record):
    """A script that is a library, with what was built into it."""

    library: str
    script: int
    version: str | None
    modules: list[str]
    adapters: list[dict[str, Any]]


class Resource(Record):
    """A script or frame that was saved with the page."""

    url: str
    kind: str
    bytes: int
    sha256: str


class Diagnostic(Record):
    """What went less than well."""

    severity: str
    code: str
    message: str
    at: Place | None
    _nested = {"at": Place}


class Sellers(Record):
    """A list of sellers: `ads.txt`, `app-ads.txt` or `sellers.json`."""

    kind: str
    domain: str | None
    network: str | None
    sellers: list[dict[str, str | None]]


class Page:
    """Everything that one page says, found without running it. Field names are those of the report's schema."""

    def __init__(self, report: str | dict[str, Any]):
        self._json = report if isinstance(report, str) else json.dumps(report, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def _fields(self) -> dict[str, Any]:
        return json.loads(self._json)

    def _records(self, name: str, kind: type[Record]) -> list[Any]:
        return [kind(item) for item in self._fields.get(name, [])]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain dicts and lists."""
        return json.loads(self._json)

    def to_json(self) -> str:
        """The report as one line of JSON, as the program writes it with `--format ndjson`."""
        return self._json

    @property
    def schema(self) -> str:
        return self._fields["schema"]

    @cached_property
    def source(self) -> Source:
        return Source(self._fields["source"])

    @property
    def url(self) -> str | None:
        return self._fields["url"]

    @property
    def title(self) -> str | None:
        return self._fields["title"]

    @cached_property
    def networks(self) -> list[Network]:
        """The ad networks, surest first."""
        return self._records("networks", Network)

    @cached_property
    def ad_units(self) -> list[AdUnit]:
        return self._records("ad_units", AdUnit)

    @property
    def bids(self) -> list[Bid]:
        """The bids of all ad units."""
        return [bid for unit in self.ad_units for bid in unit.bids]

    @property
    def bidders(self) -> list[str]:
        """The bidder codes of all bids that are known, each once, sorted."""
        return sorted({bid.bidder for bid in self.bids if isinstance(bid.bidder, str)})

    @cached_property
    def slots(self) -> list[Slot]:
        return self._records("slots", Slot)

    @cached_property
    def findings(self) -> list[Finding]:
        return self._records("findings", Finding)

    @cached_property
    def requests(self) -> list[Request]:
        return self._records("requests", Request)

    @cached_property
    def scripts(self) -> list[Script]:
        return self._records("scripts", Script)

    @cached_property
    def bundles(self) -> list[Bundle]:
        return self._records("bundles", Bundle)

    @property
    def config(self) -> dict[str, Any]:
        """Settings of libraries by dotted name."""
        return self._fields["config"]

    @cached_property
    def resources(self) -> list[Resource]:
        return self._records("resources", Resource)

    @property
    def ads(self) -> str:
        """`found`, `none`, or `unknown`: something was missing that could have brought some."""
        return self._fields["ads"]

    @property
    def unseen(self) -> dict[str, int]:
        """What could not be seen, with counts."""
        return self._fields["unseen"]

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        return self._records("diagnostics", Diagnostic)

    @cached_property
    def sellers(self) -> Sellers | None:
        sellers = self._fields.get("sellers")
        return Sellers(sellers) if sellers else None

    def table(self, width: int = 120, *, problems: bool = False) -> str:
        """The page as the program's table."""
        return _native.table_of(self._json, width, problems)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Page) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self):
        return Page, (self._json,)

    def __str__(self) -> str:
        return self.table()

    def __repr__(self) -> str:
        name = self.url or self.source.entry or self.source.path
        if self.sellers:
            return f"<Page {name!r}: {self.sellers.kind}, {len(self.sellers.sellers)} sellers>"
        networks = ", ".join(network.id for network in self.networks[:6]) + (", …" if len(self.networks) > 6 else "")
        counts = f"{len(self.ad_units)} ad units, {len(self.bids)} bids, {len(self.slots)} slots"
        return f"<Page {name!r}: {networks or 'no ad network'}; {counts}>"

    def __rich_repr__(self):
        yield self.url or self.source.path
        yield "networks", [network.id for network in self.networks]
        yield "bidders", self.bidders, []
        yield "ad_units", len(self.ad_units), 0
        yield "slots", len(self.slots), 0

    def _repr_html_(self) -> str:
        return page_html(self)
