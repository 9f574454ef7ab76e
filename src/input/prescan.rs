//! What charset does a page itself name? The prescan of the HTML standard, looking a little further.

use memchr::{memchr, memmem};

/// How far a browser looks is 1024 bytes; saved pages have longer heads.
const MAX_LOOK: usize = 16 << 10;

/// The label of the charset that the page names, in `<meta>` or in an XML declaration.
pub(super) fn named_charset(bytes: &[u8]) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(MAX_LOOK)];
    let declared = xml_encoding(bytes);
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found;
        let rest = &bytes[at..];
        if rest.starts_with(b"<!--") {
            // `<!-->` is a whole comment: its dashes count twice.
            at += memmem::find(&rest[2..], b"-->").map_or(rest.len(), |end| end + 5);
        } else if is_tag(rest, b"meta") {
            let (attributes, length) = attributes_of(&rest[5..]);
            if let Some(label) = charset_of_meta(&attributes) {
                return Some(label);
            }
            at += 5 + length;
        } else if is_tag(rest, b"body") {
            break;
        } else if rest.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/') {
            let name = rest.iter().position(|&byte| is_space(byte) || byte == b'>').unwrap_or(rest.len());
            at += name + attributes_of(&rest[name..]).1;
        } else {
            at += 1;
        }
    }
    declared
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0C)
}

fn is_tag(rest: &[u8], name: &[u8]) -> bool {
    let end = name.len() + 1;
    rest.get(1..end).is_some_and(|found| found.eq_ignore_ascii_case(name))
        && rest.get(end).is_some_and(|&byte| is_space(byte) || matches!(byte, b'/' | b'>'))
}

/// `<?xml version="1.0" encoding="…"?>` at the very start.
fn xml_encoding(bytes: &[u8]) -> Option<String> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = memchr(b'>', declaration)?;
    let (attributes, _) = attributes_of(&declaration[..end]);
    value_of(&attributes, "encoding").map(ToString::to_string)
}

type Attributes = Vec<(String, String)>;

fn value_of<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn charset_of_meta(attributes: &Attributes) -> Option<String> {
    if let Some(label) = value_of(attributes, "charset") {
        return Some(label.to_string());
    }
    let is_content_type = value_of(attributes, "http-equiv")?.eq_ignore_ascii_case("content-type");
    if is_content_type { charset_of_content_type(value_of(attributes, "content")?) } else { None }
}

/// The charset in `text/html; charset=utf-8`.
pub(super) fn charset_of_content_type(content: &str) -> Option<String> {
    let lower = content.to_ascii_lowercase();
    let mut rest = lower.as_str();
    loop {
        rest = &rest[rest.find("charset")? + "charset".len()..];
        let Some(value) = rest.trim_start().strip_prefix('=') else { continue };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let label = match quote {
            Some(quote) => value[1..].split_once(quote)?.0,
            None => value.split(|c: char| c == ';' || c.is_ascii_whitespace()).next()?,
        };
        return Some(label.to_string());
    }
}

/// The attributes after a tag's name, lower case, and the length up to and with the `>`.
fn attributes_of(bytes: &[u8]) -> (Attributes, usize) {
    let mut attributes = Attributes::new();
    let mut at = 0;
    let lower = |range: &[u8]| String::from_utf8_lossy(range).to_ascii_lowercase();
    let skip = |at: usize, is_skipped: &dyn Fn(u8) -> bool| {
        bytes[at..].iter().position(|&byte| !is_skipped(byte)).map_or(bytes.len(), |found| at + found)
    };
    loop {
        at = skip(at, &|byte| is_space(byte) || byte == b'/');
        if at >= bytes.len() || bytes[at] == b'>' {
            return (attributes, (at + 1).min(bytes.len()));
        }
        let name_end = skip(at + 1, &|byte| !is_space(byte) && !matches!(byte, b'=' | b'/' | b'>'));
        let name = lower(&bytes[at..name_end]);
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
        attributes.push((name, lower(&bytes[at..value_end])));
        let is_quoted = matches!(bytes.get(value_end), Some(b'"' | b'\''));
        at = value_end + usize::from(is_quoted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(page: &str) -> Option<String> {
        named_charset(page.as_bytes())
    }

    #[test]
    fn the_charset_is_read_where_the_standard_reads_it() {
        assert_eq!(named("<meta charset=KOI8-R>").as_deref(), Some("koi8-r"));
        assert_eq!(named("<META\ncharset = 'utf-8' />").as_deref(), Some("utf-8"));
        let content_type = r#"<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">"#;
        assert_eq!(named(content_type).as_deref(), Some("windows-1251"));
        let swapped = r#"<meta content='text/html;charset="big5"' http-equiv=content-type>"#;
        assert_eq!(named(swapped).as_deref(), Some("big5"));
        assert_eq!(named("<?xml version='1.0' encoding='iso-8859-2'?><html>").as_deref(), Some("iso-8859-2"));
    }

    #[test]
    fn comments_and_attribute_values_name_no_charset() {
        assert_eq!(named("<!-- <meta charset=big5> --><meta charset=utf-8>").as_deref(), Some("utf-8"));
        assert_eq!(named("<a title='<meta charset=big5>'><meta name=x content='charset=big5'>"), None);
        assert_eq!(named("<!--><meta charset=big5>").as_deref(), Some("big5"));
        assert_eq!(named("<body><meta charset=big5>"), None, "the head is over");
        for cut in ["<meta", "<meta ", "<meta charset", "<meta charset=", "<meta charset='", "<!--", "<a b='"] {
            named(cut);
        }
    }
}
