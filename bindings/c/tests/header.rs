//! The header that is kept in the repository is the one that cbindgen writes.
//!
//! `BLESS=1 cargo test -p adsieve-c --test header` writes it anew.

use std::fs;
use std::path::Path;

#[test]
fn the_header_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut written = Vec::new();
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let sources = ["engine", "rewrite", "script", "settings", "text", "verdict"];
    let builder = sources.iter().fold(cbindgen::Builder::new().with_config(config), |builder, name| {
        builder.with_src(root.join("src").join(name).with_extension("rs"))
    });
    builder.generate().unwrap().write(&mut written);
    let file = root.join("include/adsieve.h");
    let written = String::from_utf8(written).unwrap();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &written).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == written, "include/adsieve.h is out of date: BLESS=1 cargo test -p adsieve-c --test header");
}
