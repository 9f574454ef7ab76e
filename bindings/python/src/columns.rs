//! Columns as Arrow lays them out in memory: validity bits, offsets, data.
//!
//! What Python hands in is read where it lies. What goes out is built here and copied once, into bytes that pyarrow takes
//! as they are.

use adsieve::report::{Cells, ColumnKind};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

/// A column of texts or bytes: an Arrow array of one of the types `string`, `binary`, or their large forms.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct TextColumn {
    length: usize,
    /// The first row in the buffers.
    offset: usize,
    /// Has it 64-bit offsets?
    is_large: bool,
    is_text: bool,
    valid: Option<PyBuffer<u8>>,
    offsets: Option<PyBuffer<u8>>,
    data: Option<PyBuffer<u8>>,
}

/// The same, to read from on any thread.
pub(crate) struct Texts<'c> {
    length: usize,
    offset: usize,
    is_large: bool,
    pub(crate) is_text: bool,
    valid: Option<&'c [u8]>,
    offsets: &'c [u8],
    data: &'c [u8],
}

impl TextColumn {
    /// Looks into the buffers; says what is wrong with a column whose offsets lead out of them.
    pub(crate) fn texts(&self) -> Result<Texts<'_>, String> {
        let texts = Texts {
            length: self.length,
            offset: self.offset,
            is_large: self.is_large,
            is_text: self.is_text,
            valid: self.valid.as_ref().map(slice),
            offsets: self.offsets.as_ref().map(slice).unwrap_or_default(),
            data: self.data.as_ref().map(slice).unwrap_or_default(),
        };
        let has_valid = texts.valid.is_none_or(|valid| valid.len() * 8 >= texts.offset + texts.length);
        let is_sound = has_valid && (0..texts.length).all(|row| texts.range(row).is_some());
        if is_sound { Ok(texts) } else { Err("the column's offsets lead out of its buffers".to_owned()) }
    }
}

fn slice(buffer: &PyBuffer<u8>) -> &[u8] {
    if buffer.len_bytes() == 0 || !buffer.is_c_contiguous() {
        return &[];
    }
    // SAFETY: the buffer is contiguous, of that length, and held as long as the slice; Arrow's buffers are not written
    // to once an array has been made of them.
    unsafe { std::slice::from_raw_parts(buffer.buf_ptr().cast::<u8>(), buffer.len_bytes()) }
}

impl<'c> Texts<'c> {
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The bytes of a row; `None` for null.
    pub(crate) fn get(&self, row: usize) -> Option<&'c [u8]> {
        let at = self.offset + row;
        let is_valid = self.valid.is_none_or(|valid| valid.get(at / 8).is_some_and(|bits| bits >> (at % 8) & 1 == 1));
        if is_valid { self.data.get(self.range(row)?) } else { None }
    }

    fn range(&self, row: usize) -> Option<std::ops::Range<usize>> {
        let range = self.number(self.offset + row)?..self.number(self.offset + row + 1)?;
        (range.start <= range.end && range.end <= self.data.len()).then_some(range)
    }

    fn number(&self, at: usize) -> Option<usize> {
        if self.is_large {
            let bytes = self.offsets.get(8 * at..8 * at + 8)?;
            usize::try_from(i64::from_le_bytes(bytes.try_into().ok()?)).ok()
        } else {
            let bytes = self.offsets.get(4 * at..4 * at + 4)?;
            usize::try_from(i32::from_le_bytes(bytes.try_into().ok()?)).ok()
        }
    }
}

/// Bits that say which values are there.
#[derive(Default)]
pub(crate) struct Bits {
    pub(crate) bytes: Vec<u8>,
    length: usize,
    pub(crate) nulls: usize,
}

impl Bits {
    fn push(&mut self, is_there: bool) {
        if self.length.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if is_there {
            self.bytes[self.length / 8] |= 1 << (self.length % 8);
        } else {
            self.nulls += 1;
        }
        self.length += 1;
    }
}

