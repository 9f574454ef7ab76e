//! Tags in bytes that are not decoded yet: enough to read an attribute.

/// White space of HTML.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0C)
}

/// Does a start tag of that name begin here?
pub(super) fn is_tag(rest: &[u8], name: &[u8]) -> bool {
    let end = name.len() + 1;
    rest.get(1..end).is_some_and(|found| found.eq_ignore_ascii_case(name))
        && rest.get(end).is_some_and(|&byte| is_space(byte) || matches!(byte, b'/' | b'>'))
}

/// Names in lower case, with their values as they stand.
pub(super) type Attributes = Vec<(String, String)>;

/// The value of the first attribute of that name.
pub(super) fn value_of<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The attributes after a tag's name, and the length up to and with the `>`.
pub(super) fn attributes_of(bytes: &[u8]) -> (Attributes, usize) {
    let mut attributes = Attributes::new();
    let mut at = 0;
    let skip = |at: usize, is_skipped: &dyn Fn(u8) -> bool| {
        bytes[at..].iter().position(|&byte| !is_skipped(byte)).map_or(bytes.len(), |found| at + found)
    };
    loop {
        at = skip(at, &|byte| is_space(byte) || byte == b'/');
        if at >= bytes.len() || bytes[at] == b'>' {
            return (attributes, (at + 1).min(bytes.len()));
        }
        let name_end = skip(at + 1, &|byte| !is_space(byte) && !matches!(byte, b'=' | b'/' | b'>'));
        let name = String::from_utf8_lossy(&bytes[at..name_end]).to_ascii_lowercase();
        at = skip(name_end, &is_space);
        if bytes.get(at) != Some(&b'=') {
            attributes.push((name, String::new()));
            continue;
        }
        at = skip(at + 1, &is_space);
        let value_end = match bytes.get(at) {
            Some(&quote @ (b'"' | b'\'')) => {
                at += 1;
                skip(at, &|byte| byte != quote)
            }
            _ => skip(at, &|byte| !is_space(byte) && byte != b'>'),
        };
        attributes.push((name, String::from_utf8_lossy(&bytes[at..value_end]).into_owned()));
        let is_quoted = matches!(bytes.get(value_end), Some(b'"' | b'\''));
        at = value_end + usize::from(is_quoted);
    }
}
