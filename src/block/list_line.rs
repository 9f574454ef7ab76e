//! One line of a filter list: is it a rule, does it make sense, and may its author say that?

use adblock::filters::network::{NetworkFilter, NetworkFilterMaskHelper};
use adblock::lists::{FilterFormat, FilterParseError, ParseOptions, ParsedLine, parse_filter};
use regex::bytes::RegexBuilder;
use std::borrow::Cow;

/// Bytes of the longest line that is read.
const MAX_LINE: usize = 32 << 10;

/// How far the authors of rules are trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trust {
    /// May block, hide and take params away, and make exceptions; never puts anything into a page or answer.
    #[default]
    Plain,
    /// May also redirect to the stand-ins that come with adsieve, and add to a page's content security policy.
    Trusted,
    /// Comes with adsieve.
    BuiltIn,
}

/// The syntax of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Syntax {
    /// Adblock Plus and uBlock.
    Adblock,
    /// A hosts file, or bare hosts.
    Hosts,
}

/// What a line is.
pub(super) enum Judged<'l> {
    /// A rule, perhaps without what its author may not ask for.
    Rule(Cow<'l, str>),
    /// A comment, a head, an empty line.
    Nothing,
    /// A rule that is not used, and why.
    Refused(String),
}

/// The parser's options for a syntax.
pub(super) fn options(syntax: Syntax) -> ParseOptions {
    let format = match syntax {
        Syntax::Adblock => FilterFormat::Standard,
        Syntax::Hosts => FilterFormat::Hosts,
    };
    ParseOptions { format, ..ParseOptions::default() }
}

/// Judges a line.
pub(super) fn judge(line: &str, syntax: Syntax, trust: Trust) -> Judged<'_> {
    let line = line.trim();
    if line.len() > MAX_LINE {
        return Judged::Refused(format!("longer than {MAX_LINE} bytes"));
    }
    if let Some(directive) = line.strip_prefix("!#") {
        return directive_of(directive);
    }
    match parse_filter(line, false, options(syntax)) {
        Ok(ParsedLine::Network(filter)) => judge_network(line, &filter, syntax, trust),
        Ok(ParsedLine::Cosmetic(_)) => judge_cosmetic(line, trust),
        Err(_) if is_comment(line, syntax) => Judged::Nothing,
        Err(FilterParseError::Network(error)) => Judged::Refused(error.to_string()),
        Err(FilterParseError::Cosmetic(error)) => Judged::Refused(error.to_string()),
        Err(error) => Judged::Refused(error.to_string()),
    }
}

fn is_comment(line: &str, syntax: Syntax) -> bool {
    let is_named_twice = |line: &str| line.split_whitespace().nth(1) == Some("localhost");
    match syntax {
        Syntax::Adblock => {
            line.is_empty()
                || line == "#"
                || line.starts_with(['!', '['])
                || line.starts_with("# ")
                || line.starts_with("#\t")
        }
        Syntax::Hosts => line.is_empty() || line.starts_with(['!', '#']) || is_named_twice(line),
    }
}

/// `!#if` and its kin: the lines between are read as if it were not there; another file is not fetched.
fn directive_of(directive: &str) -> Judged<'_> {
    if directive.trim_start().starts_with("include") {
        return Judged::Refused("`!#include` is not followed; name the file as a list of its own".into());
    }
    Judged::Nothing
}

fn judge_network<'l>(line: &'l str, filter: &NetworkFilter<'_>, syntax: Syntax, trust: Trust) -> Judged<'l> {
    if (filter.is_regex() || filter.is_complete_regex())
        && let Some(error) = regex_error(filter)
    {
        return Judged::Refused(format!("the regular expression does not compile: {error}"));
    }
    if trust >= Trust::Trusted || filter.is_exception() || filter.is_badfilter() {
        return Judged::Rule(Cow::Borrowed(line));
    }
    if filter.is_csp() {
        return Judged::Refused("a plain list may not add to a content security policy".into());
    }
    if !filter.is_redirect() {
        return Judged::Rule(Cow::Borrowed(line));
    }
    // What it blocks stays blocked; only what would stand in its place is not for a plain list to choose.
    let blocking = without_redirect(line).filter(|rule| {
        matches!(
            parse_filter(rule, false, options(syntax)),
            Ok(ParsedLine::Network(filter)) if !filter.is_redirect()
        )
    });
    match blocking {
        Some(rule) if filter.also_block_redirect() => Judged::Rule(Cow::Owned(rule)),
        _ => Judged::Refused("a plain list may not redirect".into()),
    }
}

/// The rule without its `redirect=` option.
fn without_redirect(line: &str) -> Option<String> {
    let (pattern, options) = line.rsplit_once('$')?;
    let is_redirect = |option: &&str| option.starts_with("redirect=") || option.starts_with("rewrite=");
    let rest: Vec<&str> = options.split(',').filter(|option| !is_redirect(option)).collect();
    if rest.is_empty() { Some(pattern.to_owned()) } else { Some(format!("{pattern}${}", rest.join(","))) }
}

fn judge_cosmetic(line: &str, trust: Trust) -> Judged<'_> {
    let is_scriptlet = line.contains("##+js(") || line.contains("##script:inject(");
    if is_scriptlet && trust < Trust::Trusted {
        return Judged::Refused("a plain list may not inject scripts".into());
    }
    Judged::Rule(Cow::Borrowed(line))
}

/// Why the pattern of a rule will not compile, in a line.
fn regex_error(filter: &NetworkFilter<'_>) -> Option<String> {
    let text = filter.filter.string_view()?;
    // Wildcards are escaped by the matcher, all but the backslash.
    if !filter.is_complete_regex() && !text.contains('\\') {
        return None;
    }
    let pattern = if filter.is_complete_regex() { complete_regex(&text)? } else { text.replace(['*', '^'], "") };
    let error = RegexBuilder::new(&pattern).unicode(false).build().err()?;
    Some(error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
}

/// The regular expression between the slashes, as the matcher unescapes it.
pub(super) fn complete_regex(text: &str) -> Option<String> {
    Some(text.strip_prefix('/')?.strip_suffix('/')?.replace("\\/", "/").replace("\\:", ":"))
}
