//! The body of a page on its way: encoded pieces in, encoded pieces out, without ads.
//!
//! Each piece is decoded, rewritten, encoded and flushed before the next is asked for, so the first byte goes out before the last
//! came in, and memory holds one piece and what the rewriter holds back. Fails open: where rewriting goes wrong the page
//! passes as it is from there on. A body that does not fit its coding passes as it came if nothing of it
//! went out yet; else it is broken off, as it would have been without us.

use super::coding::{Coding, CodingError, Decoder, Encoder};
use super::filter::Loaded;
use super::metrics::{Held, Metrics};
use super::workers::{Workers, contained};
use adsieve::{Engine, PageContext, PageJudge, RewriteOptions, Rewriter, Rewritten};
use std::sync::{Arc, Mutex, PoisonError};

type Sink = Box<dyn FnMut(&[u8]) + Send>;

/// What has to be known of a page before its first byte.
#[derive(Clone, Debug)]
pub(crate) struct PageHead {
    /// Its URL.
    pub(crate) page: PageContext,
    /// Its content security policies, from the header.
    pub(crate) policies: Vec<String>,
    /// The codings of its body, in the order of the field.
    pub(crate) codings: Vec<Coding>,
    /// The coding to send it on with.
    pub(crate) send_as: Option<Coding>,
}

/// A page between its codings.
struct PageBody {
    decoder: Decoder,
    rewriter: Rewriter<PageJudge<Arc<Engine>>, Sink>,
    /// Where the rewriter puts what is decided.
    rewritten: Arc<Mutex<Vec<u8>>>,
    encoder: Option<Encoder>,
    /// As it came: the first bytes, while nothing of them could be decoded.
    start: Option<Vec<u8>>,
    is_raw: bool,
    bytes: u64,
    is_given_up: bool,
}

/// Bytes of a start that are kept in case that they cannot be decoded at all.
const START: usize = 64 << 10;

