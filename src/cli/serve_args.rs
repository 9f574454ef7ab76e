//! What the servers have in common on the command line: the log, rules that can be reloaded, signals.

use super::filter_args::FilterArguments;
use crate::serve::{Loaded, LogOptions};
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use tokio::sync::watch;
use tracing::Level;

/// How the log is written.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct LogArguments {
    /// Form of the log on stderr
    #[arg(long, value_enum, value_name = "FORM", default_value_t = LogForm::Text)]
    log: LogForm,

    /// The least important events that are told
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = LogLevel::Info)]
    log_level: LogLevel,

    /// Tell the query strings of URLs too: they may say who visits
    #[arg(long)]
    log_queries: bool,
}

/// The forms of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogForm {
    /// For people
    Text,
    /// One object a line
    Json,
}

/// The importance of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogLevel {
    /// What keeps the server from its work
    Error,
    /// What went less than well
    Warn,
    /// What was blocked and changed
    Info,
    /// More than most want to know
    Debug,
}

impl LogArguments {
    /// What the log is told.
    pub(super) fn options(self) -> LogOptions {
        let level = match self.log_level {
            LogLevel::Error => Level::ERROR,
            LogLevel::Warn => Level::WARN,
            LogLevel::Info => Level::INFO,
            LogLevel::Debug => Level::DEBUG,
        };
        LogOptions { is_json: self.log == LogForm::Json, level, keeps_queries: self.log_queries }
    }
}

/// Where counts are shown: an address of this machine, or nowhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct MetricsAddress(pub(super) Option<SocketAddr>);

impl FromStr for MetricsAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let address: SocketAddr =
            text.parse().map_err(|_| "no address with a port, as `127.0.0.1:8081`, nor `none`".to_owned())?;
        if address.ip().is_loopback() {
            Ok(Self(Some(address)))
        } else {
            Err("they tell who visits what, so they are shown on this machine only: `127.0.0.1:PORT`".into())
        }
    }
}

/// Reads rules, policies and lists, now and on each reload. What is wrong with them is said on stderr.
pub(super) fn loader(filter: FilterArguments) -> impl Fn() -> Result<Loaded, String> + Send + Sync + 'static {
    move || {
        let engine =
            filter.engine(false).map_err(|_| "rules, policies or lists cannot be used; see above".to_owned())?;
        let mark = filter.fingerprint(&engine);
        Ok(Loaded { engine: Arc::new(engine), mark })
    }
}

/// Tells the server to end on the first signal that asks for it, and ends the process on the second.
pub(super) async fn end_on_signal(end: watch::Sender<bool>) {
    if !asked_to_end().await {
        return std::future::pending().await;
    }
    tracing::info!("ending: what is under way is finished");
    // Where nobody listens any more, the server has ended.
    let _ = end.send(true);
    asked_to_end().await;
    std::process::exit(130);
}

/// Waits for SIGINT or SIGTERM; false where nobody can wait for them.
#[cfg(unix)]
async fn asked_to_end() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return false;
    };
    tokio::select! {
        _ = interrupt.recv() => true,
        _ = terminate.recv() => true,
    }
}

/// Waits for Ctrl-C; false where nobody can wait for it.
#[cfg(not(unix))]
async fn asked_to_end() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}
