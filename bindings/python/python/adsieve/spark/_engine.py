"""One engine for each worker process, by its settings."""

from __future__ import annotations

import functools
import gc
import json
from collections.abc import Mapping
from typing import Any

from .. import Engine

Settings = Mapping[str, Any]


def engine_of(settings: Settings | None) -> Engine:
    """The engine of this process: a task of Spark's is one thread."""
    return _engine(json.dumps(dict(settings or {}), sort_keys=True, default=str))


@functools.lru_cache(maxsize=4)
def _engine(settings: str) -> Engine:
    return Engine(**{"threads": 1, **json.loads(settings)})


@functools.cache
def settle() -> None:
    """To be called after a task: what this process has loaded by now stays.

    PySpark collects garbage after every task, and would go through all modules each time, which takes as long as some pages.
    """
    gc.freeze()
