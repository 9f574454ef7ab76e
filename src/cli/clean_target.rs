//! Where cleaned texts go: standard output, a file, a folder, or the place where they came from.
//!
//! A file that is cleaned in its place is replaced at once, never half written, and a copy of what it was stays
//! beside it. No copy and no other result is ever written over.

use super::args::CleanArguments;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// One of the places.
pub(super) enum Target {
    /// Nowhere: it is only asked whether anything would be cut.
    Nowhere,
    /// One behind the other.
    Stream(Box<dyn Write>),
    /// Each under its own name below a folder.
    Folder(PathBuf, HashSet<PathBuf>),
    /// Where it came from; copies end in this.
    InPlace(String),
}

/// A text that was cleaned.
pub(super) struct Written<'t> {
    /// Where it came from; `-` for standard input.
    pub(super) path: &'t Path,
    /// Its path below the folder that was named, or its name.
    pub(super) below: &'t Path,
    pub(super) before: &'t [u8],
    pub(super) after: &'t [u8],
}

impl Target {
    /// The one that the arguments ask for; or what is wrong with them.
    pub(super) fn new(arguments: &CleanArguments) -> Result<Self, TargetError> {
        let has_folder = arguments.paths.iter().any(|path| path.is_dir());
        if arguments.check {
            return Ok(Self::Nowhere);
        }
        if let Some(suffix) = &arguments.in_place {
            return Ok(Self::InPlace(suffix.clone()));
        }
        let Some(output) = &arguments.output else {
            let usage = TargetError::Usage("a folder needs `-o DIR`, `--in-place` or `--check`");
            return if has_folder { Err(usage) } else { Ok(Self::Stream(Box::new(io::stdout().lock()))) };
        };
        let is_folder = has_folder || output.is_dir() || ends_with_slash(output);
        if is_folder {
            return Ok(Self::Folder(output.clone(), HashSet::new()));
        }
        if arguments.paths.iter().any(|path| is_same_file(path, output)) {
            return Err(TargetError::Usage("`-o` names a file that is to be cleaned; `--in-place` does that"));
        }
        let file = File::create(output).map_err(TargetError::Io)?;
        Ok(Self::Stream(Box::new(BufWriter::new(file))))
    }

    /// Is the file one of the results?
    pub(super) fn is_result(&self, path: &Path) -> bool {
        matches!(self, Self::Folder(folder, _) if path.starts_with(folder))
    }

    /// Writes a text to its place.
    pub(super) fn put(&mut self, written: &Written<'_>) -> io::Result<()> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Stream(stream) => stream.write_all(written.after),
            Self::Folder(folder, known) => put_below(folder, known, written),
            Self::InPlace(_) if written.path == Path::new("-") => io::stdout().write_all(written.after),
            Self::InPlace(_) if written.before == written.after => Ok(()),
            Self::InPlace(suffix) => {
                fs::copy(written.path, free_name(written.path, suffix))?;
                replace(written.path, written.after)
            }
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(stream) => stream.flush(),
            Self::Nowhere | Self::Folder(..) | Self::InPlace(_) => io::stdout().flush(),
        }
    }
}

/// Why there is no target.
pub(super) enum TargetError {
    /// The arguments contradict each other.
    Usage(&'static str),
    /// The output cannot be written.
    Io(io::Error),
}

fn ends_with_slash(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR])
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
}

fn put_below(folder: &Path, known: &mut HashSet<PathBuf>, written: &Written<'_>) -> io::Result<()> {
    let name = if written.path == Path::new("-") { Path::new("stdin.txt") } else { written.below };
    let target = folder.join(name);
    if !known.insert(target.clone()) {
        let why = format!("another input was written to {}; clean them one by one", target.display());
        return Err(io::Error::other(why));
    }
    if is_same_file(&target, written.path) {
        return Err(io::Error::other("the result would take its place; `--in-place` does that and keeps a copy"));
    }
    target.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(target, written.after)
}

/// The name of a copy that is not taken: `a.txt.orig`, `a.txt.orig.2`, …
fn free_name(path: &Path, suffix: &str) -> PathBuf {
    let name = |number: u32| {
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(suffix);
        if number > 1 {
            name.push(format!(".{number}"));
        }
        PathBuf::from(name)
    };
    (1..).map(name).find(|name| !name.exists()).expect("no folder holds four billion copies")
}

/// Puts a file in the place of another: whoever reads it sees the whole of one of them.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let path = &fs::canonicalize(path)?;
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::write(&part, bytes)
        .and_then(|()| fs::set_permissions(&part, fs::metadata(path)?.permissions()))
        .and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}
