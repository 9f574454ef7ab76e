//! What `adsieve rules list` was asked for: the filters, and what they let through.

use super::args::{ListArguments, ListFormat};
use adsieve::{Bidder, Product, Registry, RuleSet};

/// The role of a bidder code.
pub(super) const BIDDER: &str = "bidder";

/// What was asked for.
pub(super) struct Listed<'r> {
    pub(super) rules: &'r RuleSet,
    pub(super) registry: &'r Registry,
    pub(super) products: Vec<&'r Product>,
    pub(super) bidders: Vec<&'r Bidder>,
}

impl<'r> Listed<'r> {
    pub(super) fn new(arguments: &ListArguments, rules: &'r RuleSet, registry: &'r Registry) -> Self {
        let filter = Filter { arguments, registry };
        let mut products: Vec<&Product> =
            rules.products().iter().map(|product| &**product).filter(|product| filter.takes_product(product)).collect();
        products.sort_by(|left, right| (&left.role, &left.id).cmp(&(&right.role, &right.id)));
        let bidders = registry.bidders().filter(|bidder| filter.takes_bidder(bidder)).collect();
        Self { rules, registry, products, bidders }
    }

    /// The name of an organisation.
    pub(super) fn network_name(&self, id: &'r str) -> &'r str {
        self.registry.network(id).map_or(id, |network| &network.name)
    }
}

struct Filter<'a> {
    arguments: &'a ListArguments,
    registry: &'a Registry,
}

impl Filter<'_> {
    fn takes_product(&self, product: &Product) -> bool {
        let words = [&product.id, &product.name].into_iter().chain(&product.hosts).chain(&product.globals);
        self.arguments.role.as_ref().is_none_or(|role| **role == *product.role)
            && self.takes_network(&product.network)
            && self.takes_text(words.map(|word| &**word))
    }

    /// Bidder codes are many: they are listed where somebody asks for them.
    fn takes_bidder(&self, bidder: &Bidder) -> bool {
        let ListArguments { role, network, text, format, .. } = self.arguments;
        let is_wanted = match role {
            Some(role) => role == BIDDER,
            None => network.is_some() || text.is_some() || *format != ListFormat::Table,
        };
        is_wanted && self.takes_network(&bidder.network) && self.takes_text([&*bidder.code, &*bidder.name].into_iter())
    }

    fn takes_network(&self, id: &str) -> bool {
        let Some(wanted) = &self.arguments.network else { return true };
        let is_named = |name: &str| name.eq_ignore_ascii_case(wanted);
        is_named(id) || self.registry.network(id).is_some_and(|network| is_named(&network.name))
    }

    fn takes_text<'w>(&self, mut words: impl Iterator<Item = &'w str>) -> bool {
        let Some(text) = &self.arguments.text else { return true };
        let text = text.to_lowercase();
        words.any(|word| word.to_lowercase().contains(&text))
    }
}