impl PageBody {
    fn new(loaded: &Loaded, head: PageHead) -> Result<Self, CodingError> {
        let rewritten = Arc::new(Mutex::new(Vec::new()));
        let into = rewritten.clone();
        let sink: Sink =
            Box::new(move |bytes| into.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes));
        let options = RewriteOptions::default().with_handlers();
        let mut rewriter = loaded.engine.clone().owned_rewriter(head.page, sink, options);
        for policy in &head.policies {
            rewriter = rewriter.with_policy(policy);
        }
        Ok(Self {
            decoder: Decoder::new(&head.codings)?,
            rewriter,
            rewritten,
            encoder: Encoder::new(head.send_as),
            // Raw bytes may stand in for the page only where they are what the header promises.
            start: (!head.codings.is_empty()).then(Vec::new),
            is_raw: false,
            bytes: 0,
            is_given_up: false,
        })
    }

    /// What the piece gives. With an error come the bytes before it.
    fn write(&mut self, piece: &[u8]) -> (Vec<u8>, Result<(), CodingError>) {
        self.bytes += piece.len() as u64;
        if self.is_raw {
            return (piece.to_vec(), Ok(()));
        }
        let Self { decoder, rewriter, .. } = self;
        let (mut is_any, mut fault) = (false, None);
        let decoded = decoder.write(piece, &mut |bytes| {
            is_any |= !bytes.is_empty();
            write_contained(rewriter, bytes, &mut fault);
        });
        self.is_given_up |= fault.is_some();
        if let Some(start) = &mut self.start {
            start.extend_from_slice(piece);
            if matches!(decoded, Err(CodingError::Damaged(_))) && !is_any {
                self.is_raw = true;
                return (self.start.take().unwrap_or_default(), Ok(()));
            }
            if is_any || start.len() > START {
                self.start = None;
            }
        }
        (self.encode(), decoded)
    }

    /// The bytes that are decided, encoded.
    fn encode(&mut self) -> Vec<u8> {
        let bytes = std::mem::take(&mut *self.rewritten.lock().unwrap_or_else(PoisonError::into_inner));
        match &mut self.encoder {
            Some(encoder) if !bytes.is_empty() => encoder.write(&bytes).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn end(mut self) -> (Vec<u8>, Result<(), CodingError>, Rewritten) {
        if self.is_raw {
            return (Vec::new(), Ok(()), Rewritten::default());
        }
        let Self { decoder, rewriter, .. } = &mut self;
        let mut fault = None;
        let decoded = decoder.end(&mut |bytes| write_contained(rewriter, bytes, &mut fault));
        let mut out = self.encode();
        let Self { rewriter, rewritten, encoder, .. } = self;
        let log = contained(|| rewriter.end()).unwrap_or_default();
        let rest = std::mem::take(&mut *rewritten.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(mut encoder) = encoder {
            if !rest.is_empty() {
                out.extend(encoder.write(&rest).unwrap_or_default());
            }
            // A body that broke off must not look like a whole one.
            if decoded.is_ok() {
                out.extend(encoder.end().unwrap_or_default());
            }
        }
        (out, decoded, log)
    }
}

/// Writes; if the engine panics, the page passes as it is from there on.
fn write_contained(rewriter: &mut Rewriter<PageJudge<Arc<Engine>>, Sink>, bytes: &[u8], fault: &mut Option<String>) {
    if let Err(message) = contained(|| rewriter.write(bytes)) {
        rewriter.give_up(&message);
        *fault = Some(message);
    }
}

/// A page that is rewritten piece by piece on the workers.
pub(crate) struct Rewriting {
    workers: Workers,
    body: Option<PageBody>,
    metrics: Arc<Metrics>,
    _held: Held<fn(&Metrics) -> &super::metrics::Count>,
}

impl Rewriting {
    /// Begins a page.
    ///
    /// # Errors
    ///
    /// If a decoder cannot be made.
    pub(crate) fn new(
        loaded: &Loaded,
        head: PageHead,
        workers: &Workers,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, CodingError> {
        let body = PageBody::new(loaded, head)?;
        metrics.pages.add(1);
        let held: Held<fn(&Metrics) -> &super::metrics::Count> = Held::new(metrics, |metrics| &metrics.pages_open);
        Ok(Self { workers: workers.clone(), body: Some(body), metrics: metrics.clone(), _held: held })
    }

    /// What the next piece of the body gives, perhaps nothing yet; with an error the bytes before it. After an error
    /// the page is over.
    pub(crate) async fn write(
        &mut self,
        piece: impl AsRef<[u8]> + Send + 'static,
    ) -> (Vec<u8>, Result<(), CodingError>) {
        self.metrics.page_bytes.add(piece.as_ref().len() as u64);
        let Some(mut body) = self.body.take() else { return (Vec::new(), Err(CodingError::CutOff)) };
        let work = move || {
            let (out, result) = body.write(piece.as_ref());
            (body, out, result)
        };
        let Some((body, out, result)) = self.workers.run(work).await else {
            self.metrics.pages_given_up.add(1);
            return (Vec::new(), Err(CodingError::CutOff));
        };
        match result {
            Ok(()) => self.body = Some(body),
            Err(_) => self.metrics.bad_bodies.add(1),
        }
        (out, result)
    }

    /// Ends the page: its last bytes, whether the body was whole, and what was done.
    pub(crate) async fn end(&mut self) -> (Vec<u8>, Result<(), CodingError>, Rewritten) {
        let Some(body) = self.body.take() else { return (Vec::new(), Ok(()), Rewritten::default()) };
        let is_given_up = body.is_given_up;
        let ended = self.workers.run(move || body.end()).await;
        let (out, result, log) = ended.unwrap_or_else(|| (Vec::new(), Err(CodingError::CutOff), Rewritten::default()));
        self.metrics.pages_given_up.add(u64::from(is_given_up));
        self.metrics.bad_bodies.add(u64::from(result.is_err()));
        self.metrics.pages_changed.add(u64::from(!log.changes.is_empty()));
        self.metrics.changes.add(log.changes.len() as u64);
        (out, result, log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<p>Before</p><script>pbjs.requestBids({})</script><p>After</p>";
    const LEFT: &str = "<p>Before</p><p>After</p>";

    fn loaded() -> Loaded {
        Loaded { engine: Arc::new(Engine::built_in()), mark: "test".into() }
    }

    fn head(coding: Option<Coding>, send_as: Option<Coding>) -> PageHead {
        let page = PageContext::new("https://news.example/");
        PageHead { page, policies: Vec::new(), codings: coding.into_iter().collect(), send_as }
    }

    fn encoded(coding: Coding, text: &str) -> Vec<u8> {
        let mut encoder = Encoder::new(Some(coding)).unwrap();
        let mut bytes = encoder.write(text.as_bytes()).unwrap();
        bytes.extend(encoder.end().unwrap());
        bytes
    }

    fn decoded(coding: Coding, bytes: &[u8]) -> String {
        let (mut decoder, mut text) = (Decoder::new(&[coding]).unwrap(), Vec::new());
        decoder.write(bytes, &mut |bytes| text.extend_from_slice(bytes)).unwrap();
        decoder.end(&mut |bytes| text.extend_from_slice(bytes)).unwrap();
        String::from_utf8(text).unwrap()
    }

    fn through(head: PageHead, bytes: &[u8], step: usize) -> (Vec<u8>, Result<(), CodingError>, Rewritten) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (workers, metrics) = (Workers::new().unwrap(), Arc::new(Metrics::default()));
        runtime.block_on(async {
            let mut page = Rewriting::new(&loaded(), head, &workers, &metrics).unwrap();
            let mut all = Vec::new();
            for piece in bytes.chunks(step) {
                let (out, result) = page.write(piece.to_vec()).await;
                all.extend(out);
                if result.is_err() {
                    return (all, result, Rewritten::default());
                }
            }
            let (out, result, log) = page.end().await;
            all.extend(out);
            (all, result, log)
        })
    }

    #[test]
    fn a_page_is_rewritten_inside_its_coding() {
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd] {
            let (bytes, result, log) = through(head(Some(coding), Some(coding)), &encoded(coding, PAGE), 10);
            assert_eq!((&*decoded(coding, &bytes), result.is_ok(), log.changes.len()), (LEFT, true, 1), "{coding:?}");
        }
    }

    #[test]
    fn a_page_can_go_on_without_its_coding() {
        let (bytes, ..) = through(head(Some(Coding::Brotli), None), &encoded(Coding::Brotli, PAGE), 10);
        assert_eq!(String::from_utf8(bytes).unwrap(), LEFT);
    }

    #[test]
    fn the_first_bytes_go_out_before_the_last_come_in() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (workers, metrics) = (Workers::new().unwrap(), Arc::new(Metrics::default()));
        runtime.block_on(async {
            let mut page = Rewriting::new(&loaded(), head(None, None), &workers, &metrics).unwrap();
            let (out, _) = page.write("<p>Before</p><p>Mo".as_bytes()).await;
            assert!(out.starts_with(b"<p>Before</p>"), "{out:?}");
        });
    }

    #[test]
    fn bytes_that_do_not_fit_their_coding_pass_as_they_came() {
        let (bytes, result, _) = through(head(Some(Coding::Gzip), Some(Coding::Gzip)), PAGE.as_bytes(), 10);
        assert_eq!((std::str::from_utf8(&bytes).unwrap(), result.is_ok()), (PAGE, true));
    }

    #[test]
    fn a_body_that_breaks_off_does_not_look_whole() {
        let whole = encoded(Coding::Gzip, &PAGE.repeat(500));
        let (bytes, result, _) = through(head(Some(Coding::Gzip), Some(Coding::Gzip)), &whole[..whole.len() - 9], 100);
        assert!(matches!(result, Err(CodingError::CutOff)));
        let (mut decoder, mut text) = (Decoder::new(&[Coding::Gzip]).unwrap(), Vec::new());
        decoder.write(&bytes, &mut |bytes| text.extend_from_slice(bytes)).unwrap();
        assert!(!text.is_empty() && decoder.end(&mut |_| {}).is_err());
    }
}
