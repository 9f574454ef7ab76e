//! Which function bodies of a script can wait until they are called?
//!
//! Most of a large script is functions that nothing calls: bundled libraries, polyfills. Their
//! bodies are found by brackets alone, in one pass over the bytes, and left out of the text that
//! the parser gets; blanks stand for them, so that every offset stays. What looks like a body is
//! one only if the brackets of the whole text fit together; else nothing waits. Bodies of async
//! functions, generators, methods and of anything in a class do not wait: their grammar depends on
//! what is around them.
//!
//! Large objects and lists that hold nothing but constants wait as well, until something reads them: state that a
//! server wrote into its page, by far more of it than any script looks at.
//!
//! Engines of browsers do the same and call it pre-parsing; telling a regular expression from a
//! division by the token before it is what syntax highlighters do, and as right.

/// Bodies shorter than this are parsed where they stand, in bytes.
const SHORTEST: usize = 256;

/// Data shorter than this is parsed where it stands, in bytes.
const SHORTEST_DATA: usize = 1 << 10;

/// Something that waits: from its opening bracket to behind the closing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Is it the body of a function? Else it is data.
    pub(crate) is_body: bool,
}

/// What waits, in order of its start.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    parts: Vec<Part>,
}

impl Outline {
    /// Reads a text; empty where its brackets do not fit together.
    pub(crate) fn of(text: &str) -> Self {
        let parts = Reader::new(text.as_bytes()).read().unwrap_or_default();
        Self { parts }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What waits, in order of its start, inner parts behind outer ones.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The text with blanks for the inside of the outermost parts that wait.
    pub(crate) fn shell(&self, text: &str) -> String {
        blanked(text, 0, text.len(), &self.parts)
    }

    /// The inside of the part that begins at `start`, with blanks for the inside of what waits in it; where it begins.
    pub(crate) fn inside(&self, text: &str, start: u32) -> Option<(usize, String)> {
        let at = self.find(start)?;
        let (start, end) = (start as usize + 1, self.parts[at].end as usize - 1);
        Some((start, blanked(text, start, end, &self.parts[at + 1..])))
    }

    /// The same with the brackets around it.
    pub(crate) fn whole(&self, text: &str, start: u32) -> Option<(usize, String)> {
        let at = self.find(start)?;
        let (start, end) = (start as usize, self.parts[at].end as usize);
        Some((start, blanked(text, start, end, &self.parts[at + 1..])))
    }

    /// Does something that begins at `start` wait?
    pub(crate) fn has(&self, start: u32) -> bool {
        self.find(start).is_some()
    }

    fn find(&self, start: u32) -> Option<usize> {
        self.parts.binary_search_by_key(&start, |part| part.start).ok()
    }
}

fn blanked(text: &str, start: usize, end: usize, parts: &[Part]) -> String {
    let mut blanked = String::with_capacity(end - start);
    let mut at = start;
    for part in parts {
        let (from, to) = (part.start as usize + 1, part.end as usize - 1);
        if from >= end {
            break;
        }
        if from >= at {
            blanked.push_str(&text[at..from]);
            push_blanks(&mut blanked, to - from);
            at = to;
        }
    }
    blanked.push_str(&text[at..end]);
    blanked
}

/// Adds blanks, many at a time.
pub(crate) fn push_blanks(text: &mut String, mut count: usize) {
    const BLANKS: &str = match std::str::from_utf8(&[b' '; 256]) {
        Ok(blanks) => blanks,
        Err(_) => " ",
    };
    while count > 0 {
        let next = count.min(BLANKS.len());
        text.push_str(&BLANKS[..next]);
        count -= next;
    }
}

/// What an open bracket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// `(`, and what its `)` means for what follows.
    Paren(Before),
    Square,
    /// `{` of a function body that may wait.
    Body,
    /// `{` of a block: behind its `}` a statement begins.
    Block,
    /// `{` of an object, or of what cannot wait: behind its `}` an operator may stand.
    Other,
    Class,
    /// `${` in a template.
    Template,
}

/// What stands before a `(`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// `function` or `function name`.
    Function,
    /// `if`, `for` and the like: a statement follows the `)`.
    Head,
    Async,
    Other,
}

