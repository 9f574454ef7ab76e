
// Sites and accounts over all pages, where the summary has them.

const SITE_COLUMNS = [
  { key: "site", label: "Site", isName: true, value: (row) => row.site ?? "", cell: (row) => siteLink(row.site) },
  numberColumn("pages", "Pages", (row) => row.pages),
  numberColumn("ads", "With ads", (row) => row.pages_with_ads),
  numberColumn("networks", "Networks", (row) => Object.keys(row.networks ?? {}).length),
  numberColumn("units", "Ad units", (row) => row.ad_units),
  numberColumn("bids", "Bids", (row) => row.bids),
  numberColumn("slots", "Slots", (row) => row.slots),
  numberColumn("problems", "Problems", (row) => row.problems),
];

/** A site leads to its pages. */
function siteLink(site) {
  return site ? h("a", { href: `#/pages?q=${encodeURIComponent(site)}` }, said(site)) : h("span", { class: "faint" }, "of no known address");
}

function sitesView(state) {
  const title = h("h1", { tabindex: "-1" }, "Sites");
  const texts = (row) => [row.site, ...Object.keys(row.networks ?? {})];
  return listView({ name: "sites", title, noun: "site", all: common.summary.sites, columns: SITE_COLUMNS, texts, state });
}

const ACCOUNT_COLUMNS = [
  { key: "account", label: "Account", isName: true, value: (row) => row.account, cell: (row) => [code(row.account), h("span", { class: "below" }, said(row.names.join(", ")))] },
  { key: "network", label: "Network", value: (row) => networkName(row.network), cell: (row) => networkLink(row.network) },
  numberColumn("sites", "Sites", (row) => row.sites.length),
  { key: "where", label: "Where", value: (row) => row.sites[0]?.site ?? "", cell: (row) => accountSites(row.sites) },
  { key: "standing", label: "sellers.json", value: (row) => row.sellers_json ?? "", cell: (row) => standing(row.sellers_json) },
];

const ACCOUNT_CHOICES = {
  all: ["All accounts", () => true],
  shared: ["On several sites", (row) => row.sites.length > 1],
  missing: ["Missing in a list of sellers", (row) => row.sellers_json === "missing" || row.sites.some((site) => site.ads_txt === "missing")],
};

const SITES_NAMED = 5;

function accountSites(sites) {
  const name = (one) => h("li", {}, siteLink(one.site), one.ads_txt && [" ", standing(one.ads_txt, "ads.txt: ")]);
  const rest = sites.length - SITES_NAMED;
  return h("ul", {}, sites.slice(0, SITES_NAMED).map(name), rest > 0 && h("li", { class: "faint" }, `and ${grouped(rest)} more`));
}

/** What a list of sellers says of an account. */
function standing(word, before = "") {
  return word ? h("span", { class: word === "missing" ? "tag warn" : "tag" }, before, word) : none();
}

function accountsView(state) {
  const title = h("h1", { tabindex: "-1" }, "Accounts");
  const texts = (row) => [row.account, row.network, networkName(row.network), ...row.names, ...row.sites.map((site) => site.site)];
  return listView({ name: "accounts", title, noun: "account", all: common.summary.accounts, columns: ACCOUNT_COLUMNS, texts, choices: ACCOUNT_CHOICES, state });
}

/** The tabs of the roll-ups that this report has. */
function addRollupTabs() {
  const tabs = document.querySelector(".top nav");
  for (const [name, label] of Object.entries({ sites: "Sites", accounts: "Accounts" })) {
    const all = common.summary[name];
    if (all?.length > 0) tabs.append(h("a", { href: `#/${name}`, "data-tab": name }, `${label} `, h("span", { class: "count" }, grouped(all.length))));
  }
}
