"""Opens files, folders and streams, and yields the documents in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

from . import _native
from ._native import Document


class Documents:
    """Documents of a file or stream, one by one; `problems` holds what could not be read of it so far."""

    def __init__(self, native: _native.Documents):
        self._native = native

    @property
    def path(self) -> str:
        return self._native.path

    @property
    def problems(self) -> list[str]:
        return self._native.problems

    def __iter__(self) -> Iterator[Document]:
        return self

    def __next__(self) -> Document:
        return next(self._native)


class Folder:
    """Documents of all pages and containers below a folder, in the order of the program."""

    def __init__(self, path: str, options: dict[str, str | None]):
        self.path = path
        self.problems: list[str] = []
        self._documents = self._walk(path, options)

    def __iter__(self) -> Iterator[Document]:
        return self

    def __next__(self) -> Document:
        return next(self._documents)

    def _walk(self, folder: str, options: dict[str, str | None]) -> Iterator[Document]:
        # A name that is no text is given as it can be shown: the file is told as one that cannot be opened.
        names = [name.encode("utf-8", "replace").decode() for name in os.listdir(folder)]
        for name in _native.names_of_folder(names):
            path = os.path.join(folder, name)
            if os.path.isdir(path) and not os.path.islink(path):
                yield from self._walk(path, options)
            elif os.path.isfile(path) and _native.is_wanted_name(name):
                try:
                    documents = _native.Documents(path, **options)
                except OSError as error:
                    self.problems.append(str(error))
                    continue
                yield from documents
                self.problems += documents.problems


def open(
    source: str | os.PathLike[str] | IO[bytes],
    name: str | None = None,
    *,
    html_field: str | None = None,
    text_field: str | None = None,
) -> Documents | Folder:
    """Opens a page, a container (WARC, WACZ, HAR, MHTML, zip, tar, JSON lines, CSV, …), either of them compressed, a
    folder, or a binary stream, and yields a `Document` for each page, script or text in it.

    Content decides what it is, and `name` (by default the path) where content cannot. Memory stays bounded however
    large the container is. Parts that cannot be read are passed over and told in `problems`; a file that cannot be
    opened raises `OSError`. `html_field` and `text_field` name the column of JSON lines and CSV.
    """
    options = {"html_field": html_field, "text_field": text_field}
    if not hasattr(source, "read") and os.path.isdir(source):
        return Folder(os.fspath(source), options)
    return Documents(_native.Documents(source, name, **options))
