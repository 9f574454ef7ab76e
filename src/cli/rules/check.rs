//! `adsieve rules check`: every mistake at once.

use super::super::{Outcome, message};
use super::args::{CheckArguments, CheckFormat};
use super::frame::{Frames, rendered};
use super::print;
use super::read::tell_error;
use adsieve::{Engine, Mistake, Registry, RuleError, RuleSet, Severity, read_rules};

/// Checks the files; examples are run where everything else is sound.
pub(super) fn check(arguments: &CheckArguments) -> Outcome {
    let read = if arguments.paths.is_empty() {
        RuleSet::built_in_checked().map(|rules| (rules, Registry::built_in()))
    } else {
        read_rules(RuleSet::built_in_with_examples(), &arguments.paths)
    };
    let all = match read {
        Ok((rules, registry)) => with_examples(rules, registry),
        Err(RuleError::Mistakes(all)) => all,
        Err(other) => {
            tell_error(&other);
            return Outcome::Incomplete;
        }
    };
    let frames = if arguments.format == CheckFormat::Short { Frames::Without } else { Frames::With };
    let text: String = all.iter().map(|mistake| rendered(mistake, frames)).collect();
    let errors = all.iter().filter(|mistake| mistake.severity == Severity::Error).count();
    let warnings = all.iter().filter(|mistake| mistake.severity == Severity::Warning).count();
    if errors + warnings > 0 {
        message::warning(&format!("{errors} errors, {warnings} warnings"), "rule files");
    }
    match print(&text) {
        Outcome::Done if errors > 0 => Outcome::Holds,
        outcome => outcome,
    }
}

/// The notes of reading, and the examples that do not hold, by file and place.
fn with_examples(rules: RuleSet, registry: &'static Registry) -> Vec<Mistake> {
    let mut all = rules.notes().to_vec();
    all.extend(Engine::with_registry(rules, registry).check_examples());
    all.sort_by(|left, right| (&left.file, left.span).cmp(&(&right.file, right.span)));
    all
}
