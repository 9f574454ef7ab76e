//! `--include` and `--exclude`: which files of a folder are wanted.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::Path;

/// The wishes of the command line.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Selection {
    /// Compiles the globs; says which one is wrong.
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Self, String> {
        let include = if include.is_empty() { None } else { Some(compile(include)?) };
        Ok(Self { include, exclude: compile(exclude)? })
    }

    /// Is the path, or a folder, left out?
    pub(super) fn is_excluded(&self, path: &Path) -> bool {
        self.exclude.is_match(path)
    }

    /// Is the file asked for by a glob? `None` where none was given: then its name or content decides.
    pub(super) fn is_included(&self, path: &Path) -> Option<bool> {
        self.include.as_ref().map(|include| include.is_match(path))
    }
}

fn compile(globs: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        // As in .gitignore: without a slash it means a name at any depth.
        let anywhere =
            if glob.contains('/') { format!("**/{}", glob.trim_start_matches('/')) } else { format!("**/{glob}") };
        let compiled = GlobBuilder::new(&anywhere).literal_separator(true).build();
        set.add(compiled.map_err(|error| format!("`{glob}`: {}", error.kind()))?);
    }
    set.build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_without_a_slash_means_a_name() {
        let globs = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let selection = Selection::new(&globs(&["*.txt", "news/*.html"]), &globs(&["draft*"])).unwrap();
        let included = |path: &str| selection.is_included(Path::new(path)).unwrap();
        assert!(included("/a/b/c.txt") && included("saved/news/x.html"));
        assert!(!included("saved/news/old/x.html") && !included("a.html"));
        assert!(selection.is_excluded(Path::new("saved/draft-1")) && !selection.is_excluded(Path::new("draft/x")));
        assert!(Selection::new(&globs(&["[a"]), &[]).is_err());
    }
}
