//! `adsieve proxy`: the filter in front of a browser.

use super::Outcome;
use super::filter_args::FilterArguments;
use super::message::{self, plain_words};
use super::print;
use super::serve_args::{self, LogArguments, MetricsAddress};
use crate::serve::Filter;
use crate::serve::proxy::{
    self, Access, AddressGuard, Block, Ca, CaError, CaFolder, Detour, Passthrough, ProxyOptions, limits,
};
use clap::{Args, Subcommand, ValueHint};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

const EXAMPLES: &str = "\
Examples:
  adsieve proxy                                    listens on 127.0.0.1:8080; makes a certificate authority at the first start
  curl --proxy localhost:8080 --cacert \"$(adsieve proxy ca show --path)\" https://example.com/
  chromium --proxy-server=localhost:8080
  adsieve proxy --list easylist.txt                with a filter list; kill -HUP reads it again
  adsieve proxy --listen 192.168.1.2:8080 --allow-net 192.168.1.0/24

http://adsieve.local/ through the proxy shows the last pages and what was blocked.
docs/embedding.md tells how browsers come to trust the certificate.";

/// Filters what a browser loads
///
/// An HTTP proxy for this machine: ad requests are blocked or answered by inert
/// libraries, pages lose their ad code while they stream, all else passes as it is.
/// HTTPS is opened up with certificates of an authority that is made on this
/// machine, for those who trust it; `--no-intercept` passes it through unread.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct ProxyArguments {
    #[command(subcommand)]
    pub(super) command: Option<ProxyCommand>,

    #[command(flatten)]
    pub(super) run: RunArguments,
}

/// What stands beside running the proxy.
#[derive(Debug, Subcommand)]
pub(super) enum ProxyCommand {
    /// Makes, shows or removes the certificate authority
    #[command(subcommand)]
    Ca(CaCommand),
}

/// What can be done with the authority.
#[derive(Debug, Subcommand)]
pub(super) enum CaCommand {
    /// Makes an authority
    Init(CaArguments),
    /// Shows where it is, and its fingerprint
    Show(CaShowArguments),
    /// Prints its certificate, which browsers can trust; the key is never printed
    Export(CaArguments),
    /// Removes certificate and key; browsers must forget it by themselves
    Remove(CaArguments),
}

/// Which authority.
#[derive(Args, Clone, Debug)]
pub(super) struct CaArguments {
    /// Folder of the certificate authority [default: adsieve in the user's data folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) ca: Option<PathBuf>,
}

/// What to show of it.
#[derive(Args, Debug)]
pub(super) struct CaShowArguments {
    #[command(flatten)]
    pub(super) ca: CaArguments,

    /// Only the path of the certificate
    #[arg(long)]
    pub(super) path: bool,
}

/// How the proxy runs.
#[derive(Args, Debug)]
pub(super) struct RunArguments {
    /// Listen on ADDRESS
    ///
    /// Another address than that of this machine wants `--allow-net` or `--auth`.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Let clients of NET use the proxy, as `192.168.1.0/24`; may be given more than once
    #[arg(long, value_name = "NET")]
    allow_net: Vec<Block>,

    /// Ask clients for a name and password: a line `name:password` of FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    auth: Option<PathBuf>,

    /// Let requests go to NET though it is private; may be given more than once
    ///
    /// Private, link-local and loopback addresses are refused, so that no page
    /// reaches into your network through the proxy.
    #[arg(long, value_name = "NET")]
    allow_upstream: Vec<Block>,

    /// Find a host at an address of its own: `news.example:443=127.0.0.1:8443`, any host with `*`
    ///
    /// For tests, and for sites that no name server knows. Private addresses still
    /// want `--allow-upstream`.
    #[arg(long, value_name = "HOST:PORT=ADDRESS")]
    connect_to: Vec<Detour>,

    /// Let tunnels lead to PORT; may be given more than once
    #[arg(long, value_name = "PORT[-PORT]", value_parser = parse_ports, default_values = ["80", "443", "8443"])]
    connect_port: Vec<(u16, u16)>,

    /// Pass HTTPS of HOSTS and all below them through unread; may be given more than once
    #[arg(long, value_name = "HOSTS", value_delimiter = ',')]
    passthrough: Vec<String>,

    /// Open up banks, identity providers and system updates too, which are passed through by default
    #[arg(long)]
    no_shipped_passthrough: bool,

    /// Pass all HTTPS through unread
    #[arg(long, conflicts_with = "ca")]
    no_intercept: bool,

    #[command(flatten)]
    ca: CaArguments,

    /// Trust servers by the certificates in FILE too (PEM); may be given more than once
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    upstream_ca: Vec<PathBuf>,

    /// Show metrics and the last pages on ADDRESS of this machine, or `none`
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    metrics: MetricsAddress,

    /// Take N connections at a time
    #[arg(long, value_name = "N", default_value_t = limits::CONNECTIONS)]
    max_connections: usize,

    #[command(flatten)]
    log: LogArguments,

    #[command(flatten)]
    filter: FilterArguments,
}

fn parse_ports(text: &str) -> Result<(u16, u16), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if first > 0 && first <= last => Ok((first, last)),
        _ => Err("no port or range of ports, as `443` or `8000-8999`".into()),
    }
}

/// Runs the proxy, or looks after its authority.
pub(super) fn proxy(arguments: ProxyArguments) -> Outcome {
    match arguments.command {
        None => run(arguments.run),
        Some(ProxyCommand::Ca(command)) => ca(&command),
    }
}