/// Offsets of 32 bits, as bytes.
pub(crate) struct Offsets {
    pub(crate) bytes: Vec<u8>,
    /// Did one not fit?
    pub(crate) is_over: bool,
}

impl Offsets {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; 4], is_over: false }
    }

    pub(crate) fn push(&mut self, end: usize) {
        let number = i32::try_from(end);
        self.is_over |= number.is_err();
        self.bytes.extend_from_slice(&number.unwrap_or(i32::MAX).to_le_bytes());
    }
}

/// A column that fills up.
pub(crate) enum Column {
    Text { valid: Bits, offsets: Offsets, data: Vec<u8> },
    Number { valid: Bits, values: Vec<u8> },
    List { offsets: Offsets, count: usize, items: Offsets, data: Vec<u8> },
}

impl Column {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text | ColumnKind::Json => {
                Self::Text { valid: Bits::default(), offsets: Offsets::new(), data: Vec::new() }
            }
            ColumnKind::Number => Self::Number { valid: Bits::default(), values: Vec::new() },
            ColumnKind::List => {
                Self::List { offsets: Offsets::new(), count: 0, items: Offsets::new(), data: Vec::new() }
            }
        }
    }
}

/// A table that fills up row by row.
pub(crate) struct Columns {
    pub(crate) kinds: &'static [(&'static str, ColumnKind)],
    pub(crate) columns: Vec<Column>,
    at: usize,
    pub(crate) rows: usize,
    pub(crate) bytes: usize,
}

impl Columns {
    pub(crate) fn new(table: &str) -> Self {
        let kinds = adsieve::report::columns(table);
        let columns = kinds.iter().map(|(_, kind)| Column::new(*kind)).collect();
        Self { kinds, columns, at: 0, rows: 0, bytes: 0 }
    }

    /// Adds a row without values.
    pub(crate) fn null_row(&mut self) {
        for (_, kind) in self.kinds {
            match kind {
                ColumnKind::Text | ColumnKind::Json => self.text(None),
                ColumnKind::Number => self.number(None),
                ColumnKind::List => self.list(&mut std::iter::empty()),
            }
        }
        self.end_row();
    }

    /// Is it too large for offsets of 32 bits?
    pub(crate) fn is_over(&self) -> bool {
        self.columns.iter().any(|column| match column {
            Column::Text { offsets, .. } => offsets.is_over,
            Column::Number { .. } => false,
            Column::List { offsets, items, .. } => offsets.is_over || items.is_over,
        })
    }

    fn next(&mut self) -> &mut Column {
        self.at += 1;
        self.columns.get_mut(self.at - 1).expect("a row has as many values as the table has columns")
    }
}

impl Cells for Columns {
    fn text(&mut self, text: Option<&str>) {
        self.bytes += text.map_or(0, str::len);
        let Column::Text { valid, offsets, data } = self.next() else { unreachable!("the column holds no texts") };
        valid.push(text.is_some());
        data.extend_from_slice(text.unwrap_or_default().as_bytes());
        offsets.push(data.len());
    }

    fn number(&mut self, number: Option<i64>) {
        let Column::Number { valid, values } = self.next() else { unreachable!("the column holds no numbers") };
        valid.push(number.is_some());
        values.extend_from_slice(&number.unwrap_or_default().to_le_bytes());
    }

    fn list(&mut self, list: &mut dyn Iterator<Item = &str>) {
        let Column::List { offsets, count, items, data } = self.next() else {
            unreachable!("the column holds no lists")
        };
        for item in list {
            data.extend_from_slice(item.as_bytes());
            items.push(data.len());
            *count += 1;
        }
        offsets.push(*count);
    }

    fn end_row(&mut self) {
        debug_assert_eq!(self.at, self.columns.len(), "a row has as many values as the table has columns");
        (self.at, self.rows) = (0, self.rows + 1);
    }
}
