//! What an engine is made of.

use adsieve::{Engine, FilterList, FilterLists, Policy, Registry, RuleSet, Trust, read_rules};
use pyo3::create_exception;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

create_exception!(
    adsieve,
    RuleError,
    PyValueError,
    "Rule or policy files have mistakes; the message tells all of them."
);

/// Files to make an engine of.
pub(crate) struct Settings {
    pub(crate) rules: Vec<PathBuf>,
    pub(crate) filter_lists: Vec<PathBuf>,
    pub(crate) trusted_lists: Vec<PathBuf>,
    pub(crate) policy: Vec<PathBuf>,
    pub(crate) cache: Option<PathBuf>,
}

impl Settings {
    /// Reads the files and compiles them.
    pub(crate) fn engine(&self) -> PyResult<(Engine, &'static Registry)> {
        let (rules, registry) = if self.rules.is_empty() {
            (RuleSet::built_in(), Registry::built_in())
        } else {
            read_rules(RuleSet::built_in(), &self.rules).map_err(|error| rule_error(&error))?
        };
        let engine = Engine::with_registry(rules, registry).with_policy(self.policy()?);
        engine.set_lists(self.lists()?);
        Ok((engine, registry))
    }

    /// The policy files, and those that lie beside the rules.
    fn policy(&self) -> PyResult<Policy> {
        let beside = self.rules.iter().map(|folder| folder.join("policy.toml")).filter(|file| file.is_file());
        let mut policy = Policy::built_in();
        for file in beside.chain(self.policy.iter().cloned()) {
            let text = std::fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
            policy = policy.with_text(&file.display().to_string(), &text).map_err(|error| rule_error(&error))?;
        }
        Ok(policy)
    }

    fn lists(&self) -> PyResult<Option<Arc<FilterLists>>> {
        let plain = self.filter_lists.iter().map(|path| (path, Trust::Plain));
        let all = plain.chain(self.trusted_lists.iter().map(|path| (path, Trust::Trusted)));
        let mut lists = Vec::new();
        for (path, trust) in all {
            lists.push(FilterList::read(path).map_err(|error| cannot_read(path, &error))?.with_trust(trust));
        }
        if lists.is_empty() {
            return Ok(None);
        }
        let compiled = match &self.cache {
            Some(folder) => FilterLists::cached(&lists, folder),
            None => FilterLists::new(&lists),
        };
        Ok(Some(Arc::new(compiled)))
    }
}

fn rule_error(error: &adsieve::RuleError) -> PyErr {
    let message = match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    RuleError::new_err(message)
}

/// An `OSError` of the right kind (`FileNotFoundError`, …), with the path.
pub(crate) fn cannot_read(path: &Path, error: &std::io::Error) -> PyErr {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default().to_owned();
    match error.raw_os_error() {
        Some(number) => PyOSError::new_err((number, text, path.to_string_lossy().into_owned())),
        None => PyOSError::new_err(format!("{}: {text}", path.display())),
    }
}
