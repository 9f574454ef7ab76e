//! Lists the rule files for `rule::set`, so that a new file under `rules/` needs no line of code.
//!
//! Each file is embedded twice: whole, and with its examples blanked out, which halves what a start of the program
//! has to read. Blanks keep every other byte in its place.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Writes `rule_files.rs`: static lists of all rule files.
pub fn generate() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let files = rule_files(&root);
    let mut lists = embed("RULE_FILES", "Every rule file: its path, and its text.", &files, &root);
    let blanked: Vec<PathBuf> = files.iter().enumerate().map(|(at, file)| blanked_copy(file, at, &out)).collect();
    lists += &names("BLANKED_RULE_FILES", "The same files without their examples.", &files, &blanked, &root);
    fs::write(out.join("rule_files.rs"), lists).expect("OUT_DIR can be written");
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

/// Writes a copy of the file without its examples; its path.
fn blanked_copy(file: &Path, number: usize, out: &Path) -> PathBuf {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let copy = out.join(format!("rule-{number}.toml"));
    fs::write(&copy, without_examples(&text)).expect("OUT_DIR can be written");
    copy
}

/// The text with blanks for all tables `[[rule.example]]` and `[[rule.counterexample]]`.
fn without_examples(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut is_example, mut quotes) = (false, None);
    for line in text.split_inclusive('\n') {
        if quotes.is_none() && line.starts_with('[') {
            let header = line.split(']').next().unwrap_or_default();
            is_example =
                header.starts_with("[[") && (header.ends_with(".example") || header.ends_with(".counterexample"));
        }
        quotes = open_quotes(line, quotes);
        if is_example {
            kept.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            kept += line;
        }
    }
    kept
}

/// The quotes of a string over several lines that is still open at the end of the line.
fn open_quotes(line: &str, open: Option<&'static str>) -> Option<&'static str> {
    let (mut rest, mut open) = (line, open);
    loop {
        let next = match open {
            Some(quotes) => rest.find(quotes).map(|at| (at, None)),
            None => ["'''", "\"\"\""].iter().filter_map(|quotes| Some((rest.find(quotes)?, Some(*quotes)))).min(),
        };
        let Some((at, state)) = next else { return open };
        (rest, open) = (&rest[at + 3..], state);
    }
}

/// A static list of paths (from the root on, with `/`) and texts.
fn embed(name: &str, about: &str, files: &[PathBuf], root: &Path) -> String {
    names(name, about, files, files, root)
}

/// The same, with the texts of other files under the names of these.
fn names(name: &str, about: &str, files: &[PathBuf], texts: &[PathBuf], root: &Path) -> String {
    let mut list = format!("/// {about}\npub static {name}: &[(&str, &str)] = &[\n");
    for (file, text) in files.iter().zip(texts) {
        let relative = file.strip_prefix(root).expect("files lie below the root").to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({relative:?}, include_str!({:?})),", text.to_string_lossy()).expect("writing to a string");
    }
    list + "];\n"
}
