//! The heads of our answers, and what `OPTIONS` tells.

use super::wire::end_chunks;
use super::wire::write_chunk;
use std::time::{SystemTime, UNIX_EPOCH};

/// The path of the service that judges requests.
pub(super) const REQMOD: &str = "reqmod";
/// The path of the service that rewrites pages.
pub(super) const RESPMOD: &str = "respmod";

/// Seconds that `OPTIONS` hold: after that a client sees what a reload has changed, at the latest.
const OPTIONS_TTL: u32 = 600;
/// What never is a page, by the ending of its path: clients do not even ask.
const IGNORED: &str = "7z,aac,apk,avi,avif,bin,bmp,br,bz2,cab,css,deb,dmg,eot,exe,flac,flv,gif,gz,ico,iso,jar,jpeg,jpg,js,\
                       m3u8,m4a,m4s,m4v,mjs,mkv,mov,mp3,mp4,mpd,mpeg,mpg,msi,ogg,ogv,otf,pdf,pkg,png,rar,rpm,svg,tar,tgz,ts,\
                       ttf,wasm,wav,webm,webp,woff,woff2,xz,zip,zst";
/// What is a page, and is read whole: a preview would only be one more wait.
const COMPLETE: &str = "htm,html,shtml,xhtml";

/// What every answer says.
#[derive(Clone, Debug)]
pub(super) struct Common {
    /// Names the rules: letters and digits.
    pub(super) mark: String,
    /// The connection ends after this answer.
    pub(super) is_last: bool,
}

impl Common {
    /// A head without an end: fields may follow.
    fn begin(&self, status: u16) -> String {
        let connection = if self.is_last { "close" } else { "keep-alive" };
        format!(
            "ICAP/1.0 {status} {}\r\nDate: {}\r\nServer: adsieve/{}\r\nISTag: \"{}\"\r\nConnection: {connection}\r\n",
            phrase(status),
            date(SystemTime::now()),
            env!("CARGO_PKG_VERSION"),
            self.mark,
        )
    }

    /// An answer without a message in it.
    pub(super) fn write_bare(&self, status: u16, out: &mut Vec<u8>) {
        let head = format!("{}Encapsulated: null-body=0\r\n\r\n", self.begin(status));
        out.extend_from_slice(head.as_bytes());
    }

    /// The head of an answer with a message, and the message's own head; its body follows in chunks, if it has one.
    pub(super) fn write_message(&self, name: &str, head: &[u8], has_body: bool, out: &mut Vec<u8>) {
        let body = match (has_body, name) {
            (false, _) => "null-body",
            (true, "req") => "req-body",
            (true, _) => "res-body",
        };
        let lines = format!("{}Encapsulated: {name}-hdr=0, {body}={}\r\n\r\n", self.begin(200), head.len());
        out.extend_from_slice(lines.as_bytes());
        out.extend_from_slice(head);
    }

    /// A whole answer: an HTTP response with its body.
    pub(super) fn write_response(&self, head: &[u8], body: &[u8], out: &mut Vec<u8>) {
        self.write_message("res", head, !body.is_empty(), out);
        if !body.is_empty() {
            write_chunk(out, body);
            end_chunks(out);
        }
    }

    /// What a service does.
    pub(super) fn write_options(&self, service: &str, connections: usize, preview: usize, out: &mut Vec<u8>) {
        let transfer = match service {
            // Every request is judged, whatever its ending: by its head, so of its body no preview is asked for.
            REQMOD => "Preview: 0\r\nTransfer-Preview: *\r\n".to_owned(),
            _ => format!(
                "Preview: {preview}\r\nTransfer-Preview: *\r\nTransfer-Ignore: {IGNORED}\r\nTransfer-Complete: {COMPLETE}\r\n"
            ),
        };
        let head = format!(
            "{}Methods: {}\r\nService: adsieve {}\r\nService-ID: adsieve-{service}\r\nMax-Connections: {connections}\r\n\
             Options-TTL: {OPTIONS_TTL}\r\nAllow: 204\r\n{transfer}\
             X-Include: X-Client-IP, X-Client-Username, X-Authenticated-User, X-Authenticated-Groups\r\n\
             Encapsulated: null-body=0\r\n\r\n",
            self.begin(200),
            service.to_ascii_uppercase(),
            env!("CARGO_PKG_VERSION"),
        );
        out.extend_from_slice(head.as_bytes());
    }
}

/// Asks for the rest of a body.
pub(super) fn write_continue(out: &mut Vec<u8>) {
    out.extend_from_slice(b"ICAP/1.0 100 Continue\r\n\r\n");
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Modifications Needed",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "ICAP Service Not Found",
        405 => "Method Not Allowed For Service",
        408 => "Request Timeout",
        501 => "Method Not Implemented",
        503 => "Service Overloaded",
        505 => "ICAP Version Not Supported",
        _ => "Server Error",
    }
}

/// The date as HTTP writes it (RFC 9110, 5.6.7), without a crate for one line: days to a civil date by Howard
/// Hinnant's algorithm, <https://howardhinnant.github.io/date_algorithms.html>.
fn date(now: SystemTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"];
    let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    // Years that begin in March, from the year 0, in eras of 400.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + u64::from(month >= 10);
    let at = |index: u64| usize::try_from(index).unwrap_or_default();
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        DAYS[at(days % 7)],
        MONTHS[at(month)],
        time / 3_600,
        time / 60 % 60,
        time % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let at = |seconds| date(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(at(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(at(951_825_599), "Tue, 29 Feb 2000 11:59:59 GMT");
        assert_eq!(at(4_107_542_400), "Mon, 01 Mar 2100 00:00:00 GMT");
    }

    #[test]
    fn offsets_are_those_of_the_head() {
        let common = Common { mark: "r7".into(), is_last: false };
        let mut out = Vec::new();
        common.write_response(b"HTTP/1.1 200 OK\r\n\r\n", b"abc", &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("ISTag: \"r7\"\r\n")
                && text.contains("\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1")
        );
        assert!(text.ends_with("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    }
}
