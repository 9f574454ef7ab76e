//! `adsieve completions` and `adsieve man`: what shells and manuals need, from the definition of the arguments.

use super::Outcome;
use super::args::{Arguments, CompletionsArguments, ManArguments};
use super::message::{self, plain_words};
use super::print::print;
use clap::CommandFactory;
use std::io;
use std::path::Path;

/// Prints the completions of a shell.
pub(super) fn completions(arguments: &CompletionsArguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "adsieve", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Prints one manual page, or writes all of them.
pub(super) fn man(arguments: &ManArguments) -> Outcome {
    let mut command = Arguments::command();
    command.build();
    if let Some(folder) = &arguments.output {
        return write_all(command, folder);
    }
    match &arguments.command {
        None => page(command),
        Some(name) => match command.find_subcommand(name) {
            Some(found) => page(found.clone()),
            None => {
                message::error(&format!("no subcommand `{name}`"), "`adsieve --help` lists them");
                Outcome::Usage
            }
        },
    }
}

fn page(command: clap::Command) -> Outcome {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command).render(&mut page);
    rendered.expect("a Vec takes every write");
    print(&String::from_utf8_lossy(&page))
}

fn write_all(command: clap::Command, folder: &Path) -> Outcome {
    let written: io::Result<()> =
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    match written {
        Ok(()) => Outcome::Done,
        Err(error) => {
            message::error(&plain_words(&error), &folder.to_string_lossy());
            Outcome::Incomplete
        }
    }
}
