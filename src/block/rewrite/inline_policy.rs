//! May something inline be put into a page, under its content security policies?
//!
//! In: the policies that are known, and a nonce of the page. Out: yes only where every one of them lets it through.

/// What is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    Script,
    Style,
}

/// Bytes of policies that are kept; a page with more gets nothing inline.
const KEPT: usize = 64 << 10;

/// The policies of a page, as far as they are known, and a nonce that its own scripts bear.
#[derive(Debug, Default)]
pub(super) struct InlinePolicies {
    policies: String,
    is_closed: bool,
    nonce: Option<String>,
}

impl InlinePolicies {
    /// A policy, or some of them joined by commas, as a header may have it.
    pub fn note(&mut self, policy: &str) {
        self.is_closed |= self.policies.len() + policy.len() > KEPT;
        if !self.is_closed {
            self.policies.push_str(policy);
            self.policies.push(',');
        }
    }

    /// A nonce that a script or style of the page bears.
    pub fn note_nonce(&mut self, nonce: &str) {
        let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
        if !nonce.is_empty() && nonce.len() <= 256 && nonce.bytes().all(is_sound) {
            self.nonce = Some(nonce.to_owned());
        }
    }

    /// The attribute to put in with it, if it may be put in: nothing, or a nonce.
    pub fn attribute(&self, kind: Inline) -> Option<String> {
        let mut policies = self.policies.split(',').map(str::trim).filter(|policy| !policy.is_empty());
        if self.is_closed || !policies.all(|policy| allows(policy, kind, self.nonce.as_deref())) {
            return None;
        }
        Some(self.nonce.as_ref().map_or_else(String::new, |nonce| format!(" nonce=\"{nonce}\"")))
    }
}

/// The directives that speak of it, the nearest first, as the standard (CSP 3, 6.8.3) has them.
fn directives(kind: Inline) -> [&'static str; 3] {
    match kind {
        Inline::Script => ["script-src-elem", "script-src", "default-src"],
        Inline::Style => ["style-src-elem", "style-src", "default-src"],
    }
}

fn allows(policy: &str, kind: Inline, nonce: Option<&str>) -> bool {
    let find = |name: &str| {
        // Of two directives of one name the first counts.
        policy.split(';').find_map(|directive| {
            let (first, sources) = directive.trim().split_once(char::is_whitespace).unwrap_or((directive.trim(), ""));
            first.eq_ignore_ascii_case(name).then_some(sources)
        })
    };
    let Some(sources) = directives(kind).into_iter().find_map(find) else { return true };
    let mut sources = sources.split_ascii_whitespace().map(str::to_owned);
    let all: Vec<String> = sources.by_ref().collect();
    if nonce.is_some_and(|nonce| all.iter().any(|source| *source == format!("'nonce-{nonce}'"))) {
        return true;
    }
    let is = |source: &str, name: &str| source.eq_ignore_ascii_case(name);
    let starts =
        |source: &str, name: &str| source.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let is_strict = all.iter().any(|source| {
        ["'nonce-", "'sha256-", "'sha384-", "'sha512-"].iter().any(|prefix| starts(source, prefix))
            || kind == Inline::Script && is(source, "'strict-dynamic'")
    });
    !is_strict && all.iter().any(|source| is(source, "'unsafe-inline'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(policy: &str, nonce: &str, script: Option<&str>) {
        let mut policies = InlinePolicies::default();
        policies.note(policy);
        policies.note_nonce(nonce);
        assert_eq!(policies.attribute(Inline::Script).as_deref(), script, "{policy}");
    }

    #[test]
    fn what_a_policy_lets_through_is_told_as_browsers_tell_it() {
        check("", "", Some(""));
        check("img-src 'none'; object-src 'none'", "", Some(""));
        check("script-src 'self' 'unsafe-inline'", "", Some(""));
        check("Script-Src 'self' 'Unsafe-Inline'; script-src 'none'", "", Some(""));
        check("default-src 'self'", "", None);
        check("default-src 'none'; script-src-elem * 'unsafe-inline'", "", Some(""));
        check("script-src 'unsafe-inline' 'nonce-abc'", "", None);
        check("script-src 'unsafe-inline' 'nonce-abc'", "xyz", None);
        check("script-src 'unsafe-inline' 'nonce-abc'", "abc", Some(" nonce=\"abc\""));
        check("script-src 'unsafe-inline' 'sha256-x'", "", None);
        check("script-src 'strict-dynamic' 'unsafe-inline' https:", "", None);
        check("script-src 'unsafe-inline', script-src 'self'", "", None);
        check("", "a\" onload=\"x", Some(""));
    }

    #[test]
    fn styles_have_directives_of_their_own() {
        let mut policies = InlinePolicies::default();
        policies.note("script-src 'self'; style-src 'unsafe-inline'");
        assert_eq!(policies.attribute(Inline::Style).as_deref(), Some(""));
        assert_eq!(policies.attribute(Inline::Script), None);
        policies.note(&"x".repeat(KEPT));
        assert_eq!(policies.attribute(Inline::Style), None, "policies that are not known may forbid it");
    }
}
