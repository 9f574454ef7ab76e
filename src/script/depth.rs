//! How deep may a tree of this text become? Hostile nesting is refused before it costs a stack.

/// Could parsing `text` nest deeper than `limit`?
///
/// Counts open brackets and runs of prefix operators byte by byte, strings and comments
/// included: a rough upper bound that ordinary code stays far below.
pub(super) fn is_too_deep(text: &str, limit: u32) -> bool {
    let (mut open, mut prefixes) = (0_u32, 0_u32);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                open += 1;
                prefixes = 0;
            }
            b')' | b']' | b'}' => {
                open = open.saturating_sub(1);
                prefixes = 0;
            }
            b'!' | b'~' | b'+' | b'-' => prefixes += 1,
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => prefixes = 0,
        }
        if open > limit || prefixes > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_code_is_shallow_and_bracket_towers_are_not() {
        assert!(!is_too_deep("f(a, [b, {c: -d}]); if (!x) { y(); }", 10));
        assert!(is_too_deep(&"[".repeat(1000), 500));
        assert!(is_too_deep(&"! ".repeat(1000), 500));
    }
}
