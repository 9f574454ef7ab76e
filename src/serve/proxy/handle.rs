//! One request: judged, sent on, its answer rewritten.

use super::answer;
use super::body::{AnyBody, PageStream, TimedBody};
use super::connect;
use super::fields;
use super::limits;
use super::monitor;
use super::passthrough::FailureKind;
use super::shared::{OWN_NAME, Shared, Way};
use super::stream;
use super::upstream::UpstreamError;
use crate::serve::{
    Coding, CodingError, Held, Loaded, PageHead, Rewriting, both_know, contained, kind_of, may_be_page, source_of,
};
use adsieve::header::{self, PassReason};
use adsieve::{PageContext, Request as Judged, RequestKind, RequestVerdict, Rewritten};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{ACCEPT_ENCODING, HeaderName, PROXY_AUTHORIZATION, RANGE};
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::time::timeout;

/// Answers one request.
pub(crate) async fn handle(
    shared: Arc<Shared>,
    client: IpAddr,
    way: Way,
    mut request: Request<Incoming>,
) -> Response<AnyBody> {
    if matches!(way, Way::Direct) {
        let login = request.headers().get(PROXY_AUTHORIZATION).map(hyper::header::HeaderValue::as_bytes);
        if !shared.access.is_authorised(login) {
            return answer::wants_login();
        }
        if request.method() == Method::CONNECT {
            return connect::open(&shared, client, request).await;
        }
    }
    if fields::is_ambiguous(request.headers()) {
        return answer::message(StatusCode::BAD_REQUEST, "Bad request", "It tells the length of its body twice.");
    }
    let url = match target(&way, &request) {
        Ok(url) => url,
        Err(response) => return *response,
    };
    if url.host() == Some(OWN_NAME) {
        return monitor::own_page(&shared, client, request.method(), url.path());
    }
    *request.uri_mut() = url;
    Exchange::new(shared, client).run(request).await
}

/// The URL that is asked for.
fn target(way: &Way, request: &Request<Incoming>) -> Result<Uri, Box<Response<AnyBody>>> {
    let refuse = |status, text: &str| Box::new(answer::message(status, "Bad request", text));
    match way {
        Way::Direct => {
            let uri = request.uri();
            let is_http = uri.scheme() == Some(&Scheme::HTTP) && uri.host().is_some_and(|host| !host.is_empty());
            let text =
                "This is a proxy: name it in the settings of a browser, and see http://adsieve.local/ through it.";
            if is_http { Ok(uri.clone()) } else { Err(refuse(StatusCode::BAD_REQUEST, text)) }
        }
        Way::Inside { host, port, is_secure } => {
            let named = request.uri().authority().cloned().or_else(|| {
                let field = request.headers().get(hyper::header::HOST)?;
                Authority::try_from(field.as_bytes()).ok()
            });
            let named = named.ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "It names no host."))?;
            // Another host than the tunnel's was judged under a false name.
            if !named.host().trim_matches(['[', ']']).eq_ignore_ascii_case(host) {
                let text = "It is for another host than its connection.";
                return Err(refuse(StatusCode::MISDIRECTED_REQUEST, text));
            }
            let (scheme, usual) = if *is_secure { (Scheme::HTTPS, 443) } else { (Scheme::HTTP, 80) };
            let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
            let authority = if *port == usual { host } else { format!("{host}:{port}") };
            let path = request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
            let built = Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build();
            built.map_err(|_| refuse(StatusCode::BAD_REQUEST, "Its address cannot be read."))
        }
    }
}

/// A request and its answer.
struct Exchange {
    shared: Arc<Shared>,
    loaded: Arc<Loaded>,
    client: IpAddr,
}

/// What is known of a request when its answer comes.
struct Asked {
    url: String,
    method: Method,
    kind: RequestKind,
    /// The codings that the client can undo.
    accepts: String,
}

impl Exchange {
    fn new(shared: Arc<Shared>, client: IpAddr) -> Self {
        let loaded = shared.filter.current();
        Self { shared, loaded, client }
    }

    async fn run(self, mut request: Request<Incoming>) -> Response<AnyBody> {
        let url = request.uri().to_string();
        let kind = kind_of(request.headers(), request.uri().path());
        let verdict = self.judge(&url, kind, &request);
        if verdict.is_block() {
            return answer::blocked(&verdict, kind, request.headers());
        }
        if let Some(other) = &verdict.url {
            if matches!(kind, RequestKind::Document | RequestKind::Frame)
                && let Some(response) = answer::redirect(other)
            {
                return response;
            }
            if let Ok(other) = other.parse::<Uri>().map(Uri::into_parts)
                && let Some(path) = other.path_and_query
            {
                replace_path(&mut request, path);
            }
        }
        let accepts = field(&request, ACCEPT_ENCODING).to_owned();
        let asked = Asked { url, method: request.method().clone(), kind, accepts };
        if kind == RequestKind::WebSocket {
            return self.upgrade(request, asked).await;
        }
        self.send(request, asked).await
    }

