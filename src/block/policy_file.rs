//! Policy files: TOML → words.
//!
//! In: the text of a file and the policy below it. Out: that policy with the file's words on top, or every
//! mistake of the file at once, each with its place.

use super::policy::{AD_NETWORK, BIDDER, Inserts, Policy, Section};
use super::policy_word::{Action, PolicyWord, Subject};
use crate::base::{Evidence, LineIndex, Span};
use crate::rule::document::{self, Key, Node};
use crate::rule::{Mistakes, ROLES, RuleError, hint};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use toml::de::DeTable;

/// Keys of a section: what becomes of whom, and how its names become subjects.
const WORDS: [(&str, Action); 3] =
    [("block", Action::Block), ("neutralise", Action::Neutralise), ("allow", Action::Allow)];
/// Tables of a section, each with the same three keys.
const TABLES: [(&str, MakeSubject); 3] =
    [("networks", Subject::Network), ("products", Subject::Product), ("rules", Subject::Rule)];
/// Roles beside those of products: behind a bidder code, and of whom only the domain is known.
const MORE_ROLES: [&str; 2] = [BIDDER, AD_NETWORK];
/// Makes a subject of a name.
type MakeSubject = fn(Arc<str>) -> Subject;
/// Keys that only the top of a file has.
const TOP_KEYS: [&str; 4] = ["evidence", "stubs", "insert", "site"];

impl Policy {
    /// This policy with the words of a file on top: what the file speaks of counts as it says.
    ///
    /// # Errors
    ///
    /// All mistakes of the file; then nothing is added.
    pub fn with_text(self, name: &str, text: &str) -> Result<Self, RuleError> {
        read(self, name, text, true)
    }
}

impl Policy {
    /// The policy that comes with the library: ads go, measurement and consent tools stay.
    #[must_use]
    pub fn built_in() -> Self {
        static BUILT_IN: LazyLock<Policy> = LazyLock::new(|| {
            let text = include_str!("../../rules/policy.toml");
            read(Policy::allow_all(), "rules/policy.toml", text, false).expect("a test has read it")
        });
        BUILT_IN.clone()
    }
}

/// Reads a file on top of a policy.
pub(super) fn read(below: Policy, name: &str, text: &str, is_own: bool) -> Result<Policy, RuleError> {
    let mut mistakes = Mistakes::new(name, text);
    let table = document::parse(text, &mut mistakes);
    let lines = LineIndex::new(text);
    let mut reader = Reader { mistakes, text, lines, is_own, seen: BTreeMap::new() };
    let policy = reader.file(below, &table);
    let all = reader.mistakes.all;
    if all.is_empty() { Ok(policy) } else { Err(RuleError::Mistakes(all)) }
}

struct Reader<'t> {
    mistakes: Mistakes<'t>,
    text: &'t str,
    lines: LineIndex,
    is_own: bool,
    /// Who was spoken of, by site: two words about one subject contradict each other.
    seen: BTreeMap<(Option<Arc<str>>, Subject), u32>,
}

