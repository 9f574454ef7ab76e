//! Which container is it? Content decides, and the file name's extension where content leaves it open.

use super::Container;

/// Extensions and what they stand for.
const EXTENSIONS: [(&str, Container); 10] = [
    ("html", Container::Html),
    ("htm", Container::Html),
    ("xhtml", Container::Html),
    ("xht", Container::Html),
    ("shtml", Container::Html),
    ("js", Container::Js),
    ("mjs", Container::Js),
    ("txt", Container::Text),
    ("text", Container::Text),
    ("md", Container::Text),
];

fn by_extension(name: &str) -> Option<Container> {
    let (_, extension) = name.rsplit_once('.')?;
    EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)).map(|&(_, container)| container)
}

/// What kind of document it is. One that begins with markup is HTML whatever its name.
pub(super) fn container_of(text: &str, name: Option<&str>) -> Container {
    let start = text.trim_start();
    let named = name.and_then(by_extension);
    // Old scripts begin with the comment that hid them from older browsers.
    let is_hidden_script = named == Some(Container::Js) && start.starts_with("<!--");
    if starts_with_markup(start) && !is_hidden_script {
        return Container::Html;
    }
    named.unwrap_or_else(|| by_look(start))
}

fn starts_with_markup(start: &str) -> bool {
    match start.as_bytes() {
        [b'<', b'!' | b'?', ..] => true,
        [b'<', b'/', letter, ..] | [b'<', letter, ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Has neither markup at its start nor a telling name: page, script or text?
fn by_look(start: &str) -> Container {
    const ELEMENTS: [&str; 6] = ["<script", "<html", "<body", "<div", "<head", "</p>"];
    const CODE: [&str; 17] = [
        "(",
        "!",
        "//",
        "/*",
        "\"use strict\"",
        "'use strict'",
        "var ",
        "let ",
        "const ",
        "function",
        "window.",
        "import ",
        "export ",
        "if(",
        "if (",
        "try{",
        "try {",
    ];
    let end = (0..=start.len().min(4096)).rev().find(|&end| start.is_char_boundary(end)).unwrap_or(0);
    let head = start[..end].to_ascii_lowercase();
    if CODE.iter().any(|code| head.starts_with(code)) {
        return Container::Js;
    }
    if ELEMENTS.iter().any(|element| head.contains(element)) { Container::Html } else { Container::Text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_before_the_name() {
        assert_eq!(container_of("\n <!doctype html>", Some("a.js")), Container::Html);
        assert_eq!(container_of("<!-- hidden\nf();", Some("a.JS")), Container::Js);
        assert_eq!(container_of("<p>", Some("a.txt")), Container::Html);
        assert_eq!(container_of("f()", Some("a.mjs")), Container::Js);
        assert_eq!(container_of("f()", Some("a.htm")), Container::Html);
        assert_eq!(container_of("1 < 2", Some("notes.md")), Container::Text);
    }

    #[test]
    fn without_a_name_the_look_decides() {
        assert_eq!(container_of("(function () {})()", None), Container::Js);
        assert_eq!(container_of("var a = '<div>'", Some("-")), Container::Js);
        assert_eq!(container_of("News <script>f()</script>", None), Container::Html);
        assert_eq!(container_of("It rained.", Some("article")), Container::Text);
        assert_eq!(container_of("", None), Container::Text);
    }
}
