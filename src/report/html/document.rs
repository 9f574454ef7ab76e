//! The document around the data: head and policy, the overview, and what the script fills.
//!
//! The template escapes whatever is not markup when it is compiled in. Style and script are files of this
//! folder; the policy names them by their hashes, so the browser runs these and nothing else.

use super::super::{Summary, printable};
use super::chart::{Bar, Column, bars, histogram};
use super::data::networks_block;
use super::tally::{COLUMNS, Tally};
use super::words::{self, grouped, plural};
use crate::base::base64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("report.css");

/// The script's files stand in one scope, in this order.
const SCRIPT: &str = concat!(
    include_str!("script/dom.js"),
    include_str!("script/data.js"),
    include_str!("script/value.js"),
    include_str!("script/source.js"),
    include_str!("script/list.js"),
    include_str!("script/rollup.js"),
    include_str!("script/ad-unit.js"),
    include_str!("script/page.js"),
    include_str!("script/router.js"),
);

/// Rows of each chart.
const TOP: usize = 12;

/// Inputs that could not be read and are named.
const UNREAD_NAMED: usize = 50;

/// Everything before the first page's block.
pub(super) fn head() -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { "adsieve report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                p #opening { "Opening the report…" }
                div #data hidden { "\n" }
            }
        }
    };
    // The document goes on with the pages' blocks, inside the last element.
    let open = page.into_string();
    open.strip_suffix("</div></body></html>").map_or_else(String::new, ToOwned::to_owned)
}

/// What the browser may do with this file: its own style and script, nothing else.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash_of(STYLE),
        hash_of(SCRIPT)
    )
}

fn hash_of(text: &str) -> String {
    format!("sha256-{}", base64::pack(&Sha256::digest(text)))
}

/// Everything after the last page's block.
pub(super) fn body(summary: &Summary, tally: &Tally) -> String {
    let rest = html! {
        (PreEscaped(networks_block(summary, tally)))
        (PreEscaped("</div>"))
        a.skip href="#main" { "Skip to the report" }
        (top(summary))
        main #main tabindex="-1" {
            noscript { p.notice { "This is the overview. The tables and the view of each page need JavaScript." } }
            div #overview { (overview(summary, tally)) }
            div #view hidden {}
        }
        (footer())
        script { (PreEscaped(SCRIPT)) }
        (PreEscaped("</body></html>\n"))
    };
    rest.into_string()
}

fn top(summary: &Summary) -> Markup {
    html! {
        header.top {
            a.brand href="#/" {
                (mark())
                "adsieve" span.sub { " report" }
            }
            nav aria-label="Report" {
                a href="#/" data-tab="overview" { "Overview" }
                a href="#/pages" data-tab="pages" { "Pages " span.count { (grouped(summary.pages)) } }
                a href="#/networks" data-tab="networks" { "Networks " span.count { (grouped(summary.networks.len() as u64)) } }
            }
            button #theme type="button" hidden { "Theme" }
        }
    }
}

/// The program's mark: a sieve that holds one grain back.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 20 20" aria-hidden="true" focusable="false" {
            @for (x, y) in [(4, 4), (10, 4), (16, 4), (4, 10), (16, 10), (4, 16), (10, 16), (16, 16)] {
                circle cx=(x) cy=(y) r="1.6" {}
            }
            circle.held cx="10" cy="10" r="3.4" {}
        }
    }
}

fn footer() -> Markup {
    html! {
        footer {
            p {
                "Found by adsieve " (env!("CARGO_PKG_VERSION"))
                " in the source of the pages: no code of a page was run, nothing was fetched. This file is \
                 complete in itself and asks no network for anything."
            }
        }
    }
}

fn overview(summary: &Summary, tally: &Tally) -> Markup {
    html! {
        h1 tabindex="-1" { (headline(summary)) }
        (figures(summary))
        div.charts {
            (networks(summary))
            (bidders(summary))
            (distribution(tally))
            (roles(tally))
            (problems(summary))
            (unseen(summary, tally))
        }
        (unread(summary))
    }
}