impl Reader<'_> {
    fn file(&mut self, mut policy: Policy, table: &DeTable<'_>) -> Policy {
        for (key, node) in document::in_order(table) {
            match &**key.get_ref() {
                "evidence" => self.evidence(node, &mut policy),
                "stubs" => policy.stubs = document::flag(node, "stubs", &mut self.mistakes),
                "insert" => self.inserts(node, &mut policy),
                "site" => self.sites(node, &mut policy),
                _ => self.entry(key, node, None, &mut policy.general, &TOP_KEYS),
            }
        }
        policy
    }

    fn evidence(&mut self, node: &Node<'_>, policy: &mut Policy) {
        use Evidence::{Declared, Evaluated, Markup, Request, Salvaged};
        const NAMES: [(&str, Evidence); 5] = [
            ("evaluated", Evaluated),
            ("declared", Declared),
            ("salvaged", Salvaged),
            ("request", Request),
            ("markup", Markup),
        ];
        let Some(name) = document::string(node, "evidence", &mut self.mistakes) else { return };
        match NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, evidence)) => policy.least_evidence = *evidence,
            None => {
                let hint = hint(name, &NAMES.map(|(known, _)| known));
                self.mistakes.error(document::place(node), format!("unknown evidence `{name}`"), hint);
            }
        }
    }

    fn inserts(&mut self, node: &Node<'_>, policy: &mut Policy) {
        const NAMES: [&str; 2] = ["stubs", "hiding"];
        policy.inserts = Inserts::default();
        for (name, node) in document::strings(node, "insert", &mut self.mistakes) {
            match name {
                "stubs" => policy.inserts.stubs = true,
                "hiding" => policy.inserts.hiding = true,
                _ => {
                    let place = document::place(node);
                    self.mistakes.error(place, format!("nothing to insert is called `{name}`"), hint(name, &NAMES));
                }
            }
        }
    }

    fn sites(&mut self, node: &Node<'_>, policy: &mut Policy) {
        let Some(sites) = document::table(node, "site", &mut self.mistakes) else { return };
        for (host, node) in document::in_order(sites) {
            let name: Arc<str> = host.get_ref().to_ascii_lowercase().into();
            if name.contains(['/', ':']) {
                let hint = Some("write the host alone, as `[site.\"example.com\"]`".to_owned());
                self.mistakes.error(document::place(host), format!("`{name}` is no host"), hint);
            }
            let Some(table) = document::table(node, &name, &mut self.mistakes) else { continue };
            let section = policy.sites.entry((&*name).into()).or_default();
            for (key, node) in document::in_order(table) {
                self.entry(key, node, Some(&name), section, &[]);
            }
        }
    }

    /// `block = […]`, or `networks.block = […]` and its kin.
    fn entry(&mut self, key: &Key<'_>, node: &Node<'_>, site: Option<&Arc<str>>, section: &mut Section, more: &[&str]) {
        let name: &str = key.get_ref();
        if let Some((_, action)) = WORDS.iter().find(|(known, _)| *known == name) {
            return self.words(name, node, *action, Subject::Role, site, section);
        }
        let Some((_, subject)) = TABLES.iter().find(|(known, _)| *known == name) else {
            let known = WORDS.iter().map(|(known, _)| *known).chain(TABLES.iter().map(|(known, _)| *known));
            return self.unknown(key, &known.chain(more.iter().copied()).collect::<Vec<_>>());
        };
        let Some(table) = document::table(node, name, &mut self.mistakes) else { return };
        for (key, node) in document::in_order(table) {
            match WORDS.iter().find(|(known, _)| **known == **key.get_ref()) {
                Some((name, action)) => self.words(name, node, *action, *subject, site, section),
                None => self.unknown(key, &WORDS.map(|(known, _)| known)),
            }
        }
    }

    fn unknown(&mut self, key: &Key<'_>, known: &[&str]) {
        let hint = hint(key.get_ref(), known);
        self.mistakes.error(document::place(key), format!("unknown key `{}`", key.get_ref()), hint);
    }

    fn words(
        &mut self,
        key: &str,
        node: &Node<'_>,
        action: Action,
        subject: MakeSubject,
        site: Option<&Arc<str>>,
        section: &mut Section,
    ) {
        for (name, node) in document::strings(node, key, &mut self.mistakes) {
            let (subject, place) = (subject(name.into()), document::place(node));
            let line = self.lines.position(self.text, place.start).line;
            if self.is_sound(&subject, site, place, line) {
                let file = self.mistakes.file.clone();
                let is_own = self.is_own;
                section.say(PolicyWord { action, subject, site: site.cloned(), file, line, is_own });
            }
        }
    }

    fn is_sound(&mut self, subject: &Subject, site: Option<&Arc<str>>, place: Span, line: u32) -> bool {
        let roles: Vec<&str> = ROLES.iter().copied().chain(MORE_ROLES).collect();
        if let Subject::Role(name) = subject
            && !roles.contains(&&**name)
        {
            self.mistakes.error(place, format!("unknown role `{name}`"), hint(name, &roles));
            return false;
        }
        if let Some(first) = self.seen.insert((site.cloned(), subject.clone()), line) {
            let message = format!("{} `{}` stands in line {first} already", subject.kind(), subject.name());
            self.mistakes.error(place, message, None);
            return false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::page_context::PageContext;
    use super::super::policy::Party;
    use super::*;

    fn policy(text: &str) -> Policy {
        Policy::allow_all().with_text("policy.toml", text).unwrap_or_else(|error| panic!("{error}"))
    }

    fn action(policy: &Policy, party: Party<'_>, page: &str) -> Action {
        policy.decide(&party, &PageContext::new(page)).action()
    }

    #[test]
    fn the_nearest_site_and_the_most_specific_word_count() {
        let policy = policy(
            "block = ['ssp', 'native']\nnetworks.allow = ['acme']\nproducts.block = ['acme-pop']\nrules.allow = ['quiet']\n\
             [site.'example.com']\nallow = ['ssp']\n[site.'news.example.com']\nnetworks.block = ['acme']\n",
        );
        let roles: [Arc<str>; 2] = ["analytics".into(), "ssp".into()];
        let other = Party { network: Some("other"), roles: &roles, ..Party::default() };
        let acme = Party { network: Some("acme"), ..other };
        let pop = Party { product: Some("acme-pop"), ..acme };
        assert_eq!(action(&policy, other, "https://a.example/"), Action::Block);
        assert_eq!(action(&policy, acme, "https://a.example/"), Action::Allow);
        assert_eq!(action(&policy, pop, "https://a.example/"), Action::Block);
        assert_eq!(action(&policy, Party { rule: Some("quiet"), ..pop }, "https://a.example/"), Action::Allow);
        assert_eq!(action(&policy, other, "https://www.example.com/"), Action::Allow);
        assert_eq!(action(&policy, acme, "https://live.news.example.com/"), Action::Block);
        assert_eq!(action(&policy, Party::default(), "https://a.example/"), Action::Allow);
    }

    #[test]
    fn a_users_word_takes_the_place_of_an_older_one() {
        let policy = policy("block = ['ssp']").with_text("mine.toml", "\nallow = ['ssp']").unwrap();
        let ssp = Party { roles: &["ssp".into()], ..Party::default() };
        let decision = policy.decide(&ssp, &PageContext::unknown());
        assert_eq!(decision.action(), Action::Allow);
        assert_eq!(decision.reason().unwrap().to_string(), "allow role ssp (mine.toml:2)");
    }

    #[test]
    fn what_is_inserted_is_what_the_last_file_asks_for() {
        let policy = policy("insert = ['stubs', 'hiding']");
        assert_eq!((policy.inserts().stubs, policy.inserts().hiding), (true, true));
        let none = policy.clone().with_text("mine.toml", "insert = []").unwrap();
        assert_eq!(none.inserts(), Inserts::default());
        let without_stubs = policy.with_text("mine.toml", "stubs = false").unwrap();
        assert!(!without_stubs.inserts().stubs, "no inert library is wanted anywhere");
        assert!(Policy::allow_all().with_text("mine.toml", "insert = ['stub']").is_err());
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let text = "block = ['sspp']\nallow = ['cmp', 'cmp']\nevidence = 'sure'\nnetwork.block = ['x']\n\
                    [site.'https://a.example']\nnetworks.blok = ['x']\nstubs = true\n";
        let error = Policy::allow_all().with_text("policy.toml", text).unwrap_err();
        insta::assert_snapshot!(error.to_string());
    }

    #[test]
    fn the_built_in_policy_blocks_ads_and_leaves_measurement_and_consent() {
        let policy = Policy::built_in();
        let of_role =
            |role: &str| policy.decide(&Party { roles: &[role.into()], ..Party::default() }, &PageContext::unknown());
        for role in ["ssp", "bidder", "header-bidding", "ad-server", "native", "pop", "ad-management", "ad-network"] {
            assert_eq!(of_role(role).action(), Action::Block, "{role}");
        }
        for role in ["analytics", "pixel", "cmp"] {
            assert_eq!(of_role(role).action(), Action::Allow, "{role}");
        }
    }
}
