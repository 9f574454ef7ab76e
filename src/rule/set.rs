//! All rules together.

use super::check;
use super::file::{self, RuleFile};
use super::mistake::{Mistake, Mistakes, RuleError};
use super::model::{Finds, Product, Rule};
use crate::base::Severity;
use crate::evaluate::Interests;
use crate::network::Registry;
use crate::pattern::{Pattern, last_two_names};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// Everything that adsieve looks for: products and rules, compiled. Immutable once built.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    products: Vec<Arc<Product>>,
    rules: Vec<Rule>,
    notes: Vec<Mistake>,
    /// The user's files: name and text.
    own_texts: Vec<(Arc<str>, Arc<str>)>,
}

impl RuleSet {
    /// The rules that come with the crate, without their examples. Costs a few milliseconds: keep the set.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default().with_checked(BLANKED_RULE_FILES)
    }

    /// The rules that come with the crate, with their examples: for whoever shows or tests them.
    #[must_use]
    pub fn built_in_with_examples() -> Self {
        Self::default().with_checked(RULE_FILES)
    }

    /// A name for these rules: another one where a built-in file or one of the user's differs by a byte. 64 hex digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let own = self.own_texts.iter().map(|(name, text)| (&**name, &**text));
        for (name, text) in BLANKED_RULE_FILES.iter().copied().chain(own) {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Files that a test has checked.
    pub(crate) fn with_checked<T: AsRef<str> + Sync>(mut self, texts: &[(T, T)]) -> Self {
        let read = |(name, text): &(T, T)| {
            let mut mistakes = Mistakes::new(name.as_ref(), text.as_ref());
            (file::read(text.as_ref(), &mut mistakes), mistakes.all)
        };
        let files: Vec<(RuleFile, Vec<Mistake>)> = texts.par_iter().map(read).collect();
        for (file, mistakes) in files {
            debug_assert!(mistakes.is_empty(), "{}", RuleError::Mistakes(mistakes));
            self.products.extend(file.product);
            self.rules.extend(file.rules);
        }
        self
    }

    /// These rules and those of the texts, `(name, text)`. A rule or product with a known id takes the place of the
    /// known one, and a note says so.
    ///
    /// # Errors
    ///
    /// All mistakes of all texts, if there is one that is an error.
    pub fn with_texts(mut self, texts: &[(String, String)], registry: &Registry) -> Result<Self, RuleError> {
        let mut all = Vec::new();
        let mut seen = HashMap::new();
        for (name, text) in texts {
            let mut mistakes = Mistakes::new(name, text);
            let file = file::read(text, &mut mistakes);
            check::check_file(&file, registry, &mut mistakes);
            if check::check_ids(&file, &mut seen, &mut mistakes) {
                self.add(file, &mut mistakes);
            }
            self.own_texts.push((mistakes.file.clone(), text.as_str().into()));
            mistakes.all.sort_by_key(|mistake| mistake.span);
            all.extend(mistakes.all);
        }
        if all.iter().any(|mistake| mistake.severity == Severity::Error) {
            return Err(RuleError::Mistakes(all));
        }
        self.notes.extend(all);
        Ok(self)
    }

    /// These rules and those of the `.toml` files in a folder and the folders in it, or of one file.
    ///
    /// # Errors
    ///
    /// If something cannot be read, or with all mistakes of all files.
    pub fn with_dir(self, path: &Path, registry: &Registry) -> Result<Self, RuleError> {
        self.with_texts(&read_texts(path)?, registry)
    }

    fn add(&mut self, file: RuleFile, mistakes: &mut Mistakes<'_>) {
        if let Some(product) = file.product {
            if let Some(known) = self.products.iter_mut().find(|known| known.id == product.id) {
                let place = file.places.get("product").copied().unwrap_or_default();
                mistakes.note(place, format!("product `{}` takes the place of the one in {}", product.id, known.file));
                *known = product;
            } else {
                self.products.push(product);
            }
        }
        for rule in file.rules {
            if let Some(known) = self.rules.iter_mut().find(|known| known.id == rule.id) {
                mistakes.note(rule.span, format!("rule `{}` takes the place of the one in {}", rule.id, known.file));
                *known = rule;
            } else {
                self.rules.push(rule);
            }
        }
    }

    /// The products, in order of their files.
    #[must_use]
    pub fn products(&self) -> &[Arc<Product>] {
        &self.products
    }

    /// The rules, in order of their files.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// A product by id.
    #[must_use]
    pub fn product(&self, id: &str) -> Option<&Arc<Product>> {
        self.products.iter().find(|product| &*product.id == id)
    }

    /// A rule by id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| &*rule.id == id)
    }

    /// Warnings and notes about the user's files.
    #[must_use]
    pub fn notes(&self) -> &[Mistake] {
        &self.notes
    }

    /// The same rules with more notes, which come first.
    pub(crate) fn with_notes(mut self, notes: Vec<Mistake>) -> Self {
        self.notes.splice(0..0, notes);
        self
    }

    /// Is it one of the caller's own files?
    #[must_use]
    pub fn is_own(&self, file: &str) -> bool {
        self.own_texts.iter().any(|(name, _)| **name == *file)
    }

    /// The text of a rule file of this set.
    #[must_use]
    pub fn text(&self, file: &str) -> Option<String> {
        let own = self.own_texts.iter().find(|(name, _)| &**name == file).map(|(_, text)| text.to_string());
        own.or_else(|| Self::built_in_text(file).map(str::to_owned))
    }

    /// The text of a built-in rule file.
    #[must_use]
    pub fn built_in_text(file: &str) -> Option<&'static str> {
        RULE_FILES.iter().find(|(name, _)| *name == file).map(|(_, text)| *text)
    }

    /// The built-in rules, read as a user's are: with every check.
    ///
    /// # Errors
    ///
    /// All mistakes, if there is one that is an error.
    pub fn built_in_checked() -> Result<Self, RuleError> {
        let texts: Vec<(String, String)> =
            RULE_FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self::default().with_texts(&texts, Registry::built_in())
    }

    /// What evaluation must record for the rules to see it.
    ///
    /// Functions that nothing calls are looked into where they hold a name by which ad units or slots are told.
    #[must_use]
    pub fn interests(&self) -> Interests {
        let patterns = || self.rules.iter().flat_map(|rule| &rule.scripts);
        let named = |pattern: &Pattern, name: Option<&str>| Some(pattern.last_two_names().unwrap_or(name?.to_owned()));
        let globals = || {
            let all = self.products.iter().flat_map(|product| product.globals.iter().chain(&product.weak_globals));
            all.map(|global| last_two_names(global).to_owned())
        };
        let calls = patterns().filter_map(|pattern| named(pattern, pattern.called_name())).chain(globals()).collect();
        let assignments =
            patterns().filter_map(|pattern| named(pattern, pattern.assigned_name())).chain(globals()).collect();
        let sorted = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>();
        let queues =
            sorted(self.products.iter().flat_map(|product| &product.queues).map(ToString::to_string).collect());
        let is_declared = |rule: &&Rule| matches!(rule.finds, Finds::AdUnit | Finds::Slot);
        let declared = self.rules.iter().filter(is_declared).flat_map(|rule| &rule.scripts);
        let anchors = sorted(declared.flat_map(Pattern::anchors).collect());
        let stand_ins = self.products.iter().filter_map(|product| product.stand_in.clone()).collect();
        let callbacks =
            sorted(self.products.iter().flat_map(|product| &product.callbacks).map(ToString::to_string).collect());
        let inner = self.products.iter().flat_map(|product| &product.inner).map(ToString::to_string).collect();
        Interests::new(calls, assignments, queues, &anchors)
            .with_callbacks(callbacks)
            .with_stand_ins(stand_ins)
            .with_inner(inner)
    }
}