/// The result in one sentence.
fn headline(summary: &Summary) -> Markup {
    let (networks, pages) = (summary.networks.len() as u64, summary.pages);
    html! {
        @if pages == 0 { "No pages were read" }
        @else if networks == 0 { "No ad networks on " b { (grouped(pages)) } " " (plural(pages, "page")) }
        @else {
            b { (grouped(networks)) } " ad " (plural(networks, "network")) " on "
            @if summary.pages_with_ads < pages { b { (grouped(summary.pages_with_ads)) } " of " }
            b { (grouped(pages)) } " " (plural(pages, "page"))
        }
    }
}

fn figures(summary: &Summary) -> Markup {
    let problems = summary.problems.values().sum::<u64>();
    let figures = [
        ("Pages with ads", summary.pages_with_ads),
        ("Ad units", summary.ad_units),
        ("Bids", summary.bids),
        ("Bidder codes", summary.bidders.len() as u64),
        ("Ad slots", summary.slots),
        ("Problems", problems),
    ];
    html! {
        dl.figures {
            @for (name, count) in figures {
                div.zero[count == 0] { dt { (name) } dd { (grouped(count)) } }
            }
        }
    }
}

/// A chart with its heading; a sentence where there is nothing to draw.
fn chart(title: &str, unit: &str, rows: &[Bar], tone: &str, nothing: &str, more: Markup) -> Markup {
    html! {
        section.chart {
            h2 { (title) " " span.unit { (unit) } }
            @if rows.is_empty() { p.nothing { (nothing) } }
            @else { (bars(rows, tone)) (more) }
        }
    }
}

fn networks(summary: &Summary) -> Markup {
    let top = summary.top_networks();
    let row = |&(id, network): &(&str, &super::super::NetworkCount)| Bar {
        label: network.name.clone(),
        link: Some(format!("#/network/{}", url_part(id))),
        count: network.pages,
    };
    let rows: Vec<Bar> = top.iter().take(TOP).map(row).collect();
    let all = html! {
        @if top.len() > TOP { p.more { a href="#/networks" { "All " (grouped(top.len() as u64)) " networks" } } }
    };
    chart("Networks", "by pages", &rows, "accent", "None was found in the source of these pages.", all)
}

fn bidders(summary: &Summary) -> Markup {
    let top = summary.top_bidders();
    let row = |&(code, bidder): &(&str, &super::super::BidderCount)| Bar {
        label: code.to_owned(),
        link: None,
        count: bidder.ad_units,
    };
    let rows: Vec<Bar> = top.iter().take(TOP).map(row).collect();
    let rest = top.len().saturating_sub(TOP) as u64;
    let more = html! { @if rest > 0 { p.more { "and " (grouped(rest)) " more" } } };
    let nothing = "No ad unit in the source names a bidder; a wrapper may fetch them when the page runs.";
    chart("Bidders", "by ad units", &rows, "accent code", nothing, more)
}

fn distribution(tally: &Tally) -> Markup {
    let last = |index: usize| COLUMNS.get(index + 1).map(|next| next - 1);
    let label = |index: usize, least: usize| match last(index) {
        Some(most) if most == least => least.to_string(),
        Some(most) => format!("{least}–{most}"),
        None => format!("{least}+"),
    };
    let columns = COLUMNS.iter().zip(tally.networks_on_page).enumerate();
    let columns: Vec<Column> =
        columns.map(|(index, (&least, count))| Column { label: label(index, least), count }).collect();
    html! {
        section.chart {
            h2 { "Networks on a page " span.unit { "pages by how many they have" } }
            (histogram(&columns))
        }
    }
}

fn roles(tally: &Tally) -> Markup {
    let bar = |(role, count)| Bar { label: words::role(role), link: None, count };
    let rows: Vec<Bar> = by_frequency(&tally.roles).into_iter().take(TOP).map(bar).collect();
    chart("Roles", "by pages", &rows, "quiet", "No network, no role.", html! {})
}

fn problems(summary: &Summary) -> Markup {
    let bar = |(code, count): (&str, u64)| Bar { label: code.to_owned(), link: None, count };
    let rows: Vec<Bar> = by_frequency(&summary.problems).into_iter().take(TOP).map(bar).collect();
    let all = html! { p.more { a href="#/pages?show=problems" { "Pages with problems" } } };
    chart("Problems", "of ad units and bids", &rows, "warn code", "Nothing wrong with any ad unit or bid.", all)
}

