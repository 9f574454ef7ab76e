//! `adsieve icap`: the filter beside a proxy that is already there.
//!
//! In: arguments. Out: a server, until it is told to end. Its log goes to stderr.

use super::Outcome;
use super::filter_args::FilterArguments;
use super::message::{self, plain_words};
use super::serve_args::{self, LogArguments, MetricsAddress};
use crate::serve::icap::{IcapOptions, Shared, limits, serve};
use crate::serve::proxy::{Access, Block};
use crate::serve::{Filter, Metrics, Workers, inspect, reload_on_signal};
use clap::Args;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

const EXAMPLES: &str = "\
Services:
  icap://127.0.0.1:1344/reqmod   judges requests (REQMOD)
  icap://127.0.0.1:1344/respmod  rewrites pages (RESPMOD)

Examples:
  adsieve icap
      For a proxy on this machine
  adsieve icap --list easylist.txt --cache /var/cache/adsieve
      By filter lists too
  adsieve icap --listen 10.0.0.5:1344 --allow-net 10.0.0.7
      For a proxy on another machine

Signals:
  SIGHUP           reads rules, policies and lists again; connections go on
  SIGINT, SIGTERM  finish what is under way and end

Exit codes:
  0  ended in order
  2  the command line is wrong
  3  the server could not be started";

/// Filters beside an existing proxy, by ICAP
///
/// An ICAP/1.0 server (RFC 3507) for squid and other proxies: requests for ads are
/// answered with stand-ins, pages lose their ads while they stream. What cannot be
/// read or judged passes as it is. See docs/embedding.md for recipes.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct IcapArguments {
    /// Listen there
    ///
    /// Where that is not this machine alone, `--allow-net` must say who may ask.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:1344")]
    listen: SocketAddr,

    /// Answer proxies of NET too, as `10.0.0.7` or `10.0.0.0/24`; may be given more than once
    #[arg(long, value_name = "NET")]
    allow_net: Vec<Block>,

    /// Connections at a time
    #[arg(long, value_name = "N", default_value_t = limits::CONNECTIONS as u32, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_connections: u32,

    /// Ask for previews of that many bytes
    ///
    /// None are needed: heads tell what is a page. More would make streams of small
    /// pieces, as of events, wait.
    #[arg(long, value_name = "BYTES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=limits::PREVIEW as i64))]
    preview: u32,

    /// Wait that long for the next piece of a body
    #[arg(long, value_name = "SECONDS", default_value_t = limits::BODY_IDLE.as_secs(), value_parser = clap::value_parser!(u64).range(1..=86_400))]
    body_timeout: u64,

    /// Answer a page that cannot be filtered with an error, in place of passing it as it is
    #[arg(long)]
    fail_closed: bool,

    /// Refuse CONNECT to ad hosts, for a proxy that does not open TLS
    ///
    /// Where it does, leave this out: what is asked for inside is judged, and answered
    /// with stand-ins.
    #[arg(long)]
    block_tunnels: bool,

    /// Show metrics on ADDRESS of this machine, as `127.0.0.1:8082`, or `none`
    #[arg(long, value_name = "ADDRESS", default_value = "none")]
    metrics: MetricsAddress,

    #[command(flatten)]
    log: LogArguments,

    #[command(flatten)]
    filter: FilterArguments,
}

/// Serves until it is told to end.
pub(super) fn icap(arguments: IcapArguments) -> Outcome {
    if !arguments.listen.ip().is_loopback() && arguments.allow_net.is_empty() {
        message::error("others could ask, and none may: name the proxies with `--allow-net`", "--listen");
        return Outcome::Usage;
    }
    let (log, options) = (arguments.log.options(), options(&arguments));
    log.start();
    let IcapArguments { listen, allow_net, metrics, filter, .. } = arguments;
    let Ok(filter) = Filter::new(serve_args::loader(filter)) else { return Outcome::Usage };
    let started = Workers::new().map_err(|error| error.to_string()).and_then(|workers| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        Ok((workers, runtime.map_err(|error| plain_words(&error))?))
    });
    let (workers, runtime) = match started {
        Ok(started) => started,
        Err(error) => {
            message::error(&error, "threads");
            return Outcome::Incomplete;
        }
    };
    let (end, is_ending) = watch::channel(false);
    let shared =
        Shared { filter: Arc::new(filter), workers, metrics: Arc::new(Metrics::default()), log, options, is_ending };
    let outcome = runtime.block_on(run(listen, metrics.0, Access::new(allow_net, &[]), Arc::new(shared), end));
    runtime.shutdown_background();
    outcome
}

fn options(arguments: &IcapArguments) -> IcapOptions {
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    IcapOptions {
        connections: count(arguments.max_connections),
        preview: count(arguments.preview),
        is_closed: arguments.fail_closed,
        blocks_tunnels: arguments.block_tunnels,
        body_idle: Duration::from_secs(arguments.body_timeout),
    }
}

async fn run(
    listen: SocketAddr,
    metrics: Option<SocketAddr>,
    access: Access,
    shared: Arc<Shared>,
    end: watch::Sender<bool>,
) -> Outcome {
    let (listener, address) = match bind(listen).await {
        Ok(bound) => bound,
        Err(outcome) => return outcome,
    };
    let shows = match metrics {
        None => None,
        Some(metrics) => match bind(metrics).await {
            Ok((port, shows)) => {
                let counts = shared.metrics.clone();
                let answer = move |_, request: &_| inspect::counts_only(&counts, request);
                tokio::spawn(inspect::listen(port, shared.is_ending.clone(), answer));
                Some(shows)
            }
            Err(outcome) => return outcome,
        },
    };
    let (mark, shows) = (shared.filter.current().mark.clone(), shows.map(tracing::field::display));
    tracing::info!(%address, shows, mark, "listening for ICAP");
    tokio::spawn(reload_on_signal(shared.filter.clone(), shared.metrics.clone()));
    tokio::spawn(serve_args::end_on_signal(end));
    serve(listener, shared, move |client| access.may_connect(client)).await;
    Outcome::Done
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Outcome> {
    let bound = TcpListener::bind(address).await.and_then(|listener| {
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    });
    bound.map_err(|error| {
        message::error(&plain_words(&error), &address.to_string());
        Outcome::Incomplete
    })
}