    /// The verdict, told to whoever looks.
    fn judge(&self, url: &str, kind: RequestKind, request: &Request<Incoming>) -> RequestVerdict {
        let source = source_of(request.headers());
        let judged = Judged::new(url).with_source(source).with_kind(kind).with_method(request.method().as_str());
        let verdict = contained(|| self.loaded.engine.check_request(&judged)).unwrap_or_default();
        self.shared.metrics.requests.add(1);
        let reason = verdict.reason.as_ref().map(ToString::to_string).unwrap_or_default();
        if verdict.is_block() {
            self.shared.metrics.blocked.add(1);
            tracing::info!(
                url = self.shared.log.url(url),
                page = self.shared.log.url(source),
                kind = kind.name(),
                network = verdict.network.as_deref(),
                reason,
                client = %self.client,
                "request blocked"
            );
        }
        if kind != RequestKind::Document {
            let blocked_by = verdict.is_block().then_some(&*reason);
            self.shared.pages.note_request(source, url, blocked_by, verdict.network.as_deref());
        }
        verdict
    }

    /// The request as the server gets it.
    fn mended(&self, request: Request<Incoming>, asked: &Asked) -> Request<AnyBody> {
        let (mut parts, body) = request.into_parts();
        fields::to_server(&mut parts.headers, asked.kind == RequestKind::WebSocket);
        parts.version = Version::HTTP_11;
        if may_be_page(asked.kind) && !(asked.kind == RequestKind::Other && parts.headers.contains_key(RANGE)) {
            let mut list = fields::to_list(&parts.headers);
            header::mend_request(&mut list, &both_know(&asked.accepts), &self.loaded.mark);
            parts.headers = fields::from_list(&list);
        }
        Request::from_parts(parts, TimedBody::new(body).boxed_unsync())
    }

