//! Finds one field of a JSON object on a line, so that it can be replaced and every other byte stays.

use std::ops::Range;

/// The bytes of the string value of `name` in the object on this line, marks of quotation included.
///
/// `None` if the line is no object, has no such field, or its value is no string.
/// The line must be valid JSON: ask `serde_json` first.
pub(super) fn string_field(line: &str, name: &str) -> Option<Range<usize>> {
    let bytes = line.as_bytes();
    let mut at = line.find('{').filter(|&at| line[..at].trim().is_empty())? + 1;
    let (mut depth, mut key) = (1, None);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at)?;
                let is_key = depth == 1 && line[end..].trim_start().starts_with(':');
                if is_key {
                    key = Some(at..end);
                } else if depth == 1 && key.take().is_some_and(|key| is_name(&line[key], name)) {
                    return Some(at..end);
                }
                at = end;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 1 => key = None,
            _ => {}
        }
        at += 1;
    }
    None
}

fn is_name(key: &str, name: &str) -> bool {
    serde_json::from_str::<String>(key).is_ok_and(|key| key == name)
}

/// After the closing mark of the string that starts at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_string_of_the_outer_object_is_found() {
        let line = r#"{"id": 1, "meta": {"text": "inner"}, "text" : "a \"b\"", "z": [1]}"#;
        assert_eq!(&line[string_field(line, "text").unwrap()], r#""a \"b\"""#);
        assert_eq!(string_field(line, "id"), None);
        assert_eq!(string_field(line, "none"), None);
        assert_eq!(string_field("[1]", "text"), None);
    }
}
