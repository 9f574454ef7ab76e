//! "Did you mean …?"

/// The known name that is nearest to a wrong one, if one is near.
pub(crate) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let far = wrong.chars().count() / 3 + 1;
    let near = known.into_iter().map(|name| (distance(wrong, name), name)).filter(|(distance, _)| *distance <= far);
    near.min().map(|(_, name)| name)
}

/// "did you mean `x`?", or the names to choose from.
pub(crate) fn hint(wrong: &str, known: &[&str]) -> Option<String> {
    match nearest(wrong, known.iter().copied()) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() => None,
        None => Some(format!("one of: {}", known.join(", "))),
    }
}

/// How many characters must change (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, a) in left.chars().enumerate() {
        let mut corner = index;
        row[0] = index + 1;
        for (column, b) in right.iter().enumerate() {
            let change = corner + usize::from(a != *b);
            corner = row[column + 1];
            row[column + 1] = change.min(corner + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        assert_eq!(nearest("BIDER", ["BIDDER", "PARAMS"]), Some("BIDDER"));
        assert_eq!(nearest("xyz", ["BIDDER"]), None);
        assert_eq!(hint("hots", &["hosts", "globals"]).unwrap(), "did you mean `hosts`?");
    }
}
