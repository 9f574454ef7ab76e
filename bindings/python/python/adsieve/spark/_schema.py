"""Arrow's schemas as Spark's."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import types


def spark_type(kind: pa.DataType) -> types.DataType:
    """The types that reports are made of. Everything may be null: so it is when Spark reads Parquet."""
    if pa.types.is_list(kind):
        return types.ArrayType(spark_type(kind.value_type), True)
    if pa.types.is_struct(kind):
        return types.StructType([types.StructField(field.name, spark_type(field.type), True) for field in kind])
    return types.LongType() if pa.types.is_int64(kind) else types.StringType()


def spark_schema(schema: pa.Schema) -> types.StructType:
    return types.StructType([types.StructField(field.name, spark_type(field.type), True) for field in schema])