fn run(arguments: RunArguments) -> Outcome {
    match prepare(arguments) {
        Ok((options, filter)) => {
            let is_open = options.ca.is_some();
            let told = proxy::run(options, filter, |listens, shows| {
                tracing::info!(%listens, shows = shows.map(tracing::field::display), intercepts = is_open, "ready");
            });
            told.map_or_else(|error| said(&error.to_string(), "proxy"), |()| Outcome::Done)
        }
        Err(outcome) => outcome,
    }
}

fn said(what: &str, place: &str) -> Outcome {
    message::error(what, place);
    Outcome::Usage
}

fn prepare(arguments: RunArguments) -> Result<(ProxyOptions, Filter), Outcome> {
    let log = arguments.log.options();
    let logins = arguments.auth.as_deref().map(read_logins).transpose()?.unwrap_or_default();
    let is_closed = arguments.listen.ip().is_loopback();
    if !is_closed && arguments.allow_net.is_empty() && logins.is_empty() {
        let what = "anybody could use it; say who may, with `--allow-net` or `--auth`";
        return Err(said(what, &format!("--listen {}", arguments.listen)));
    }
    let ca = if arguments.no_intercept { None } else { Some(open_ca(&arguments.ca)?) };
    let roots = roots(&arguments.upstream_ca)?;
    log.start();
    let hosts = arguments.passthrough.iter().map(String::as_str);
    let passthrough = Passthrough::new(hosts, !arguments.no_shipped_passthrough);
    let options = ProxyOptions {
        listen: arguments.listen,
        metrics: arguments.metrics.0,
        access: Access::new(arguments.allow_net, &logins),
        guard: AddressGuard::new(arguments.allow_upstream),
        detours: arguments.connect_to,
        connect_ports: arguments.connect_port,
        passthrough,
        ca,
        roots,
        connections: arguments.max_connections,
        log,
    };
    // What is wrong has been said.
    Filter::new(serve_args::loader(arguments.filter)).map(|filter| (options, filter)).map_err(|_| Outcome::Usage)
}

fn read_logins(path: &Path) -> Result<Vec<String>, Outcome> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| said(&plain_words(&error), &name))?;
    let logins: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if logins.is_empty() || logins.iter().any(|login| !login.contains(':')) {
        return Err(said("wants lines `name:password`", &name));
    }
    Ok(logins)
}

/// Whom servers are trusted by: the system's roots, and those of the files.
fn roots(files: &[PathBuf]) -> Result<RootCertStore, Outcome> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for file in files {
        let name = file.display().to_string();
        let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let certificates = read.map_err(|error| said(&error.to_string(), &name))?;
        let (added, _) = roots.add_parsable_certificates(certificates);
        if added == 0 {
            return Err(said("no certificate in it", &name));
        }
    }
    if roots.is_empty() {
        message::warning(
            "the system has no trusted certificates, so no HTTPS server is trusted",
            "`--upstream-ca` names some",
        );
    }
    Ok(roots)
}

fn open_ca(arguments: &CaArguments) -> Result<Ca, Outcome> {
    let folder = folder(arguments)?;
    if folder.exists() {
        return folder.load().map_err(|error| ca_failed(&error));
    }
    let ca = folder.make().map_err(|error| ca_failed(&error))?;
    anstream::eprintln!(
        "Made a certificate authority for this machine: {}\nBrowsers open HTTPS through the proxy once they trust it; docs/embedding.md tells how.",
        folder.certificate_path().display()
    );
    Ok(ca)
}

fn folder(arguments: &CaArguments) -> Result<CaFolder, Outcome> {
    let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let usual = || {
        let data = from("XDG_DATA_HOME").or_else(|| Some(from("HOME")?.join(".local/share")));
        data.or_else(|| from("APPDATA")).map(|data| data.join("adsieve"))
    };
    let folder = arguments.ca.clone().or_else(usual);
    folder.map(CaFolder::new).ok_or_else(|| said("there is no home folder; name one", "--ca DIR"))
}

fn ca_failed(error: &CaError) -> Outcome {
    said(&error.to_string(), "certificate authority")
}

fn ca(command: &CaCommand) -> Outcome {
    let done = match command {
        CaCommand::Init(arguments) => folder(arguments).and_then(|folder| make(&folder)),
        CaCommand::Show(arguments) => folder(&arguments.ca).and_then(|folder| show(&folder, arguments.path)),
        CaCommand::Export(arguments) => folder(arguments).and_then(|folder| loaded(&folder).map(|ca| ca.pem)),
        CaCommand::Remove(arguments) => folder(arguments).and_then(|folder| remove(&folder)),
    };
    done.map_or_else(|outcome| outcome, |text| print::print(&text))
}

fn loaded(folder: &CaFolder) -> Result<Ca, Outcome> {
    if !folder.exists() {
        return Err(said("there is none; `adsieve proxy ca init` makes one", "certificate authority"));
    }
    folder.load().map_err(|error| ca_failed(&error))
}

fn make(folder: &CaFolder) -> Result<String, Outcome> {
    folder.make().map_err(|error| ca_failed(&error))?;
    show(folder, false)
}

fn show(folder: &CaFolder, is_path_only: bool) -> Result<String, Outcome> {
    let ca = loaded(folder)?;
    let path = folder.certificate_path();
    if is_path_only {
        return Ok(format!("{}\n", path.display()));
    }
    let (path, key) = (path.display(), folder.key_path());
    Ok(format!("certificate  {path}\nkey          {}\nSHA-256      {}\n", key.display(), ca.fingerprint()))
}

fn remove(folder: &CaFolder) -> Result<String, Outcome> {
    let removed = folder.remove().map_err(|error| ca_failed(&error))?;
    if removed.is_empty() {
        return Err(said("there is none", "certificate authority"));
    }
    Ok(removed.iter().map(|path| format!("removed {}\n", path.display())).collect())
}
