"""A page as HTML for notebooks. Text of pages is hostile: all of it is escaped, and nothing links anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._page import Page

# Rows of a table that are shown.
_ROWS = 50


def page_html(page: Page) -> str:
    title = f"<div><b>{_text(page.title or page.url or page.source.path)}</b>"
    title += f"<br><small>{_text(page.url or page.source.entry or page.source.path)} · ads: {_text(page.ads)}</small></div>"
    networks = ((item.id, item.name, ", ".join(item.roles), item.evidence, _value(item.ids)) for item in page.networks)
    bids = (
        (_value(unit.code), _value(bid.bidder), bid.network or "", _value(bid.params), bid.when or unit.when or "")
        for unit in page.ad_units
        for bid in unit.bids
    )
    slots = ((_value(item.path), _value(item.sizes), _value(item.element), item.evidence) for item in page.slots)
    parts = [
        title,
        _table("Networks", ("id", "name", "roles", "evidence", "ids"), networks),
        _table("Bids", ("ad unit", "bidder", "network", "params", "when"), bids),
        _table("Slots", ("path", "sizes", "element", "evidence"), slots),
    ]
    return "".join(parts)


def _table(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    if not rows:
        return ""
    more = f" ({_ROWS} of {len(rows)})" if len(rows) > _ROWS else ""
    names = "".join(f"<th>{_text(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows[:_ROWS])
    return f"<table><caption>{_text(caption)}{more}</caption><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _text(text: str) -> str:
    # Characters that turn the reading direction around would let a page disguise its text.
    turning = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C], "�")
    return escape(text[:500].translate(turning))
