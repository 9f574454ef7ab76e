//! What charset does a page itself name? The prescan of the HTML standard, looking a little further.

use super::tag::{Attributes, attributes_of, is_space, is_tag, value_of};
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

/// `<?xml version="1.0" encoding="…"?>` at the very start.
fn xml_encoding(bytes: &[u8]) -> Option<String> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = memchr(b'>', declaration)?;
    let (attributes, _) = attributes_of(&declaration[..end]);
    value_of(&attributes, "encoding").map(str::to_ascii_lowercase)
}

/// The label of the charset that a `<meta …>` tag names.
pub(super) fn charset_of_meta_tag(tag: &[u8]) -> Option<String> {
    charset_of_meta(&attributes_of(tag.get(b"<meta".len()..)?).0)
}

fn charset_of_meta(attributes: &Attributes) -> Option<String> {
    if let Some(label) = value_of(attributes, "charset") {
        return Some(label.to_ascii_lowercase());
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
