//! Lists the rule files for `rule::set`, so that a new file under `rules/` needs no line of code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Writes `rule_files.rs`: a static list of all rule files.
pub fn generate() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let list = embed("RULE_FILES", "Every rule file: its path, and its text.", &rule_files(&root), &root);
    fs::write(out.join("rule_files.rs"), list).expect("OUT_DIR can be written");
}

/// `rules/<role>/*.toml`, sorted by path.
fn rule_files(root: &Path) -> Vec<PathBuf> {
    let folders = toml_or_folder(&root.join("rules")).into_iter().filter(|path| path.is_dir());
    // The registry's files are no rules.
    let roles = folders.filter(|path| path.file_name().is_some_and(|name| name != "bidders" && name != "networks"));
    let mut files: Vec<PathBuf> =
        roles.flat_map(|folder| toml_or_folder(&folder)).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn toml_or_folder(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "toml")).collect()
}

/// A static list of paths (from the root on, with `/`) and texts.
fn embed(name: &str, about: &str, files: &[PathBuf], root: &Path) -> String {
    let mut list = format!("/// {about}\npub static {name}: &[(&str, &str)] = &[\n");
    for file in files {
        let relative = file.strip_prefix(root).expect("files lie below the root").to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({relative:?}, include_str!({:?})),", file.to_string_lossy()).expect("writing to a string");
    }
    list + "];\n"
}
