//! Header fields: names and values in the order of the message.

use super::error::WireError;

/// Fields of one head.
const MAX_FIELDS: usize = 256;

/// The fields of a head. Values are ISO 8859-1: a character for each byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    /// Reads lines that each end in CRLF, without the empty one behind them.
    ///
    /// # Errors
    ///
    /// If a line is folded, has no proper name, or holds a bare CR, LF or NUL; if there are too many.
    pub(crate) fn parse(block: &[u8]) -> Result<Self, WireError> {
        let mut fields = Vec::new();
        let mut rest = block;
        while !rest.is_empty() {
            let (line, after) = line(rest).ok_or(WireError::Malformed("a line without its end"))?;
            if fields.len() >= MAX_FIELDS {
                return Err(WireError::TooLarge("the number of fields"));
            }
            fields.push(field(line)?);
            rest = after;
        }
        Ok(Self(fields))
    }

    /// The value of the first field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs(name).map(|(_, value)| &**value).next()
    }

    /// The values of all fields of that name.
    pub(crate) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.pairs(name).map(|(_, value)| &**value)
    }

    fn pairs(&self, name: &str) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// The value of a field that may stand once only.
    ///
    /// # Errors
    ///
    /// If it stands twice, with whatever values: two readers could take two of them.
    pub(crate) fn single(&self, name: &str) -> Result<Option<&str>, WireError> {
        let mut pairs = self.pairs(name);
        let first = pairs.next().map(|(_, value)| &**value);
        if pairs.next().is_some() { Err(WireError::Malformed("a field that stands twice")) } else { Ok(first) }
    }

    /// Does a list field hold the word?
    pub(crate) fn has_word(&self, name: &str, word: &str) -> bool {
        self.all(name).flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
    }

    /// Appends the fields as lines.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.0 {
            out.extend(to_bytes(name));
            out.extend_from_slice(b": ");
            out.extend(to_bytes(value));
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// The first line, without its CRLF, and what follows. `None` where there is no CRLF.
pub(super) fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((&bytes[..end], &bytes[end + 2..]))
}

fn field(line: &[u8]) -> Result<(String, String), WireError> {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return Err(WireError::Malformed("a folded field"));
    }
    let colon = line.iter().position(|byte| *byte == b':').ok_or(WireError::Malformed("a field without a colon"))?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if !is_token(name) {
        return Err(WireError::Malformed("the name of a field"));
    }
    if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(WireError::Malformed("the value of a field"));
    }
    Ok((latin(name), latin(trim(value))))
}

/// Without the white space of the grammar around it: `trim_ascii` would take more.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Is it a token of RFC 9110?
pub(super) fn is_token(text: &[u8]) -> bool {
    let is_char = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_char)
}

/// Bytes as text, a character for each.
pub(crate) fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The bytes of such a text. A character that is no byte comes as UTF-8: it is one that we put there.
pub(crate) fn to_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u8::try_from(character) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_come_in_order_and_trimmed() {
        let fields = Fields::parse(b"Host: a\r\nX-Two:\t b c \r\nx-two:\r\n").unwrap();
        let pairs: Vec<(&str, &str)> = fields.0.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(pairs, [("Host", "a"), ("X-Two", "b c"), ("x-two", "")]);
        assert_eq!(fields.get("HOST"), Some("a"));
        assert_eq!(fields.single("host"), Ok(Some("a")));
        assert_eq!(fields.single("X-TWO"), Err(WireError::Malformed("a field that stands twice")));
    }

    #[test]
    fn what_readers_could_disagree_about_is_refused() {
        let bad: [&[u8]; 9] = [
            b"A: 1\r\n folded\r\n",
            b"\tA: 1\r\n",
            b"A : 1\r\n",
            b"A\r\n",
            b": 1\r\n",
            b"A: 1\nB: 2\r\n",
            b"A: 1\rB: 2\r\n",
            b"A: \0\r\n",
            b"A: 1",
        ];
        for block in bad {
            assert!(Fields::parse(block).is_err(), "{}", latin(block));
        }
        assert!(Fields::parse(&b"A: 1\r\n".repeat(257)).is_err());
    }

    #[test]
    fn bytes_that_are_no_utf_8_go_out_as_they_came() {
        let block = b"A: caf\xe9 \xff\r\n";
        let mut out = Vec::new();
        Fields::parse(block).unwrap().write(&mut out);
        assert_eq!(out, block);
    }

    proptest! {
        #[test]
        fn any_block_is_read_or_refused_and_what_is_read_is_stable(block in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(fields) = Fields::parse(&block) {
                let mut out = Vec::new();
                fields.write(&mut out);
                prop_assert_eq!(Fields::parse(&out).unwrap(), fields);
            }
        }

        #[test]
        fn text_of_bytes_leads_back(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(to_bytes(&latin(&bytes)), bytes);
        }
    }
}
