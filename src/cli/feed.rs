//! Feeds the run: finds the files, opens containers, and hands on one document after the other.
//!
//! A thread of its own reads ahead by a few documents and then waits, so that memory stays bounded and
//! decompression goes on beside the scanning. A plain file is handed on by its path: who scans it reads it.

use super::contain::contain;
use super::interrupt;
use super::message::plain_words;
use super::progress::Counter;
use super::resume::State;
use super::walk::{Input, Unreachable};
use adsieve::{
    Diagnostic, ReadOptions, SavedDocument, is_container, read_documents, read_seekable_documents, seller_list_kind,
};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Documents that are read ahead.
const READ_AHEAD: usize = 4;

/// Bytes that tell a container.
const HEAD_BYTES: u64 = 4 << 10;

/// How often a slow input is left to look whether the run was asked to end.
const PATIENCE: Duration = Duration::from_millis(100);

/// One document of the run.
pub(super) struct Job {
    /// Its number in the input.
    pub(super) number: u64,
    pub(super) path: String,
    pub(super) what: What,
}

pub(super) enum What {
    /// A plain file, still to be read.
    File(PathBuf),
    /// A document out of a container or a stream.
    Document(Box<SavedDocument>),
    /// Nothing could be read; why.
    Nothing(String),
}

/// What the feeding thread needs.
pub(super) struct Feed {
    pub(super) options: ReadOptions,
    pub(super) limit: Option<u64>,
    pub(super) done: State,
    pub(super) counter: Counter,
}

/// Documents as they come; the end also when the run was asked to end.
pub(super) struct Jobs(Receiver<Job>);

impl Iterator for Jobs {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        while !interrupt::is_asked() {
            match self.0.recv_timeout(PATIENCE) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }
}

impl Feed {
    /// All documents of the input, uncounted.
    pub(super) fn of_all(options: ReadOptions) -> Self {
        Self { options, limit: None, done: State::default(), counter: Counter::default() }
    }

    /// Begins to feed.
    pub(super) fn begin(self, inputs: impl Iterator<Item = Result<Input, Unreachable>> + Send + 'static) -> Jobs {
        let (sender, receiver) = sync_channel(READ_AHEAD);
        // It is not waited for: it may stand in a read that never ends.
        std::thread::spawn(move || {
            let mut feeding = Feeding { feed: self, sender, number: 0, given: 0 };
            for input in inputs {
                if feeding.input(input).is_break() {
                    return;
                }
            }
        });
        Jobs(receiver)
    }
}

/// The feeding thread at work.
struct Feeding {
    feed: Feed,
    sender: SyncSender<Job>,
    number: u64,
    given: u64,
}

impl Feeding {
    fn input(&mut self, input: Result<Input, Unreachable>) -> ControlFlow<()> {
        match input {
            Ok(Input::File(path)) => self.file(&path),
            Ok(Input::Stdin) => {
                let reader = self.feed.counter.counting(io::stdin().lock());
                let options = self.feed.options.clone();
                self.contained("-", |feeding| {
                    read_documents(reader, "-", &options, &mut |item| feeding.item("-", item))
                })
            }
            Err(Unreachable { path, error }) => self.give(&path.to_string_lossy(), What::Nothing(plain_words(&error))),
        }
    }

    fn file(&mut self, path: &Path) -> ControlFlow<()> {
        let name = path.to_string_lossy().into_owned();
        if seller_list_kind(&name).is_some() {
            return self.give(&name, What::File(path.to_owned()));
        }
        match open(path, &self.feed.options) {
            Err(error) => self.give(&name, What::Nothing(plain_words(&error))),
            Ok(None) => {
                self.feed.counter.add(fs::metadata(path).map_or(0, |metadata| metadata.len()));
                self.give(&name, What::File(path.to_owned()))
            }
            Ok(Some(file)) => {
                let reader = self.feed.counter.counting(file);
                let options = self.feed.options.clone();
                self.contained(&name, |feeding| {
                    read_seekable_documents(reader, &name, &options, &mut |item| feeding.item(&name, item))
                })
            }
        }
    }

    /// A fault of a container's reader costs what follows in that container.
    fn contained(&mut self, name: &str, read: impl FnOnce(&mut Self) -> ControlFlow<()>) -> ControlFlow<()> {
        contain(|| read(self)).unwrap_or_else(|fault| {
            self.give(name, What::Nothing(format!("internal error, please report it: {fault}")))
        })
    }

    fn item(&mut self, path: &str, item: Result<SavedDocument, Diagnostic>) -> ControlFlow<()> {
        match item {
            Ok(document) => self.give(path, What::Document(Box::new(document))),
            Err(fault) => self.give(path, What::Nothing(fault.message)),
        }
    }

    /// Hands a document on, unless an earlier run has done it.
    fn give(&mut self, path: &str, what: What) -> ControlFlow<()> {
        let number = self.number;
        self.number += 1;
        if self.feed.done.contradicts(number, path) {
            let why = "it is not what stood there when the state was written; nothing was read".to_owned();
            let _ = self.sender.send(Job { number, path: path.to_owned(), what: What::Nothing(why) });
            return ControlFlow::Break(());
        }
        if self.feed.done.is_done(number) {
            return ControlFlow::Continue(());
        }
        if self.feed.limit == Some(self.given) {
            return ControlFlow::Break(());
        }
        self.given += u64::from(!matches!(what, What::Nothing(_)));
        // Who takes no more has ended the run.
        let sent = self.sender.send(Job { number, path: path.to_owned(), what });
        if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// The file, if it is to be read as a stream: a container, or too large to be taken whole.
fn open(path: &Path, options: &ReadOptions) -> io::Result<Option<File>> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        // A pipe cannot be looked at twice; a folder says so when it is read.
        return if metadata.is_dir() { Ok(None) } else { Ok(Some(file)) };
    }
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    let is_stream =
        is_container(&head, &path.to_string_lossy(), options) || metadata.len() > options.document_bytes as u64;
    file.seek(SeekFrom::Start(0))?;
    Ok(is_stream.then_some(file))
}
