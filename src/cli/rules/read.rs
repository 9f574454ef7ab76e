//! Reads the built-in rules with the user's own.

use super::super::{Outcome, message};
use super::frame::{Frames, tell};
use adsieve::{Registry, RuleError, RuleSet, Severity, read_rules};
use std::error::Error as _;
use std::path::PathBuf;

/// The rules, or everything that is wrong with them on stderr. What was replaced is said there too.
pub(in crate::cli) fn read_onto(
    built_in: RuleSet,
    paths: &[PathBuf],
    is_quiet: bool,
) -> Result<(RuleSet, &'static Registry), Outcome> {
    match read_rules(built_in, paths) {
        Ok((rules, registry)) => {
            // Missing examples are the business of `rules check`.
            let notes = rules.notes().iter().filter(|note| note.severity == Severity::Info);
            if !is_quiet {
                notes.for_each(|note| tell(note, Frames::Without));
            }
            Ok((rules, registry))
        }
        Err(error) => {
            tell_error(&error);
            Err(Outcome::Usage)
        }
    }
}

/// The rules with their examples.
pub(super) fn read(paths: &[PathBuf]) -> Result<(RuleSet, &'static Registry), Outcome> {
    read_onto(RuleSet::built_in_with_examples(), paths, false)
}

/// Says why rules cannot be used.
pub(in crate::cli) fn tell_error(error: &RuleError) {
    match error {
        RuleError::Mistakes(all) => {
            all.iter().filter(|mistake| mistake.severity == Severity::Error).for_each(|one| tell(one, Frames::With));
        }
        RuleError::Read { path, source } => message::error(&message::plain_words(source), path),
        other => message::error(&other.to_string(), &other.source().map(ToString::to_string).unwrap_or_default()),
    }
}