/// The last token, as far as it decides what the next one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// An operator, `,`, `;`, an opening bracket or the beginning: an operand may follow.
    Operator,
    /// `;`, `{`, `}` of a block, or the beginning: a statement may follow.
    Statement,
    /// A name, a number, a string, `]`, `}` of an object: the end of an operand.
    Operand,
    /// A word after which an operand follows, as `return`.
    Keyword,
    /// `else`, `do`, `try`, `finally`: a block follows.
    BlockWord,
    Function,
    /// The name behind `function`.
    FunctionName,
    Head,
    Async,
    /// The name behind `async`, which may be an arrow function's parameter.
    AsyncName,
    /// `)`.
    Closed(Before),
    /// `=>`.
    Arrow {
        is_async: bool,
    },
    Dot,
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Open brackets, with their places.
    open: Vec<(Open, usize)>,
    last: Last,
    /// The place of the last token that is no part of data: a name, a call, an operator.
    last_code: usize,
    /// `class` was read, its `{` not yet.
    is_class_ahead: bool,
    /// Open brackets of classes, in which nothing waits.
    classes: u32,
    parts: Vec<Part>,
}

impl<'t> Reader<'t> {
    fn new(bytes: &'t [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            open: Vec::new(),
            last: Last::Statement,
            last_code: 0,
            is_class_ahead: false,
            classes: 0,
            parts: Vec::new(),
        }
    }

    /// `None` where brackets, strings or comments do not end as they should.
    fn read(mut self) -> Option<Vec<Part>> {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'"' | b'\'' => self.string(byte)?,
                b'`' => {
                    self.at += 1;
                    self.template()?;
                }
                b'/' => self.slash()?,
                b'(' | b'[' | b'{' => self.opened(byte),
                b')' | b']' | b'}' => self.closed(byte)?,
                byte if is_name_byte(byte) => self.word(),
                _ => self.operator(byte),
            }
        }
        self.parts.sort_unstable();
        self.open.is_empty().then_some(self.parts)
    }

    fn string(&mut self, quote: u8) -> Option<()> {
        self.at += 1;
        loop {
            let found = memchr::memchr3(quote, b'\\', b'\n', self.bytes.get(self.at..)?)?;
            self.at += found + 1;
            match self.bytes[self.at - 1] {
                b'\\' if self.bytes.get(self.at) == Some(&b'\r') => self.at += 2,
                b'\\' => self.at += 1,
                b'\n' => return None,
                _ => break,
            }
        }
        self.last = Last::Operand;
        Some(())
    }

    /// The text of a template, up to its end or the next `${`.
    fn template(&mut self) -> Option<()> {
        loop {
            let found = memchr::memchr3(b'`', b'\\', b'$', self.bytes.get(self.at..)?)?;
            self.at += found + 1;
            match self.bytes[self.at - 1] {
                b'\\' => self.at += 1,
                b'$' if self.bytes.get(self.at) == Some(&b'{') => {
                    self.at += 1;
                    self.open.push((Open::Template, self.at));
                    self.last_code = self.at;
                    self.last = Last::Operator;
                    return Some(());
                }
                b'$' => {}
                _ => break,
            }
        }
        self.last = Last::Operand;
        Some(())
    }

    /// A comment, a regular expression or a division.
    fn slash(&mut self) -> Option<()> {
        let rest = &self.bytes[self.at..];
        match rest.get(1) {
            Some(b'/') => self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()),
            Some(b'*') => self.at += memchr::memmem::find(&rest[2..], b"*/")? + 4,
            _ if self.is_operand_next() => self.regex()?,
            _ => {
                self.at += 1;
                self.last = Last::Operator;
            }
        }
        Some(())
    }

    fn is_operand_next(&self) -> bool {
        match self.last {
            Last::Operator | Last::Statement | Last::Keyword | Last::BlockWord | Last::Arrow { .. } => true,
            Last::Closed(before) => before == Before::Head,
            _ => false,
        }
    }

    fn regex(&mut self) -> Option<()> {
        self.last_code = self.at;
        let mut is_in_class = false;
        loop {
            self.at += 1;
            match self.bytes.get(self.at)? {
                b'\\' => self.at += 1,
                b'\n' => return None,
                b'[' => is_in_class = true,
                b']' => is_in_class = false,
                b'/' if !is_in_class => break,
                _ => {}
            }
        }
        self.at += 1;
        self.last = Last::Operand;
        Some(())
    }

    fn opened(&mut self, byte: u8) {
        let open = match byte {
            b'(' => Open::Paren(match self.last {
                Last::Function | Last::FunctionName => Before::Function,
                Last::Head => Before::Head,
                Last::Async => Before::Async,
                _ => Before::Other,
            }),
            b'[' => Open::Square,
            _ => self.brace(),
        };
        if !matches!(open, Open::Square | Open::Other) {
            self.last_code = self.at;
        }
        self.open.push((open, self.at));
        self.at += 1;
        self.last = if byte == b'{' && open != Open::Other { Last::Statement } else { Last::Operator };
    }

    fn brace(&mut self) -> Open {
        if std::mem::take(&mut self.is_class_ahead) {
            self.classes += 1;
            return Open::Class;
        }
        match self.last {
            Last::Closed(Before::Function) | Last::Arrow { is_async: false } if self.classes == 0 => Open::Body,
            Last::Statement | Last::BlockWord | Last::Closed(Before::Head) => Open::Block,
            _ => Open::Other,
        }
    }

    fn closed(&mut self, byte: u8) -> Option<()> {
        self.at += 1;
        let (open, start) = self.open.pop()?;
        self.last = match (byte, open) {
            (b')', Open::Paren(before)) => Last::Closed(before),
            (b']', Open::Square) | (b'}', Open::Other) => {
                self.data(start)?;
                Last::Operand
            }
            (b'}', Open::Body) => {
                if self.at - start >= SHORTEST {
                    self.wait(start, true)?;
                }
                Last::Operand
            }
            (b'}', Open::Block) => Last::Statement,
            (b'}', Open::Class) => {
                self.classes -= 1;
                Last::Operand
            }
            (b'}', Open::Template) => return self.template(),
            _ => return None,
        };
        Some(())
    }

    /// An object or list has ended: does it wait? Elements of lists do not, each for itself.
    fn data(&mut self, start: usize) -> Option<()> {
        let is_element = matches!(self.open.last(), Some((Open::Square, _)));
        if self.at - start >= SHORTEST_DATA && self.last_code <= start && !is_element {
            self.wait(start, false)?;
        }
        Some(())
    }

    fn wait(&mut self, start: usize, is_body: bool) -> Option<()> {
        let (start, end) = (u32::try_from(start).ok()?, u32::try_from(self.at).ok()?);
        self.parts.push(Part { start, end, is_body });
        Some(())
    }

    /// Is a word a constant, or the name of a member?
    fn is_data(&self, word: &[u8]) -> bool {
        let is_constant = word[0].is_ascii_digit() || matches!(word, b"true" | b"false" | b"null");
        let after = self.bytes[self.at..].iter().find(|byte| !byte.is_ascii_whitespace());
        is_constant || self.last != Last::Operand && after == Some(&b':')
    }

    fn word(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| !is_name_byte(byte)).unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        if !self.is_data(&rest[..length]) {
            self.last_code = start;
        }
        if self.last == Last::Dot {
            self.last = Last::Operand;
            return;
        }
        self.last = match (&rest[..length], self.last) {
            (b"function", Last::Async) => Last::Operand,
            (b"function", _) => Last::Function,
            (_, Last::Function) => Last::FunctionName,
            (b"async", _) => Last::Async,
            (_, Last::Async) => Last::AsyncName,
            (b"if" | b"for" | b"while" | b"with" | b"switch" | b"catch", _) => Last::Head,
            (b"else" | b"do" | b"try" | b"finally", _) => Last::BlockWord,
            (
                b"return" | b"typeof" | b"case" | b"in" | b"of" | b"delete" | b"void" | b"throw" | b"new"
                | b"instanceof" | b"yield" | b"await",
                _,
            ) => Last::Keyword,
            (b"class", _) => {
                // `{ class: … }` names a member.
                self.is_class_ahead =
                    rest.get(length).is_some_and(u8::is_ascii_whitespace) || rest.get(length) == Some(&b'{');
                Last::Keyword
            }
            _ => Last::Operand,
        };
    }

    fn operator(&mut self, byte: u8) {
        let rest = &self.bytes[self.at..];
        match rest {
            [b'=', b'>', ..] => {
                self.at += 2;
                let is_async = matches!(self.last, Last::Closed(Before::Async) | Last::AsyncName);
                self.last = Last::Arrow { is_async };
            }
            // Behind `++` and `--` an operand has ended, or begins: then no `/` follows.
            [b'+', b'+', ..] | [b'-', b'-', ..] => {
                self.at += 2;
                self.last = Last::Operand;
            }
            [b'<', b'!', b'-', b'-', ..] => {
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            }
            _ => {
                if !matches!(byte, b',' | b':' | b'-' | b'!' | b'.') {
                    self.last_code = self.at;
                }
                self.at += 1;
                self.last = match (byte, self.last) {
                    (b'.', _)
                        if rest.get(1) != Some(&b'.') && self.bytes.get(self.at.wrapping_sub(2)) != Some(&b'.') =>
                    {
                        Last::Dot
                    }
                    (b'*', Last::Function) => Last::Operand,
                    (b';', _) => Last::Statement,
                    (b'?', _) if rest.get(1) == Some(&b'.') => Last::Operand,
                    _ => Last::Operator,
                };
            }
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'\\' | b'#') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of the text when bodies are cut, however short they are.
    fn shell(text: &str) -> String {
        let fill = format!("/*{}*/", "x".repeat(SHORTEST));
        let text = text.replace('@', &fill);
        let outline = Outline::of(&text);
        let left = outline.shell(&text);
        left.split_whitespace().collect::<Vec<_>>().join(" ").replace(&fill, "@")
    }

    #[test]
    fn outermost_bodies_of_functions_wait() {
        assert_eq!(shell("a(function () { b(); @ }); c();"), "a(function () { }); c();");
        assert_eq!(shell("function f(a, b = {}) { function g() { @ } } f();"), "function f(a, b = {}) { } f();");
        assert_eq!(shell("var f = (a) => { @ }, g = b => { @ };"), "var f = (a) => { }, g = b => { };");
        assert_eq!(shell("!function(e){@}(1)"), "!function(e){ }(1)");
    }

    #[test]
    fn what_depends_on_its_surroundings_does_not_wait() {
        for text in [
            "async function f() { @ }",
            "function* f() { @ }",
            "var f = async (a) => { @ };",
            "var f = async a => { @ };",
            "class A { m() { return () => { @ } } }",
            "var o = { m() { @ } };",
            "if (a) { @ } else { @ }",
            "function f() { short() }",
        ] {
            assert_eq!(shell(text), text, "{text}");
        }
    }

    #[test]
    fn brackets_in_strings_comments_templates_and_regexes_do_not_count() {
        for text in [
            "x = '}' + \"{\\\"\" + /[/}]{/ + a / b / c; function f() { }",
            "x = `}${ { a: `{` } }{`; function f() { }",
            "// {\n/* { */ function f() { }",
            "if (a) /{/.test(b); function f() { }",
            "a++ / 2; function f() { }",
            "return /}/; function f() { }",
        ] {
            let with_body = text.replace("{ }", "{ @ }");
            let text = text.replace("// {\n", "// { ");
            assert_eq!(shell(&with_body), text, "{text}");
        }
    }

    #[test]
    fn constant_data_waits_but_for_elements_of_lists() {
        let long = "x".repeat(SHORTEST_DATA);
        let shell = |text: &str| {
            let text = text.replace('@', &long);
            let outline = Outline::of(&text);
            outline.shell(&text).split_whitespace().collect::<Vec<_>>().join(" ").replace(&long, "@")
        };
        assert_eq!(shell("a = {b: ['@', -1.5e-3, null], c : {d: !0}}; f()"), "a = { }; f()");
        assert_eq!(shell("a = ['@', true]"), "a = [ ]");
        assert_eq!(shell("a = [{b: {c: '@'}}, g]"), "a = [{b: { }}, g]");
        for text in ["a = {b: c, d: '@'}", "a = {b: f(), d: '@'}", "a = {b: /c/, d: '@'}", "a = {b() {}, d: '@'}"] {
            assert_eq!(shell(text), text, "{text}");
        }
        let text = "a = {b: {c: '@'}, d: 1}".replace('@', &long);
        let (start, whole) = Outline::of(&text).whole(&text, 4).unwrap();
        assert_eq!((start, whole.len()), (4, text.len() - 4));
        assert_eq!(whole.split_whitespace().collect::<String>(), "{b:{},d:1}");
    }

    #[test]
    fn nothing_waits_where_brackets_do_not_fit() {
        for text in ["function f() { @ ", "function f() { @ ]}", "'\nfunction f() { @ }", "} function f() { @ }"] {
            assert!(Outline::of(&text.replace('@', &" ".repeat(SHORTEST))).is_empty(), "{text}");
        }
    }

    #[test]
    fn inner_bodies_wait_when_the_outer_one_is_read() {
        let text = format!("f(function () {{ g(function () {{ {} }}) }})", "a();".repeat(SHORTEST));
        let outline = Outline::of(&text);
        let (start, inner) = outline.inside(&text, u32::try_from(text.find('{').unwrap()).unwrap()).unwrap();
        assert_eq!(start + inner.len(), text.rfind('}').unwrap());
        assert_eq!(inner.split_whitespace().collect::<String>(), "g(function(){})");
    }
}
