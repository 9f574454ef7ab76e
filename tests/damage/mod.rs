//! What text does to code, one function for each kind of damage, and how they follow on each other.

/// A small source of chance, so that a failure can be repeated by its seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

type Damage = fn(&str, &mut Chance) -> String;

/// Damages in the order in which text suffers them: translators and editors first, then what stores and extracts it.
/// Of one group a text suffers at most one.
pub const GROUPS: [&[(&str, Damage)]; 8] = [
    &[("capitalised keywords", capitalised), ("spaces around punctuation", spaced), ("en-dashes", dashed)],
    &[("lines joined", joined), ("blank lines", blank_lines), ("indentation lost", unindented)],
    &[
        ("curly quotes", curly),
        ("closing quotes only", closing),
        ("mismatched quotes", mismatched),
        ("guillemets", guillemets),
        ("low quotes", low),
        ("primes", primes),
    ],
    &[("no-break spaces", no_break), ("zero-width spaces", zero_width), ("soft hyphens", soft_hyphens)],
    &[("br tags", br_tags), ("p tags", p_tags), ("span tags", span_tags)],
    &[("script tags", script_tags), ("CDATA", cdata), ("comment wrapper", comment_wrapper)],
    &[("entities", entities), ("entities twice", entities_twice), ("entities by number", numeric_entities)],
    &[
        ("string escapes", escaped),
        ("Markdown fence", fenced),
        ("Markdown quote", quoted),
        ("Markdown indent", indented),
    ],
];

/// Applies a choice of one damage, or none, of each group: `choices[n]` is one more than the index in `GROUPS[n]`.
pub fn damaged(script: &str, choices: &[usize], seed: u64) -> (String, Vec<&'static str>) {
    let (mut code, mut names, mut chance) = (script.to_owned(), Vec::new(), Chance::new(seed));
    for (group, &choice) in GROUPS.iter().zip(choices) {
        let Some((name, damage)) = choice.checked_sub(1).and_then(|index| group.get(index)) else { continue };
        code = damage(&code, &mut chance);
        names.push(*name);
    }
    (code, names)
}

/// Maps what stands outside of strings, regular expressions and comments, piece by piece.
fn outside_strings(code: &str, mut map: impl FnMut(&str) -> String) -> String {
    let (mut out, mut piece, mut open) = (String::new(), String::new(), None);
    let mut characters = code.chars().peekable();
    while let Some(c) = characters.next() {
        match open {
            None if matches!(c, '\'' | '"' | '`') => {
                out.push_str(&map(&std::mem::take(&mut piece)));
                out.push(c);
                open = Some(c);
            }
            None if c == '/' && piece.trim_end().ends_with(['(', ',', '=', ':', '?']) => {
                out.push_str(&map(&std::mem::take(&mut piece)));
                out.push(c);
                open = Some('/');
            }
            None => piece.push(c),
            Some(mark) => {
                out.push(c);
                if c == '\\' {
                    out.extend(characters.next());
                } else if c == mark {
                    open = None;
                }
            }
        }
    }
    out.push_str(&map(&piece));
    out
}

fn capitalised(code: &str, _: &mut Chance) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("var ", "Var "),
        ("const ", "Const "),
        ("let ", "Let "),
        ("if (", "If ("),
        ("for (", "For ("),
        ("return ", "Return "),
        ("function", "Function"),
        ("window.", "Window."),
    ];
    outside_strings(code, |piece| {
        let mut piece = piece.to_owned();
        for (word, written) in WORDS {
            piece = replace_words(&piece, word, written);
        }
        piece
    })
}

/// Replaces `word` where it begins a name.
fn replace_words(text: &str, word: &str, written: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let is_start = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'));
        out.push_str(&rest[..at]);
        out.push_str(if is_start { written } else { word });
        rest = &rest[at + word.len()..];
    }
    out + rest
}

fn spaced(code: &str, chance: &mut Chance) -> String {
    outside_strings(code, |piece| {
        let mut out = String::new();
        for c in piece.chars() {
            let is_mark = matches!(c, '(' | ')' | '{' | '}' | '[' | ']' | ',' | ';');
            if is_mark && chance.once_in(2) {
                out.push(' ');
            }
            out.push(c);
            if is_mark && chance.once_in(2) {
                out.push(' ');
            }
        }
        out
    })
}

fn dashed(code: &str, _: &mut Chance) -> String {
    outside_strings(code, |piece| piece.replace("--", "–").replace(" - ", " – ").replace("-1", "–1"))
}

