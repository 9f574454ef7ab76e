//! Words for people where the report's names are short.

/// A role as people write it: `header-bidding` is `header bidding`, `ssp` is `SSP`.
pub(super) fn role(id: &str) -> String {
    match id {
        "ssp" | "dsp" | "dmp" => id.to_uppercase(),
        "cmp" => "consent (CMP)".into(),
        _ => id.replace('-', " "),
    }
}

/// A count with thin spaces between thousands.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202F}');
        }
        text.push(digit);
    }
    text
}

/// `noun` in the number that the count asks for.
pub(super) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let shown = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1\u{202F}000", "1\u{202F}234\u{202F}567"]);
    }

    #[test]
    fn roles_are_words() {
        assert_eq!(["ssp", "header-bidding", "bidder"].map(role), ["SSP", "header bidding", "bidder"]);
    }
}
