//! Arguments about what is blocked, and the engine that they make: policy, rules, filter lists.

use super::Outcome;
use super::message::{self, plain_words};
use super::rules;
use adsieve::{Engine, FilterList, FilterLists, ListMistake, Policy, Registry, RuleError, RuleSet, Trust};
use clap::{Args, ValueHint};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Mistakes of lists that are told one by one.
const TOLD: usize = 5;

/// What is blocked.
#[derive(Args, Debug)]
pub(super) struct FilterArguments {
    /// Judge by the filter list in FILE too; may be given more than once
    ///
    /// Adblock Plus, uBlock or hosts syntax. Such lists may block, but never put anything into a page.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) list: Vec<PathBuf>,

    /// The same for a list that you trust: it may redirect to stand-ins too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) trusted_list: Vec<PathBuf>,

    /// Keep compiled lists in DIR, so that the next start is quick
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) cache: Option<PathBuf>,

    /// Your own policy, on top of the built-in one; may be given more than once
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) policy: Vec<PathBuf>,

    /// Add the rules in DIR, and its policy.toml; may be given more than once
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(super) rules: Vec<PathBuf>,
}

impl FilterArguments {
    /// Is nothing said of what is blocked?
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty() && self.trusted_list.is_empty() && self.policy.is_empty() && self.rules.is_empty()
    }

    /// The engine that they ask for; what is wrong is said on stderr.
    pub(super) fn engine(&self, is_quiet: bool) -> Result<Engine, Outcome> {
        let (rules, registry) = if self.rules.is_empty() {
            (RuleSet::built_in(), Registry::built_in())
        } else {
            rules::read_onto(RuleSet::built_in(), &self.rules, is_quiet)?
        };
        let policy = self.policy()?;
        for word in policy.unknown_names(&rules, registry).into_iter().filter(|_| !is_quiet) {
            message::warning(&format!("nothing has the id of this {}", word.subject.kind()), &word.to_string());
        }
        let engine = Engine::with_registry(rules, registry).with_policy(policy);
        engine.set_lists(read_lists(&self.list, &self.trusted_list, self.cache.as_deref(), is_quiet)?);
        Ok(engine)
    }

    /// A name for all that they make: another one for another version, other rules, policies or lists. 16 hex digits.
    #[cfg(feature = "serve")]
    pub(super) fn fingerprint(&self, engine: &Engine) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(engine.rules().fingerprint());
        let beside = self.rules.iter().map(|folder| folder.join("policy.toml"));
        let files = self.list.iter().chain(&self.trusted_list).chain(&self.policy).cloned().chain(beside);
        for file in files {
            hash.update(file.as_os_str().as_encoded_bytes());
            hash.update(Sha256::digest(std::fs::read(file).unwrap_or_default()));
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    fn policy(&self) -> Result<Policy, Outcome> {
        let beside = self.rules.iter().map(|folder| folder.join("policy.toml")).filter(|file| file.is_file());
        let files: Vec<PathBuf> = beside.chain(self.policy.iter().cloned()).collect();
        files.iter().try_fold(Policy::built_in(), |policy, file| {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(file).map_err(|error| {
                message::error(&plain_words(&error), &name);
                Outcome::Usage
            })?;
            policy.with_text(&name, &text).map_err(|error: RuleError| {
                rules::tell_error(&error);
                Outcome::Usage
            })
        })
    }
}

/// Reads and compiles lists; `None` where none is named.
pub(super) fn read_lists(
    plain: &[PathBuf],
    trusted: &[PathBuf],
    cache: Option<&Path>,
    is_quiet: bool,
) -> Result<Option<Arc<FilterLists>>, Outcome> {
    let all = plain.iter().map(|path| (path, Trust::Plain)).chain(trusted.iter().map(|path| (path, Trust::Trusted)));
    let mut lists = Vec::new();
    for (path, trust) in all {
        let list = FilterList::read(path).map_err(|error| {
            message::error(&plain_words(&error), &path.display().to_string());
            Outcome::Usage
        })?;
        lists.push(list.with_trust(trust));
    }
    if lists.is_empty() {
        return Ok(None);
    }
    let compiled = cache.map_or_else(|| FilterLists::new(&lists), |folder| FilterLists::cached(&lists, folder));
    if !is_quiet {
        tell_mistakes(compiled.mistakes());
    }
    Ok(Some(Arc::new(compiled)))
}

/// The first mistakes, and how many more there are: public lists hold rules for other tools by the thousand.
fn tell_mistakes(mistakes: &[ListMistake]) {
    for mistake in mistakes.iter().take(TOLD) {
        let what = format!("{}: {}", mistake.message, mistake.text);
        message::warning(&what, &format!("{}:{}", mistake.list, mistake.line));
    }
    if mistakes.len() > TOLD {
        message::warning(&format!("{} more lines of filter lists are not used", mistakes.len() - TOLD), "the rest is");
    }
}