/// What the reader must not take for absent.
fn unseen(summary: &Summary, tally: &Tally) -> Markup {
    let scripts = |outcome: &str| summary.scripts.get(outcome).copied().unwrap_or(0);
    let pages = |kind: &str| summary.unseen.get(kind).copied().unwrap_or(0);
    let lines = [
        (summary.pages_unknown, "page", "without ads, but not everything of it could be seen"),
        (pages("scripts-removed"), "page", "saved without scripts"),
        (pages("bodies-missing"), "page", "saved without some of the responses’ bodies"),
        (pages("truncated"), "page", "cut off before the end"),
        (tally.external_scripts, "script", "loaded from elsewhere: what they would add is not in the page"),
        (scripts("cut"), "script", "too long to follow to the end: what was found until then is here"),
        (scripts("failed"), "script", "that could not be read as code"),
        (scripts("salvaged") + scripts("recovered"), "script", "damaged and read in part"),
        (tally.unknown_bids, "bid", "with a value that only a visit decides"),
        (tally.conditional_bids, "bid", "depending on a condition: every branch is shown"),
        (summary.unreadable.len() as u64, "input", "that could not be read"),
    ];
    let seen: Vec<_> = lines.into_iter().filter(|(count, ..)| *count > 0).collect();
    html! {
        section.chart {
            h2 { "What could not be seen" }
            @if seen.is_empty() { p.nothing { "Nothing was hidden, cut off or damaged." } }
            dl.unseen {
                @for (count, noun, what) in seen {
                    div { dt { (grouped(count)) " " (plural(count, noun)) } dd { (what) } }
                }
            }
        }
    }
}

fn unread(summary: &Summary) -> Markup {
    let rest = summary.unreadable.len().saturating_sub(UNREAD_NAMED) as u64;
    html! {
        @if !summary.unreadable.is_empty() {
            section.unread {
                h2 { "Could not be read" }
                ul {
                    @for one in summary.unreadable.iter().take(UNREAD_NAMED) {
                        li { bdi.path { (printable(&one.path)) } " " span.why { (printable(&one.message)) } }
                    }
                    @if rest > 0 { li { "and " (grouped(rest)) " more" } }
                }
            }
        }
    }
}

fn by_frequency(counts: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut rows: Vec<_> = counts.iter().map(|(name, &count)| (&**name, count)).collect();
    rows.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    rows
}

/// An id as a part of a fragment, as JavaScript's `encodeURIComponent` writes it.
fn url_part(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{sample_page, sample_summary};
    use super::*;

    #[test]
    fn the_policy_names_what_stands_in_the_file() {
        let whole = head() + &body(&Summary::default(), &Tally::default());
        let inside = |from: &str, to: &str| {
            let start = whole.rfind(from).unwrap() + from.len();
            &whole[start..start + whole[start..].find(to).unwrap()]
        };
        assert!(policy().contains(&hash_of(inside("<style>", "</style>"))));
        assert!(policy().contains(&hash_of(inside("<script>", "</script>"))));
        assert!(!policy().contains("unsafe"));
    }

    #[test]
    fn the_overview_is_there_without_a_script() {
        let mut tally = Tally::default();
        tally.add(&sample_page());
        insta::assert_snapshot!(overview(&sample_summary(), &tally).into_string().replace("><", ">\n<"));
    }

    #[test]
    fn the_overview_of_nothing_says_so() {
        let page = overview(&Summary::default(), &Tally::default()).into_string();
        assert!(page.contains("No pages were read"));
        assert!(page.contains("Nothing was hidden"));
    }

    #[test]
    fn what_pages_say_is_escaped() {
        let hostile = "</script><script>alert(1)</script>\u{202e}\"'";
        let mut page = sample_page();
        page.networks[0].name = hostile.into();
        page.networks[0].roles = vec![hostile.into()];
        let mut summary = Summary::of(&page);
        summary.problems.insert(hostile.into(), 3);
        summary.bidders.insert(hostile.into(), Default::default());
        summary.add_unreadable(hostile, hostile);
        let mut tally = Tally::default();
        tally.add(&page);
        let markup = overview(&summary, &tally).into_string();
        assert!(
            !markup.contains("<script") && !markup.contains("</script") && !markup.contains('\u{202e}'),
            "{markup}"
        );
    }

    #[test]
    fn ids_are_safe_in_fragments() {
        assert_eq!(url_part("a-b_c.d"), "a-b_c.d");
        assert_eq!(url_part("é/\"<"), "%C3%A9%2F%22%3C");
    }
}
