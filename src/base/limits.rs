//! Every bound has a name, a unit and a default.

/// Bounds on the work that one page may cause.
///
/// A bound that is reached ends that piece of work, keeps what was found so far and
/// leaves a [`Diagnostic`](super::Diagnostic); nothing else is lost.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Evaluation steps (statements and expressions) for one script, beside those for its length.
    pub steps: u64,
    /// Evaluation steps for all scripts of one page and their callbacks, beside those for their length.
    pub page_steps: u64,
    /// Evaluation steps for a verdict on one script, beside those for its length: somebody waits for the answer.
    pub verdict_steps: u64,
    /// Bytes of script that earn one more step: large config takes its time. Beyond 256 KiB of one script a quarter counts.
    pub bytes_per_step: u64,
    /// Depth of calls and nested expressions.
    pub depth: u32,
    /// Bytes that the values of one page may occupy, roughly counted.
    pub memory_bytes: usize,
    /// Alternatives that one value may hold before it becomes unknown.
    pub alternatives: usize,
    /// Bytes of one string that evaluation may build.
    pub string_bytes: usize,
    /// Events that one page may record.
    pub events: usize,
    /// Levels of `srcdoc`, `document.write` and `eval` inside one another.
    pub nesting: u32,
    /// Brackets, operators and blocks open at once in a script; deeper code is not parsed.
    pub syntax_depth: u32,
    /// Bytes of one script that are parsed, beside what waits until it is needed; the statements behind are not read.
    pub script_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 100_000,
            page_steps: 300_000,
            verdict_steps: 20_000,
            bytes_per_step: 3,
            depth: 120,
            memory_bytes: 96 << 20,
            alternatives: 16,
            string_bytes: 4 << 20,
            events: 20_000,
            nesting: 4,
            syntax_depth: 2_000,
            script_bytes: 4 << 20,
        }
    }
}
