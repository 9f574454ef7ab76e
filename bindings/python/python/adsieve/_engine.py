"""The engine: rules, filter lists and policy, compiled."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from . import _native
from ._native import Cleaned, Document, Rewriter
from ._page import Page

if TYPE_CHECKING:
    import pyarrow

    from ._open import Documents

Content = bytes | bytearray | memoryview | str


class Engine(_native.Engine):
    """Rules, filter lists and policy, compiled. Making one costs milliseconds; many threads may share it.

    `rules` are folders or files of your own rules, `filter_lists` files in Adblock Plus, uBlock or hosts syntax,
    `trusted_lists` those that may redirect, `policy` files that say what to block; `cache` is a folder for compiled
    lists. `threads` is how many pages are scanned at a time, by default one for each core.

    Raises `RuleError` with every mistake of the rule files, and `OSError` for files that cannot be read.
    """

    def scan(
        self, content: Content | Document, url: str | None = None, *, path: str = "-", content_type: str | None = None
    ) -> Page:
        """Scans a page, script or text; content decides which it is, the ending of `path` where that leaves it open.

        `content_type` is what a server sent with it, or the name of a charset. Nothing of the page runs, nothing is
        fetched, and there is nothing to catch: what could not be read stands in `Page.diagnostics`.
        """
        if not isinstance(content, Document):
            content = Document(content, url, path=path, content_type=content_type)
        return Page(self.report(content))

    def scan_many(self, items: Iterable[Content | tuple[Content, str | None] | Document]) -> Iterator[Page]:
        """Scans pages on all threads and yields them in their order, while `items` still come.

        An item is a page, a page with its URL, or a document of `adsieve.open`. What `items` raises comes after the
        pages before it.
        """
        return map(Page, self.reports(items))

    def scan_arrow(
        self, batch: pyarrow.RecordBatch, html: str = "html", url: str | None = None, *, first_page: int = 0
    ) -> pyarrow.RecordBatch:
        """Scans the column `html` of a batch, with URLs from the column `url` if one is named.

        A row of the result stands for a row of the batch: `adsieve.arrow.page_schema()`. A null gives a row of nulls
        and empty lists. The column is read where it lies, on all threads.
        """
        from . import arrow

        return arrow.scan_batch(self, batch, html, url, first_page)

    def scan_batches(self, source: Documents, *, first_page: int = 0, rows: int = 256) -> Iterator[pyarrow.RecordBatch]:
        """Scans the documents of a source in this thread, and yields batches of at most `rows` pages.

        For callers who bring their own parallelism, as a Spark task does; `page` counts from `first_page`.
        """
        from . import arrow

        return map(arrow.nested_batch, self.batches(source._native, first_page, rows))

    def rewriter(
        self, url: str | None = None, *, policy: str | None = None, handlers: bool = False, leaked_text: bool = False
    ) -> Rewriter:
        """A rewriter for one page: `push(bytes)` gives bytes as soon as they are decided, `finish()` the rest.

        `policy` is the page's `Content-Security-Policy`; `handlers` looks at `on…` attributes too, `leaked_text` at
        ad code in visible text. docs/rewriting.md says what goes and what stays.
        """
        return Rewriter(self, url, policy=policy, handlers=handlers, leaked_text=leaked_text)


@functools.cache
def default_engine() -> Engine:
    """The engine with the built-in rules and policy, made when it is first asked for."""
    return Engine()


def scan(content: Content | Document, url: str | None = None, *, path: str = "-", content_type: str | None = None) -> Page:
    """Scans a page with the built-in rules: see `Engine.scan`."""
    return default_engine().scan(content, url, path=path, content_type=content_type)


def clean(text: str | bytes) -> Cleaned:
    """A text without the ad code that has leaked into it, by the built-in rules: see `Engine.clean`."""
    return default_engine().clean(text)
