//! The house table: who may import whom. Imports go one way, and in no circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module of the library and the modules that it may import beside `base`.
const HOUSE: [(&str, &[&str]); 14] = [
    ("base", &[]),
    ("input", &[]),
    ("script", &[]),
    ("network", &[]),
    ("page", &["input"]),
    ("clean", &["script"]),
    ("sellers", &["network"]),
    ("evaluate", &["script"]),
    ("pattern", &["evaluate", "script"]),
    // The constraints of a rule judge values.
    ("rule", &["pattern", "network", "evaluate"]),
    ("detect", &["rule", "pattern", "network", "evaluate", "page"]),
    // Policy files are read as rule files are; URLs meet the rules' patterns; verdicts on scripts read their trees.
    ("block", &["detect", "page", "network", "rule", "script", "evaluate", "pattern"]),
    ("engine", &["input", "script", "network", "page", "evaluate", "pattern", "rule", "detect", "block", "clean"]),
    // Roll-ups ask which site and network a list of sellers speaks for; `explain` walks values and how they came to be.
    ("report", &["engine", "block", "detect", "network", "sellers", "evaluate"]),
];

/// Folders whose files still import in a circle. None may join them; one that is mended goes.
const CIRCLES_LEFT: [&str; 2] = ["detect", "evaluate"];

/// Stand above the library and see only its public API.
const ABOVE: [&str; 3] = ["cli", "serve", "main"];

#[test]
fn imports_follow_the_house_table() {
    let mut wrong = Vec::new();
    for file in sources() {
        let module = module_of(&file);
        let allowed = HOUSE.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        for import in imports(&file) {
            let first = import.split("::").next().unwrap_or_default().to_owned();
            let is_allowed = match allowed {
                Some(allowed) => first == module || first == "base" || allowed.contains(&&*first),
                // The binary has its own root: `crate::` is the program there.
                None => module == "lib" || ABOVE.contains(&&*module) && ABOVE.contains(&&*first),
            };
            if !is_allowed {
                wrong.push(format!("{}: {module} must not import crate::{import}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_its_row() {
    let rows: BTreeSet<&str> = HOUSE.iter().map(|(name, _)| *name).chain(ABOVE).chain(["lib"]).collect();
    let unknown: BTreeSet<String> =
        sources().iter().map(|file| module_of(file)).filter(|module| !rows.contains(&**module)).collect();
    assert!(unknown.is_empty(), "not in the house table: {unknown:?}");
}

#[test]
fn files_of_a_folder_import_in_no_circle() {
    let mut folders: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for file in sources() {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = file.parent().unwrap().to_string_lossy().into_owned();
        if name != "mod" && !folder.ends_with("src") {
            let module = module_of(&file);
            folders.entry(folder).or_default().insert(name, siblings(&file, &module));
        }
    }
    let mut wrong = Vec::new();
    for (folder, files) in folders {
        let is_left = CIRCLES_LEFT.iter().any(|left| folder.ends_with(left));
        match circle(&files) {
            Some(circle) if !is_left => wrong.push(format!("{folder}: {}", circle.join(" → "))),
            None if is_left => wrong.push(format!("{folder}: has no circle now, so CIRCLES_LEFT can lose it")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every source file, by its path; without those that only tests are built from: they may stage what they like.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.retain(|file| !is_for_tests(file));
    found.sort();
    found
}

/// Does the folder's `mod.rs` declare the file below `#[cfg(test)]`?
fn is_for_tests(file: &Path) -> bool {
    let Ok(contents) = fs::read_to_string(file.with_file_name("mod.rs")) else { return false };
    let name = file.file_stem().unwrap().to_string_lossy();
    let declared = |visibility: &str| contents.contains(&format!("#[cfg(test)]\n{visibility}mod {name};"));
    ["", "pub ", "pub(crate) ", "pub(super) "].into_iter().any(declared)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// `src/report/table.rs` → `report`, `src/engine.rs` → `engine`.
fn module_of(file: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let first = file.strip_prefix(&root).unwrap().components().next().unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
}

/// The file's code before its unit tests: those may stage what they like.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    before_tests.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// What the file names after `crate::`, in `use` lines or in place.
fn imports(file: &Path) -> Vec<String> {
    after(&code(file), "crate::")
}

/// The files of the same folder that this one imports.
fn siblings(file: &Path, module: &str) -> BTreeSet<String> {
    let text = code(file);
    let own = format!("crate::{module}::");
    let named = after(&text, "super::").into_iter().chain(after(&text, &own));
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    named.filter(|sibling| *sibling != name && file.with_file_name(sibling).with_extension("rs").exists()).collect()
}

/// The names that follow `prefix` in the text; of `prefix{a::…, b}` each.
fn after(text: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(first_names(list)),
            None => names.push(identifier(rest)),
        }
    }
    names
}

/// The first name of each entry of a use list, whatever is nested in it.
fn first_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut is_start) = (0, true);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_start = true,
            _ if is_start && !character.is_whitespace() => {
                names.push(identifier(&list[at..]));
                is_start = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

/// A circle in the graph, if there is one.
fn circle(files: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        file: &str,
        files: &BTreeMap<String, BTreeSet<String>>,
        path: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> bool {
        if path.iter().any(|known| known == file) {
            path.push(file.to_owned());
            return true;
        }
        if done.contains(file) {
            return false;
        }
        path.push(file.to_owned());
        let is_circle = files.get(file).into_iter().flatten().any(|next| visit(next, files, path, done));
        if !is_circle {
            path.pop();
            done.insert(file.to_owned());
        }
        is_circle
    }
    let (mut path, mut done) = (Vec::new(), BTreeSet::new());
    files.keys().any(|file| visit(file, files, &mut path, &mut done)).then_some(path)
}

#[test]
fn the_reader_of_imports_sees_nested_lists() {
    let text = "use crate::{base::{Span, Place}, page, engine::Scan};\nuse crate::detect::Finding;";
    assert_eq!(after(text, "crate::"), ["base", "page", "engine", "detect"]);
}
