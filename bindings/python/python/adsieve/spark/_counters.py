"""What was done, counted on all workers."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark import Accumulator, AccumulatorParam, SparkContext

# Problems that are told in words.
_TOLD = 100


class _Problems(AccumulatorParam):
    def zero(self, value: list[str]) -> list[str]:
        return []

    def addInPlace(self, first: list[str], second: list[str]) -> list[str]:
        return (first + second)[:_TOLD]


@dataclass(frozen=True)
class Counters:
    """Accumulators of `scan_warcs`; read their `value` after an action.

    Spark counts a task of an action once, however often it was tried. A DataFrame that is computed twice counts twice.
    """

    archives: Accumulator[int]
    pages: Accumulator[int]
    bad_archives: Accumulator[int]
    bad_records: Accumulator[int]
    problems: Accumulator[list[str]]

    @classmethod
    def of(cls, context: SparkContext) -> Counters:
        """Counters at zero."""
        numbers = [context.accumulator(0) for _ in range(4)]
        return cls(*numbers, context.accumulator([], _Problems()))

    def values(self) -> dict[str, int | list[str]]:
        """All of them."""
        return {name: getattr(self, name).value for name in self.__dataclass_fields__}
