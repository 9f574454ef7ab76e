//! How the patterns of a rule were understood, in words.

use super::constraint::Constraint;
use super::model::Rule;
use crate::pattern::describe;
use std::fmt::Write as _;

impl Rule {
    /// An outline of the rule, one line for each part: its patterns as they were understood, and what captures must be.
    #[must_use]
    pub fn outline(&self) -> String {
        let mut out = String::new();
        self.scripts.iter().for_each(|pattern| section(&mut out, "code", &describe(pattern)));
        self.elements.iter().for_each(|selector| section(&mut out, "markup", &selector.to_string()));
        self.urls.iter().for_each(|url| section(&mut out, "request", &url.to_string()));
        self.styles.iter().for_each(|style| section(&mut out, "style sheet", &style.to_string()));
        for (name, constraint) in &self.constraints {
            section(&mut out, "where", &format!("{name} is {}", wanted(constraint)));
        }
        out
    }
}

/// A label, and what belongs to it: further lines stand below, indented.
fn section(out: &mut String, label: &str, text: &str) {
    let mut lines = text.lines();
    let _ = writeln!(out, "{label}: {}", lines.next().unwrap_or_default());
    lines.for_each(|line| _ = writeln!(out, "  {line}"));
}

fn wanted(constraint: &Constraint) -> String {
    match constraint {
        Constraint::Matches(regex) => format!("text like /{}/", regex.source()),
        Constraint::BidderCode => "a bidder code that the registry knows".into(),
        Constraint::MediaType => "a media type, or an object of them".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::set::RuleSet;
    use crate::network::Registry;

    #[test]
    fn every_kind_of_pattern_is_told() {
        let text = r##"
            [r]
            script = "acme.define({ site: $SITE })"
            element = "div.acme[data-zone=$ZONE][data-x]"
            url = "cdn.acme.example/lib/$SITE/a.js?zone=$ZONE&v=2"
            style = ".acme-*"
            where.SITE = '^\w+$'
            where.ZONE = "bidder-code"
        "##;
        let rules = RuleSet::default().with_texts(&[("x.toml".into(), text.into())], Registry::built_in()).unwrap();
        insta::assert_snapshot!(rules.rules()[0].outline(), @r"
        code: call of `acme.define`
            argument 1: object with
              site: anything, kept as SITE
        markup: element `div`
          with the class `acme`
          data-zone: anything, kept as ZONE
          data-x: anything
        request: host `cdn.acme.example` (its subdomains too)
          path `/lib/` <SITE> `/a.js`
          parameter zone: anything, kept as ZONE
          parameter v: `2`
        style sheet: class `acme-` and what begins so
        where: SITE is text like /^\w+$/
        where: ZONE is a bidder code that the registry knows
        ");
    }
}
