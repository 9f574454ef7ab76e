//! Bytes a second of cleaning: text without ad code, which is one search for anchors, and text that must be read.

use adsieve::{Anchors, CleanOptions, clean_text};
use divan::Bencher;
use divan::counter::BytesCount;

const PROSE: &str = "The mayor (on the left) opened the bridge. “It was about time,” she said; traffic starts at noon. \
    Der Rat hat beraten: „Wir brauchen ihn“, sagte die Vorsitzende. Les travaux de l’école commenceront en mars.\n\n";
const CODE: &str = "adUnits.push({ code: ‘top’, bids: [{ bidder: ‘appnexus’, params: { placementId: ‘7’ } }] });\n\n";

fn main() {
    divan::main();
}

fn measure(bencher: Bencher<'_, '_>, text: &str) {
    let anchors = Anchors::default();
    bencher.counter(BytesCount::of_str(text)).bench(|| clean_text(text, &anchors, CleanOptions::default(), &|_| None));
}

#[divan::bench]
fn text_without_ad_code(bencher: Bencher<'_, '_>) {
    measure(bencher, &PROSE.repeat(40_000));
}

#[divan::bench]
fn article_with_one_script(bencher: Bencher<'_, '_>) {
    measure(bencher, &format!("{}{CODE}{}", PROSE.repeat(10), PROSE.repeat(10)));
}

#[divan::bench]
fn text_full_of_scripts(bencher: Bencher<'_, '_>) {
    measure(bencher, &format!("{PROSE}{CODE}").repeat(200));
}
