//! Filter lists as they are written: text, syntax, and how far their authors are trusted.
//!
//! In: the text of a list. Out: the rules of it that may be used, line by line in their place, and every line that may
//! not, with why. Each rule is judged alone: a broken one takes no other with it.

use super::list_line::{self, Judged, Syntax, Trust};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

/// A list, read but not yet compiled.
#[derive(Clone, Debug)]
pub struct FilterList {
    /// Its name in reasons and mistakes: a path or title.
    pub name: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
    /// How far its authors are trusted.
    pub trust: Trust,
}

/// A line that is not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListMistake {
    /// Name of the list.
    pub list: Arc<str>,
    /// Its line, from 1.
    pub line: u32,
    /// The rule.
    pub text: String,
    /// Plain words.
    pub message: String,
}

impl fmt::Display for ListMistake {
    /// One line, as editors read it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}: {}", self.list, self.line, self.message, self.text)
    }
}

/// Lines that are looked at to tell the syntax.
const SAMPLE_LINES: usize = 50;
/// Characters of a rule that a mistake quotes.
const QUOTED: usize = 120;

impl FilterList {
    /// A list by its text.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), trust: Trust::Plain }
    }

    /// Reads a list from a file; what is no UTF-8 in it is replaced.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        Ok(Self::new(path.display().to_string(), String::from_utf8_lossy(&bytes)))
    }

    /// The same list, trusted that far.
    #[must_use]
    pub fn with_trust(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// The syntax, by the first lines that say something.
    pub(super) fn syntax(&self) -> Syntax {
        let lines =
            self.text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['!', '#', '[']));
        let mut sample = lines.take(SAMPLE_LINES).peekable();
        let is_hosts = sample.peek().is_some() && sample.all(is_hosts_line);
        if is_hosts { Syntax::Hosts } else { Syntax::Adblock }
    }

    /// The list with nothing in it but usable rules, each in its old line; what was left out goes to the mistakes.
    pub(super) fn usable_text(&self, syntax: Syntax, mistakes: &mut Vec<ListMistake>) -> String {
        let mut usable = String::with_capacity(self.text.len());
        for (line, number) in self.text.lines().zip(1..) {
            match list_line::judge(line, syntax, self.trust) {
                Judged::Rule(rule) => usable.push_str(&rule),
                Judged::Nothing => {}
                Judged::Refused(message) => mistakes.push(self.mistake(line, number, message)),
            }
            usable.push('\n');
        }
        usable
    }

    fn mistake(&self, line: &str, number: u32, message: String) -> ListMistake {
        let text = line.trim().chars().take(QUOTED).collect();
        ListMistake { list: self.name.clone(), line: number, text, message }
    }
}

/// `0.0.0.0 ads.example.com`, or a bare host.
fn is_hosts_line(line: &str) -> bool {
    // `news.example##.promo` hides something; a comment stands apart.
    let comment = line.match_indices('#').map(|(at, _)| at).find(|&at| line[..at].ends_with(char::is_whitespace));
    let words: Vec<&str> = line[..comment.unwrap_or(line.len())].split_whitespace().collect();
    match words[..] {
        [address, _, ..] => address.parse::<std::net::IpAddr>().is_ok(),
        [host] => is_bare_host(host),
        [] => false,
    }
}

fn is_bare_host(text: &str) -> bool {
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    text.contains('.') && !text.starts_with(['.', '-']) && text.bytes().all(is_host_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rules_tell_the_syntax() {
        let syntax = |text: &str| FilterList::new("x", text).syntax();
        assert_eq!(syntax("# hosts\n127.0.0.1 localhost\n0.0.0.0 ads.example # pops\n"), Syntax::Hosts);
        assert_eq!(syntax("ads.example\ntrack.example\n"), Syntax::Hosts);
        assert_eq!(syntax("[Adblock Plus 2.0]\n||ads.example^\nads.example\n"), Syntax::Adblock);
        assert_eq!(syntax("! nothing\n"), Syntax::Adblock);
    }

    #[test]
    fn a_bad_rule_is_told_by_line_and_leaves_the_others_where_they_are() {
        let list = FilterList::new("mine.txt", "! mine\n||a.example^\n/ads(/\n\n||b.example^$nonsense\n||c.example^");
        let mut mistakes = Vec::new();
        let text = list.usable_text(list.syntax(), &mut mistakes);
        assert_eq!(text, "\n||a.example^\n\n\n\n||c.example^\n");
        let lines: Vec<(u32, &str)> = mistakes.iter().map(|one| (one.line, &*one.text)).collect();
        assert_eq!(lines, [(3, "/ads(/"), (5, "||b.example^$nonsense")]);
        assert_eq!(mistakes[1].to_string(), "mine.txt:5: unrecognised option: ||b.example^$nonsense");
    }

    #[test]
    fn a_plain_list_may_block_and_never_inject() {
        let text = "||a.example^$script,redirect=noop.js\n||b.example^$redirect-rule=noop.js\n||c.example^$csp=img-src 'none'\n\
                    d.example##+js(set, x, 1)\n@@||c.example^$csp\ne.example##.ad\n||f.example^$redirect=noop.js";
        let usable = |trust: Trust| {
            let mut mistakes = Vec::new();
            let text = FilterList::new("x", text).with_trust(trust).usable_text(Syntax::Adblock, &mut mistakes);
            (text, mistakes.iter().map(|mistake| mistake.line).collect::<Vec<_>>())
        };
        let (plain, refused) = usable(Trust::Plain);
        assert_eq!(plain, "||a.example^$script\n\n\n\n@@||c.example^$csp\ne.example##.ad\n||f.example^\n");
        assert_eq!(refused, [2, 3, 4]);
        assert_eq!(usable(Trust::Trusted), (format!("{text}\n"), Vec::new()));
    }
}