/// Any TOML file but those of the registry and the policy, which may stand in the same folder.
fn is_rule_file(path: &Path) -> bool {
    let is_other = ["networks.toml", "bidders.toml", "policy.toml"].iter().any(|name| path.ends_with(name));
    path.is_file() && path.extension().is_some_and(|extension| extension == "toml") && !is_other
}

/// The rule files below a path, sorted, with their texts.
pub(crate) fn read_texts(path: &Path) -> Result<Vec<(String, String)>, RuleError> {
    let fail = |path: &Path, source| RuleError::Read { path: path.display().to_string(), source };
    let mut open = vec![path.to_path_buf()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(next) = open.pop() {
        if !next.is_dir() {
            files.push(next);
            continue;
        }
        for entry in std::fs::read_dir(&next).map_err(|source| fail(&next, source))? {
            let inner = entry.map_err(|source| fail(&next, source))?.path();
            if is_rule_file(&inner) || (inner.is_dir() && !inner.ends_with("bidders")) {
                open.push(inner);
            }
        }
    }
    files.sort();
    let read = |file: &PathBuf| {
        Ok((file.display().to_string(), std::fs::read_to_string(file).map_err(|source| fail(file, source))?))
    };
    files.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<RuleSet, RuleError> {
        RuleSet::default().with_texts(&[("own.toml".into(), text.into())], Registry::built_in())
    }

    fn mistakes(text: &str) -> Vec<String> {
        match with(text) {
            Err(RuleError::Mistakes(all)) => all.iter().map(ToString::to_string).collect(),
            Err(other) => panic!("{other}"),
            Ok(set) => set.notes().iter().map(ToString::to_string).collect(),
        }
    }

    const HEAD: &str = "product='x'\nname='X'\nnetwork='google'\nrole='native'\n";

    #[test]
    fn every_mistake_is_told_at_once_with_its_place() {
        let text = format!(
            "{HEAD}hots=[]\n[r]\nscript='f(name)'\nelement='a b'\n[s]\nscrip='f($X)'\n[t]\nscript='g.foo($XY)'\nwhere.XZ='('\n"
        );
        let all = mistakes(&text);
        insta::assert_snapshot!(all.join("\n"), @r"
        own.toml:5:1: error: unknown key `hots` (did you mean `hosts`?)
        own.toml:6:2: warning: rule `r` has no example
        own.toml:7:11: error: `name` is a variable, and a pattern has only holes (holes are written `$NAME` in capitals; strings want quotes)
        own.toml:8:11: error: one start tag is all there is to see: no combinators and no commas (write several selectors as a list)
        own.toml:9:2: warning: rule `s` has no example
        own.toml:10:1: error: unknown key `scrip` (did you mean `script`?)
        own.toml:11:2: warning: rule `t` has no example
        own.toml:13:7: error: `where` names `$XZ`, which no pattern captures (did you mean `XY`?)
        own.toml:13:10: error: the regular expression does not compile: unclosed group
        ");
    }

    #[test]
    fn names_of_networks_and_roles_are_checked() {
        let all = mistakes("product='x'\nname='X'\nnetwork='gogle'\nrole='nativ'\n");
        assert!(all[0].contains("3:9: error: unknown network `gogle`"), "{all:?}");
        assert!(all[1].contains("did you mean `native`?"), "{all:?}");
    }

    #[test]
    fn a_known_id_replaces_and_says_so() {
        let first = with(&format!("{HEAD}[r]\nscript='f.aaaaaa($X)'\n")).unwrap();
        let set = first
            .with_texts(&[("two.toml".into(), "[r]\nscript='f.bbbbbb($X)'\n".into())], Registry::built_in())
            .unwrap();
        assert_eq!(set.rules().len(), 1);
        assert_eq!(set.rules()[0].scripts[0].called_name(), Some("bbbbbb"));
        assert!(set.notes().iter().any(|note| note.message.contains("takes the place of the one in own.toml")));
    }

    #[test]
    fn two_rules_of_one_id_are_a_mistake() {
        let one = ("a.toml".to_owned(), "[r]\nscript='f.aaaaaa($X)'\n".to_owned());
        let two = ("b.toml".to_owned(), one.1.clone());
        let error = RuleSet::default().with_texts(&[one, two], Registry::built_in()).unwrap_err();
        assert!(error.to_string().contains("b.toml:1:2: error: rule `r` stands in a.toml too"), "{error}");
    }

    #[test]
    fn the_built_in_rules_are_sound() {
        let set = RuleSet::built_in_checked().unwrap_or_else(|error| panic!("{error}"));
        assert!(set.notes().is_empty(), "{:#?}", set.notes());
        let built_in = RuleSet::built_in();
        assert_eq!((set.rules().len(), set.products().len()), (built_in.rules().len(), built_in.products().len()));
        for (whole, blanked) in set.rules().iter().zip(built_in.rules()) {
            assert_eq!((&whole.id, whole.span, whole.outline()), (&blanked.id, blanked.span, blanked.outline()));
            assert!(!whole.examples.is_empty() && blanked.examples.is_empty(), "{}", whole.id);
        }
    }
}