    async fn send(self, request: Request<Incoming>, asked: Asked) -> Response<AnyBody> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let request = self.mended(request, &asked);
        let response = timeout(limits::RESPONSE, self.shared.client.request(request)).await;
        match response {
            Ok(Ok(response)) => {
                let status = response.status().as_u16();
                if matches!(status, 400 | 403 | 495 | 496) {
                    self.note_certificate_question(&host);
                }
                self.answered(response, asked)
            }
            Ok(Err(error)) => self.failed(&error, &asked, &host),
            Err(_) => {
                self.shared.metrics.upstream_errors.add(1);
                answer::message(StatusCode::GATEWAY_TIMEOUT, "No answer", "The server does not answer in time.")
            }
        }
    }

    fn failed(&self, error: &(dyn Error + 'static), asked: &Asked, host: &str) -> Response<AnyBody> {
        self.shared.metrics.upstream_errors.add(1);
        self.note_certificate_question(host);
        let own = causes(error).find_map(|cause| cause.downcast_ref::<UpstreamError>());
        let words = own.map_or_else(|| causes(error).last().map(ToString::to_string), |own| Some(own.to_string()));
        let words = words.unwrap_or_default();
        tracing::warn!(url = self.shared.log.url(&asked.url), error = words, client = %self.client, "no answer");
        let status = match own {
            Some(UpstreamError::Refused(..)) => StatusCode::FORBIDDEN,
            Some(UpstreamError::Loop(_)) => StatusCode::LOOP_DETECTED,
            Some(UpstreamError::TimedOut(_)) => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        answer::message(status, "No answer", &format!("{words}."))
    }

    /// A server that asks for a certificate which only the client has works without us alone.
    fn note_certificate_question(&self, host: &str) {
        if self.shared.connector.asks_for_certificate(host) {
            connect::learn(&self.shared, host, FailureKind::AsksForCertificate);
        }
    }

    /// The answer as the client gets it.
    fn answered(self, response: Response<Incoming>, asked: Asked) -> Response<AnyBody> {
        let (mut parts, body) = response.into_parts();
        fields::to_client(&mut parts.headers, false);
        // The next hop has its own.
        parts.version = Version::HTTP_11;
        let body = TimedBody::new(body);
        let list = fields::to_list(&parts.headers);
        if !may_be_page(asked.kind) || !header::speaks_of_html(&list) {
            return Response::from_parts(parts, body.boxed_unsync());
        }
        let (list, page) = self.page(list, parts.status.as_u16(), &asked);
        parts.headers = fields::from_list(&list);
        let Some((head, loaded)) = page else { return Response::from_parts(parts, body.boxed_unsync()) };
        match Rewriting::new(&loaded, head, &self.shared.workers, &self.shared.metrics) {
            Ok(page) => {
                let report = self.report(asked.url);
                Response::from_parts(parts, PageStream::new(body, page, report).boxed_unsync())
            }
            Err(error) => answer::message(StatusCode::BAD_GATEWAY, "No answer", &error.to_string()),
        }
    }

    /// The fields of a page, and what its rewriting begins with, if it is rewritten.
    fn page(
        &self,
        mut list: header::HeaderList,
        status: u16,
        asked: &Asked,
    ) -> (header::HeaderList, Option<(PageHead, Arc<Loaded>)>) {
        let engine = &self.loaded.engine;
        header::remove_links(&mut list, &asked.url, |url, kind| {
            let request = Judged::new(url).with_source(&asked.url).with_kind(kind);
            contained(|| engine.check_request(&request).is_block()).unwrap_or_default()
        });
        let reason = header::pass_reason(asked.method.as_str(), status, &list);
        if reason == Some(PassReason::NoBody) && (asked.method == Method::HEAD || status == 304) {
            header::mend_response(&mut list, &self.loaded.mark, false);
            return (list, None);
        }
        let values =
            |name: &'static str| list.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str());
        let codings = Coding::list(&values("content-encoding").collect::<Vec<_>>().join(","));
        let (None, Some(codings)) = (reason, codings) else { return (list, None) };
        let policies = values("content-security-policy").map(str::to_owned).collect();
        // Nothing is gained by packing for a reader on the same machine.
        let send_as = if self.client.to_canonical().is_loopback() { None } else { codings.last().copied() };
        let is_decoded = send_as.is_none() && !codings.is_empty();
        if codings.len() > 1 && !is_decoded {
            list.retain(|(name, _)| name != "content-encoding");
            list.extend(send_as.map(|coding| ("content-encoding".to_owned(), coding.name().to_owned())));
        }
        header::mend_response(&mut list, &self.loaded.mark, is_decoded);
        if asked.kind != RequestKind::Frame {
            self.shared.pages.begin(&asked.url);
        }
        let page = PageContext::new(asked.url.clone());
        (list, Some((PageHead { page, policies, codings, send_as }, self.loaded.clone())))
    }

    /// Tells how a page went.
    fn report(&self, url: String) -> impl FnOnce(Option<&CodingError>, Rewritten) + Send + Unpin + 'static {
        let (shared, client) = (self.shared.clone(), self.client);
        move |error, log| {
            let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
            for change in &log.changes {
                let why = change.why.to_string();
                shared.pages.note_change(&url, change.kind.name(), &why, change.why.network.as_deref());
                *reasons.entry(format!("{} {why}", change.kind.name())).or_default() += 1;
            }
            let shown = shared.log.url(&url);
            if let Some(error) = error {
                tracing::warn!(url = shown, %error, %client, "page broken off");
                return;
            }
            let left: Vec<&str> = log.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
            let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count}x {reason}")).collect();
            let (changes, why, left) = (log.changes.len(), reasons.join("; "), left.join(" "));
            tracing::info!(url = shown, changes, why, left, %client, "page rewritten");
        }
    }

    /// A web socket: its bytes pass as they are.
    async fn upgrade(self, mut request: Request<Incoming>, asked: Asked) -> Response<AnyBody> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let from_client = hyper::upgrade::on(&mut request);
        let request = self.mended(request, &asked);
        let mut response = match timeout(limits::RESPONSE, self.shared.upgrade_client.request(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return self.failed(&error, &asked, &host),
            Err(_) => {
                return answer::message(
                    StatusCode::GATEWAY_TIMEOUT,
                    "No answer",
                    "The server does not answer in time.",
                );
            }
        };
        let is_upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if is_upgraded {
            let (from_server, shared) = (hyper::upgrade::on(&mut response), self.shared.clone());
            tokio::spawn(async move {
                let _held = Held::new(&shared.metrics, |metrics| &metrics.tunnels);
                let (Ok(client), Ok(server)) = (from_client.await, from_server.await) else { return };
                tokio::select! {
                    // How a socket ends is its two ends' business.
                    _ = stream::join(TokioIo::new(client), TokioIo::new(server), limits::TUNNEL_IDLE) => {}
                    () = shared.ending() => {}
                }
            });
        }
        let (mut parts, body) = response.into_parts();
        fields::to_client(&mut parts.headers, is_upgraded);
        Response::from_parts(parts, TimedBody::new(body).boxed_unsync())
    }
}

fn field(request: &Request<Incoming>, name: HeaderName) -> &str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn replace_path(request: &mut Request<Incoming>, path: PathAndQuery) {
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(path);
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
