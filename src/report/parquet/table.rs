//! One table on its way into a file: columns that fill up, and are written as a group of rows.

use super::super::tables::{Cells, ColumnKind};
use ::parquet::basic::Compression;
use ::parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::parser::parse_message_type;
use std::fs::File;
use std::io::{self, BufWriter};
use std::mem::take;
use std::path::Path;
use std::sync::Arc;

/// Rows of a group at most.
const GROUP_ROWS: usize = 1 << 16;

/// Bytes of text that a group holds at most; one page may go beyond.
const GROUP_BYTES: usize = 32 << 20;

/// A column as Parquet's schemas write it.
fn field(kind: ColumnKind, name: &str) -> String {
    match kind {
        ColumnKind::Text => format!("optional binary {name} (STRING);"),
        ColumnKind::Json => format!("optional binary {name} (JSON);"),
        ColumnKind::Number => format!("optional int64 {name};"),
        ColumnKind::List => {
            format!("required group {name} (LIST) {{ repeated group list {{ required binary element (STRING); }} }}")
        }
    }
}

/// Values of one column, not yet written. Levels are Parquet's way to say null, empty and "next of the same list".
enum Column {
    Text { values: Vec<ByteArray>, definition: Vec<i16> },
    Number { values: Vec<i64>, definition: Vec<i16> },
    List { values: Vec<ByteArray>, definition: Vec<i16>, repetition: Vec<i16> },
}

impl Column {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text | ColumnKind::Json => Self::Text { values: Vec::new(), definition: Vec::new() },
            ColumnKind::Number => Self::Number { values: Vec::new(), definition: Vec::new() },
            ColumnKind::List => Self::List { values: Vec::new(), definition: Vec::new(), repetition: Vec::new() },
        }
    }

    /// Writes the values and forgets them.
    fn write(&mut self, mut writer: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Text { values, definition } => {
                writer.typed::<ByteArrayType>().write_batch(&take(values), Some(&take(definition)), None)?;
            }
            Self::Number { values, definition } => {
                writer.typed::<Int64Type>().write_batch(&take(values), Some(&take(definition)), None)?;
            }
            Self::List { values, definition, repetition } => {
                let (definition, repetition) = (take(definition), take(repetition));
                writer.typed::<ByteArrayType>().write_batch(&take(values), Some(&definition), Some(&repetition))?;
            }
        }
        writer.close()
    }
}

/// A table that is being written.
pub(super) struct Table {
    writer: SerializedFileWriter<BufWriter<File>>,
    columns: Vec<Column>,
    /// The column that takes the next value.
    at: usize,
    rows: usize,
    bytes: usize,
}

impl Table {
    /// Begins the file.
    pub(super) fn create(path: &Path, name: &str, columns: &[(&str, ColumnKind)]) -> io::Result<Self> {
        let fields: String = columns.iter().map(|(name, kind)| field(*kind, name)).collect();
        let schema = parse_message_type(&format!("message {name} {{ {fields} }}")).expect("the tables are fixed");
        let properties = WriterProperties::builder()
            .set_created_by(format!("adsieve {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::SNAPPY)
            .build();
        let file = BufWriter::new(File::create(path)?);
        let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(to_io)?;
        let columns = columns.iter().map(|(_, kind)| Column::new(*kind)).collect();
        Ok(Self { writer, columns, at: 0, rows: 0, bytes: 0 })
    }

    pub(super) fn flush_if_full(&mut self) -> io::Result<()> {
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES { self.flush().map_err(to_io) } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        (self.rows, self.bytes) = (0, 0);
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            let writer = group.next_column()?.expect("the schema has as many columns");
            column.write(writer)?;
        }
        group.close().map(|_| ())
    }

    /// Writes what is left and ends the file.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.flush().map_err(to_io)?;
        self.writer.close().map(|_| ()).map_err(to_io)
    }
}

impl Table {
    fn next(&mut self) -> &mut Column {
        self.at += 1;
        self.columns.get_mut(self.at - 1).expect("a row has as many values as the table has columns")
    }
}

impl Cells for Table {
    fn text(&mut self, text: Option<&str>) {
        self.bytes += text.map_or(0, str::len);
        let Column::Text { values, definition } = self.next() else { unreachable!("the column holds no texts") };
        values.extend(text.map(ByteArray::from));
        definition.push(i16::from(text.is_some()));
    }

    fn number(&mut self, number: Option<i64>) {
        let Column::Number { values, definition } = self.next() else { unreachable!("the column holds no numbers") };
        values.extend(number);
        definition.push(i16::from(number.is_some()));
    }

    fn list(&mut self, items: &mut dyn Iterator<Item = &str>) {
        let mut bytes = 0;
        let Column::List { values, definition, repetition } = self.next() else {
            unreachable!("the column holds no lists")
        };
        let mut is_first = true;
        for item in items {
            bytes += item.len();
            values.push(ByteArray::from(item));
            definition.push(1);
            repetition.push(i16::from(!is_first));
            is_first = false;
        }
        if is_first {
            definition.push(0);
            repetition.push(0);
        }
        self.bytes += bytes;
    }

    fn end_row(&mut self) {
        debug_assert_eq!(self.at, self.columns.len(), "a row has as many values as the table has columns");
        (self.at, self.rows) = (0, self.rows + 1);
    }
}

fn to_io(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
