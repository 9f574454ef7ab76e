//! The known word that is nearest to an unknown one, for hints.

/// Words longer than this are not compared: they are no misspelt names.
const LONGEST: usize = 64;

/// The candidate that `word` most likely means, if one is near enough.
///
/// Equal but for upper and lower case is nearest of all; else at most one edit for each four characters (two at least
/// for words of five and more). Of equally near candidates the first wins.
#[must_use]
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if word.len() > LONGEST {
        return None;
    }
    let wanted: Vec<char> = word.to_lowercase().chars().collect();
    let bound = if wanted.len() < 5 { wanted.len() / 3 } else { (wanted.len() / 4).max(2) };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.len() > LONGEST {
            continue;
        }
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        let limit = best.map_or(bound, |(distance, _)| distance.saturating_sub(1));
        let Some(distance) = edit_distance(&wanted, &other, limit) else { continue };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`; `None` past the limit.
fn edit_distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_finds_the_word_and_a_stranger_does_not() {
        let words = ["appnexus", "rubicon", "ix", "criteo"];
        assert_eq!(nearest("apnexus", words), Some("appnexus"));
        assert_eq!(nearest("appnexsu", words), Some("appnexus"), "neighbours swapped");
        assert_eq!(nearest("RUBICON", words), Some("rubicon"), "case alone");
        assert_eq!(nearest("unknown", words), None);
        assert_eq!(nearest("iy", words), None, "half of a short word is another word");
        assert_eq!(nearest("", words), None);
    }

    #[test]
    fn a_very_long_word_is_not_compared() {
        assert_eq!(nearest(&"x".repeat(100_000), ["appnexus"]), None);
    }
}
