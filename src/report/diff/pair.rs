//! Which page of one side is which of the other.

use super::super::record::PageReport;
use super::facts::Facts;
use std::collections::BTreeMap;

/// What a page is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PageKey {
    path: String,
    entry: Option<String>,
    url: Option<String>,
}

impl PageKey {
    pub(super) fn of(page: &PageReport) -> Self {
        let source = &page.source;
        Self { path: source.path.replace('\\', "/"), entry: source.entry.clone(), url: page.url.clone() }
    }

    /// The page for people, below the folder that all paths share.
    fn name(&self, shared: usize) -> String {
        let path = &self.path[shared..];
        match &self.entry {
            Some(entry) => format!("{path}: {entry}"),
            None => path.to_owned(),
        }
    }
}

type Side = BTreeMap<PageKey, Facts>;

/// The name of a page, and its facts on each side.
type Pair = (String, Option<Facts>, Option<Facts>);

/// Pairs the pages of two sides, by name.
pub(super) fn pair(before: Side, after: Side) -> Vec<Pair> {
    if before.len() == 1 && after.len() == 1 {
        let name = after.keys().next().map(|key| key.name(0)).unwrap_or_default();
        return vec![(name, before.into_values().next(), after.into_values().next())];
    }
    let (shared_before, shared_after) = (shared_folder(&before), shared_folder(&after));
    let mut left: BTreeMap<String, (PageKey, Facts)> = named(before, shared_before);
    let mut pairs: Vec<Pair> = Vec::new();
    let mut unpaired = Vec::new();
    for (name, (key, facts)) in named(after, shared_after) {
        match left.remove(&name) {
            Some((_, was)) => pairs.push((name, Some(was), Some(facts))),
            None => unpaired.push((name, key, facts)),
        }
    }
    pair_by_url(left, unpaired, &mut pairs);
    pairs.sort_by(|left, right| left.0.cmp(&right.0));
    pairs
}

fn named(side: Side, shared: usize) -> BTreeMap<String, (PageKey, Facts)> {
    side.into_iter().map(|(key, facts)| (key.name(shared), (key, facts))).collect()
}

fn pair_by_url(
    before: BTreeMap<String, (PageKey, Facts)>,
    after: Vec<(String, PageKey, Facts)>,
    pairs: &mut Vec<Pair>,
) {
    let mut by_url = BTreeMap::new();
    for (name, (key, facts)) in before {
        // A URL that several pages share tells none of them; the first stands for it, the others went.
        match key.url.filter(|url| !by_url.contains_key(url)) {
            Some(url) => drop(by_url.insert(url, (name, facts))),
            None => pairs.push((name, Some(facts), None)),
        }
    }
    for (name, key, facts) in after {
        let was = key.url.as_ref().and_then(|url| by_url.remove(url)).map(|(_, was)| was);
        pairs.push((name, was, Some(facts)));
    }
    pairs.extend(by_url.into_values().map(|(name, facts)| (name, Some(facts), None)));
}

/// Bytes of the folders that begin every path of a side; up to a slash.
fn shared_folder(side: &Side) -> usize {
    let mut paths = side.keys().map(|key| key.path.as_str());
    let Some(first) = paths.next() else { return 0 };
    let folder = |path: &str| path.rfind('/').map_or(0, |slash| slash + 1);
    paths.fold(folder(first), |shared, path| {
        let same = first[..shared].bytes().zip(path.bytes()).take_while(|(left, right)| left == right).count();
        first.as_bytes()[..same].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(pages: &[(&str, Option<&str>)]) -> Side {
        let key =
            |&(path, url): &(&str, Option<&str>)| PageKey { path: path.into(), entry: None, url: url.map(Into::into) };
        pages.iter().map(|page| (key(page), Facts::new())).collect()
    }

    fn paired(before: &[(&str, Option<&str>)], after: &[(&str, Option<&str>)]) -> Vec<(String, bool, bool)> {
        let pairs = pair(side(before), side(after)).into_iter();
        pairs.map(|(name, before, after)| (name, before.is_some(), after.is_some())).collect()
    }

    #[test]
    fn folders_are_compared_below_what_their_paths_share() {
        let pairs =
            paired(&[("mon/a.html", None), ("mon/x/b.html", None)], &[("tue/a.html", None), ("tue/c.html", None)]);
        let expected = [("a.html", true, true), ("c.html", false, true), ("x/b.html", true, false)];
        assert!(pairs.iter().map(|(name, before, after)| (&**name, *before, *after)).eq(expected), "{pairs:?}");
    }

    #[test]
    fn single_pages_are_compared_whatever_their_names() {
        assert_eq!(paired(&[("old.html", None)], &[("new.html", None)]), [("new.html".to_owned(), true, true)]);
    }

    #[test]
    fn pages_of_other_names_are_known_by_their_url() {
        let before = [("1.html", Some("https://example.com/a")), ("2.html", Some("https://example.com/b"))];
        let after = [("x.html", Some("https://example.com/b")), ("é.html", None)];
        let pairs = paired(&before, &after);
        let expected = [("1.html", true, false), ("x.html", true, true), ("é.html", false, true)];
        assert!(pairs.iter().map(|(name, before, after)| (&**name, *before, *after)).eq(expected), "{pairs:?}");
    }
}