fn joined(code: &str, _: &mut Chance) -> String {
    code.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn blank_lines(code: &str, chance: &mut Chance) -> String {
    code.lines()
        .map(|line| line.to_owned() + if chance.once_in(3) { "\n\n" } else { "\n" })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn unindented(code: &str, _: &mut Chance) -> String {
    code.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

/// Puts other marks in the place of plain ones, told whether they open or close.
fn requoted(code: &str, mut mark: impl FnMut(char, bool) -> char) -> String {
    let (mut out, mut open, mut is_escaped) = (String::new(), None, false);
    for c in code.chars() {
        match (c, open) {
            ('\'' | '"', None) => {
                open = Some(c);
                out.push(mark(c, true));
            }
            ('\'' | '"', Some(opened)) if opened == c && !is_escaped => {
                open = None;
                out.push(mark(c, false));
            }
            _ => out.push(c),
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    out
}

fn curly(code: &str, _: &mut Chance) -> String {
    requoted(code, |mark, opens| match (mark, opens) {
        ('\'', true) => '‘',
        ('\'', false) => '’',
        (_, true) => '“',
        (_, false) => '”',
    })
}

fn closing(code: &str, _: &mut Chance) -> String {
    requoted(code, |mark, _| if mark == '\'' { '’' } else { '”' })
}

fn mismatched(code: &str, chance: &mut Chance) -> String {
    requoted(code, |mark, _| if mark == '\'' { ['‘', '’'][chance.below(2)] } else { ['“', '”'][chance.below(2)] })
}

fn guillemets(code: &str, _: &mut Chance) -> String {
    requoted(code, |mark, opens| match (mark, opens) {
        ('\'', true) => '‹',
        ('\'', false) => '›',
        (_, true) => '«',
        (_, false) => '»',
    })
}

fn low(code: &str, _: &mut Chance) -> String {
    requoted(code, |mark, opens| match (mark, opens) {
        ('\'', true) => '‚',
        ('\'', false) => '‘',
        (_, true) => '„',
        (_, false) => '“',
    })
}

fn primes(code: &str, _: &mut Chance) -> String {
    requoted(code, |mark, _| if mark == '\'' { '′' } else { '″' })
}

fn no_break(code: &str, chance: &mut Chance) -> String {
    outside_strings(code, |piece| {
        piece.chars().map(|c| if c == ' ' && chance.once_in(2) { '\u{a0}' } else { c }).collect()
    })
}

fn zero_width(code: &str, chance: &mut Chance) -> String {
    strewn(code, '\u{200b}', chance)
}

fn soft_hyphens(code: &str, chance: &mut Chance) -> String {
    strewn(code, '\u{ad}', chance)
}

/// Puts a character between others, now and then.
fn strewn(code: &str, character: char, chance: &mut Chance) -> String {
    let mut out = String::new();
    for c in code.chars() {
        out.push(c);
        if c != '\\' && c != '\n' && chance.once_in(12) {
            out.push(character);
        }
    }
    out
}

fn br_tags(code: &str, chance: &mut Chance) -> String {
    code.replace('\n', ["<br>\n", "<br />\n", "<br/>", "<BR>\n"][chance.below(4)])
}

fn p_tags(code: &str, _: &mut Chance) -> String {
    code.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("<p>{line}</p>\n")).collect()
}

fn span_tags(code: &str, chance: &mut Chance) -> String {
    let line = |line: &str| {
        if chance.once_in(3) { format!("<span style=\"color: red\">{line}</span>\n") } else { format!("{line}\n") }
    };
    code.lines().map(line).collect::<String>().trim_end().to_owned()
}

fn script_tags(code: &str, _: &mut Chance) -> String {
    format!("<script type=\"text/javascript\">\n{code}\n</script>")
}

fn cdata(code: &str, _: &mut Chance) -> String {
    format!("//<![CDATA[\n{code}\n//]]>")
}

fn comment_wrapper(code: &str, _: &mut Chance) -> String {
    format!("<!--\n{code}\n//-->")
}

fn entities(code: &str, _: &mut Chance) -> String {
    let code = code.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    code.replace('"', "&quot;").replace('\'', "&#39;").replace('\u{a0}', "&nbsp;").replace('’', "&rsquo;")
}

fn entities_twice(code: &str, chance: &mut Chance) -> String {
    entities(code, chance).replace('&', "&amp;")
}

fn numeric_entities(code: &str, _: &mut Chance) -> String {
    code.chars()
        .map(|c| {
            if matches!(c, '&' | '<' | '>' | '"' | '\'') || !c.is_ascii() {
                format!("&#{};", u32::from(c))
            } else {
                c.to_string()
            }
        })
        .collect()
}

fn escaped(code: &str, _: &mut Chance) -> String {
    code.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('/', "\\/")
}

fn fenced(code: &str, _: &mut Chance) -> String {
    format!("```\n{code}\n```")
}

fn quoted(code: &str, _: &mut Chance) -> String {
    code.lines().map(|line| format!("> {line}\n")).collect::<String>().trim_end().to_owned()
}

fn indented(code: &str, _: &mut Chance) -> String {
    code.lines().map(|line| format!("    {line}\n")).collect::<String>().trim_end().to_owned()
}
