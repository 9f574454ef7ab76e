
// The view of one page: everything that was found on it, each finding with its place in the source.

const ROWS_AT_ONCE = 60;
const UNITS_AT_ONCE = 12;

/** A long list: the first items at once, the others when they are asked for. `wrap` makes the table of the rows. */
function many(items, wrap, atOnce = ROWS_AT_ONCE) {
  const body = wrap(items.slice(0, atOnce));
  const rest = items.slice(atOnce);
  if (rest.length === 0) return body;
  const more = h("button", { type: "button", class: "more", click: showAll }, `Show ${grouped(rest.length)} more`);
  function showAll() {
    (body.tBodies?.[0] ?? body).append(...rest);
    more.remove();
  }
  return [body, more];
}

async function pageView(number) {
  const row = rows[number - 1];
  if (!row) return missing("There is no such page in this report.");
  const page = await unpack(number);
  const parts = sections(page);
  return [
    crumbs("#/pages", "Pages", neighbours(number)),
    h("h1", { tabindex: "-1" }, said(page.title || fileName(page.source.entry ?? page.source.path))),
    page.url && h("p", { class: "url" }, said(page.url)),
    pageFacts(page),
    contents(number, parts),
    row.unread && h("p", { class: "notice" }, "This page could not be read; see what the program says below."),
    !hasAds(row) && !row.unread && h("p", { class: "notice" }, withoutAds(page)),
    parts.map(({ id, title, count, nodes }) => h("section", { id, class: "part", tabindex: "-1" }, h("h2", {}, title, " ", h("span", { class: "count" }, grouped(count))), nodes)),
  ];
}

function withoutAds(page) {
  const isBlind = page.ads === "unknown";
  const nothing = "No ad network, ad unit or slot stands in the source of this page";
  return isBlind ? `${nothing}; but something that could have brought some could not be seen, see below.` : `${nothing}.`;
}

function neighbours(number) {
  const link = (target, label) => (rows[target - 1] ? h("a", { href: `#/page/${target}` }, label) : h("span", { class: "faint" }, label));
  return h("span", { class: "neighbours" }, link(number - 1, "Previous"), ` ${grouped(number)} of ${grouped(rows.length)} `, link(number + 1, "Next"));
}

function pageFacts(page) {
  const { source } = page;
  return h(
    "dl",
    { class: "facts" },
    fact("File", h("span", { class: "path" }, said(source.path))),
    source.entry && fact("Entry", h("span", { class: "path" }, said(source.entry))),
    fact("Kind", [source.container, source.charset && `, ${source.charset}`, `, ${sizeOf(source.bytes)}`]),
    fact("SHA-256", h("code", { class: "hash" }, source.sha256)),
  );
}

/** The parts that this page has, in the order in which people ask. */
function sections(page) {
  const problems = problemsOf(page);
  const remarks = remarksOf(page);
  const bundles = page.bundles ?? [];
  const resources = page.resources ?? [];
  const settings = Object.entries(page.config);
  const parts = [
    { id: "networks", title: "Networks", count: page.networks.length, make: () => networkTable(page) },
    { id: "ad-units", title: "Ad units", count: page.ad_units.length, make: () => many(page.ad_units.map((unit) => adUnit(page, unit)), (units) => h("div", {}, units), UNITS_AT_ONCE) },
    { id: "slots", title: "Ad slots", count: page.slots.length, make: () => slotTable(page) },
    { id: "problems", title: "Problems", count: problems.length, make: () => many(problems, (lines) => h("div", {}, lines)) },
    { id: "findings", title: "Findings", count: page.findings.length, make: () => findingTable(page) },
    { id: "requests", title: "Requests", count: page.requests.length, make: () => requestTables(page) },
    { id: "libraries", title: "Libraries", count: bundles.length, make: () => bundleTable(bundles) },
    { id: "resources", title: "Saved files", count: resources.length, make: () => resourceTable(resources) },
    { id: "settings", title: "Settings", count: settings.length, make: () => fields(settings, 0) },
    { id: "unseen", title: "What could not be seen", count: remarks.length, make: () => h("ul", { class: "remarks" }, remarks) },
  ];
  return parts.filter(({ count }) => count > 0).map((part) => ({ ...part, nodes: part.make() }));
}

function contents(number, parts) {
  const link = ({ id, title, count }) => h("li", {}, h("a", { href: `#/page/${number}/${id}` }, title, " ", h("span", { class: "count" }, grouped(count))));
  return parts.length > 1 && h("nav", { class: "contents", "aria-label": "On this page" }, h("ul", {}, parts.map(link)));
}

/** A table of records: columns by their headings, each with what makes its cell. */
function recordTable(className, columns, records) {
  const head = Object.keys(columns).map((label) => h("th", { scope: "col" }, label));
  const cell = (record) => ([label, make], index) => h(index === 0 ? "th" : "td", { scope: index === 0 && "row", "data-label": label }, make(record));
  const row = (record) => h("tr", {}, Object.entries(columns).map(cell(record)));
  return many(records.map(row), (rows) => h("table", { class: `plain ${className}` }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}

function networkTable(page) {
  const columns = {
    Network: (network) => [networkLink(network.id), network.gvl_id !== null && h("span", { class: "below" }, `IAB vendor ${network.gvl_id}`)],
    Roles: (network) => rolesNode(network.roles),
    Evidence: (network) => evidence(network.evidence),
    "Bidder codes": (network) => codesNode(network.bidders),
    "Publisher’s ids": (network) => idsNode(network.ids),
  };
  return recordTable("networks", columns, page.networks);
}

function idsNode(ids) {
  const entries = Object.entries(ids);
  if (entries.length === 0) return none();
  return h("dl", { class: "fields" }, entries.map(([name, values]) => h("div", {}, h("dt", {}, said(name)), h("dd", {}, idValues(values)))));
}

const IDS_AT_ONCE = 6;

function idValues(values) {
  const value = (one) => h("li", {}, one !== null && typeof one === "object" ? valueNode(one) : code(String(one)));
  const list = h("ul", { class: "items flat" }, values.slice(0, IDS_AT_ONCE).map(value));
  const rest = values.slice(IDS_AT_ONCE);
  if (rest.length === 0) return list;
  const more = h("button", { type: "button", class: "inline-more", click: () => more.parentNode.replaceWith(...rest.map(value)) }, `+${rest.length}`);
  list.append(h("li", {}, more));
  return list;
}

function slotTable(page) {
  const columns = {
    Path: (slot) => h("code", {}, inline(slot.path)),
    Sizes: (slot) => valueNode(slot.sizes),
    Element: (slot) => h("code", {}, inline(slot.element)),
    Library: (slot) => said(slot.library),
    Evidence: (slot) => evidence(slot.evidence),
    Source: (slot) => lineInRow(page, slot.at),
  };
  return recordTable("slots", columns, page.slots);
}

function findingTable(page) {
  const columns = {
    Rule: (finding) => [code(finding.rule), finding.product && h("span", { class: "below" }, said(finding.product))],
    Network: (finding) => (finding.network ? networkLink(finding.network) : none()),
    Captured: (finding) => [onlyIf(finding.when), Object.keys(finding.captures).length ? fields(Object.entries(finding.captures), 0) : none()],
    Evidence: (finding) => evidence(finding.evidence),
    Source: (finding) => lineInRow(page, finding.at),
  };
  return recordTable("findings", columns, page.findings);
}

/** Requests to ad networks, then all others. */
function requestTables(page) {
  const known = page.requests.filter((request) => request.network !== null);
  const others = page.requests.filter((request) => request.network === null);
  const columns = {
    URL: (request) => [h("code", { class: "address" }, said(request.url)), request.filter && h("span", { class: "below" }, "blocked by ", code(request.filter))],
    Kind: (request) => said(request.kind),
    Network: (request) => (request.network ? networkLink(request.network) : none()),
    Line: (request) => h("span", { class: "number" }, grouped(request.at.line)),
  };
  const more = others.length > 0 && h("details", { open: known.length === 0 }, h("summary", {}, `${counted(others.length, "request")} to hosts of no known ad network`), recordTable("requests", columns, others));
  return [known.length > 0 && recordTable("requests", columns, known), more];
}

/** Scripts that are a library, with what was built into them. */
function bundleTable(bundles) {
  const adapter = (one) => h("li", { class: one.is_configured ? undefined : "faint" }, code(one.bidder ?? one.module));
  const columns = {
    Library: (bundle) => [said(bundle.library), bundle.version && [" ", code(bundle.version)], bundle.global && h("span", { class: "below" }, code(bundle.global))],
    "Bid adapters": (bundle) => (bundle.adapters.length ? h("ul", { class: "codes" }, bundle.adapters.map(adapter)) : none()),
    Modules: (bundle) => codesNode(bundle.modules),
  };
  return recordTable("libraries", columns, bundles);
}

/** The scripts and frames that were saved with the page. */
function resourceTable(resources) {
  const columns = {
    File: (resource) => h("code", { class: "address" }, said(resource.url)),
    Kind: (resource) => said(resource.kind),
    Size: (resource) => sizeOf(resource.bytes),
  };
  return recordTable("resources", columns, resources);
}

function problemsOf(page) {
  const line = (problem, ...of) => h("div", { class: "has-source" }, problemLine(problem, [h("span", { class: "of" }, ...of), lineInBlock(page, problem.at)]));
  return page.ad_units.flatMap((unit) => {
    const name = () => (unit.code === null ? "an ad unit without a code" : h("code", {}, inline(unit.code)));
    const own = unit.problems.map((problem) => line(problem, "in ", name()));
    const ofBids = unit.bids.flatMap((bid) => bid.problems.map((problem) => line(problem, "in ", name(), " at ", h("code", {}, inline(bid.bidder)))));
    return [...own, ...ofBids];
  });
}

const OUTCOMES = {
  recovered: "some statements were lost to syntax errors",
  salvaged: "damaged code, repaired and read in part",
  failed: "could not be read as code",
  cut: "too long to follow to the end; what was found until then is here",
};

const UNSEEN = {
  "scripts-removed": "scripts were removed when the page was saved",
  "bodies-missing": "responses were saved without their bodies",
  truncated: "parts were cut off before the end",
  budget: "bounds of the work were reached",
  "charset-guessed": "the charset was guessed: words may be wrong",
};

/** What went less than well, and what the source does not hold. */
function remarksOf(page) {
  const external = page.quiet_scripts.external ?? 0;
  const remark = (tag, kind, text, at) => h("li", { class: "has-source" }, h("p", {}, h("span", { class: `tag ${kind}` }, tag), " ", text, " ", at && lineInBlock(page, at)));
  const diagnostics = page.diagnostics.map((one) => remark(one.severity, one.severity === "info" ? "" : "warn", [message(one.message), " ", code(one.code)], one.at));
  const scripts = page.scripts.map((script) => remark(script.outcome, "warn", [`script ${script.index}, ${sizeOf(script.bytes)}: ${OUTCOMES[script.outcome] ?? script.outcome}`], null));
  const loaded = external > 0 && remark("external", "", `${counted(external, "script")} from elsewhere: what they would add is not in the page`, null);
  const unseen = Object.entries(page.unseen ?? {}).filter(([kind]) => kind !== "external-scripts");
  const missing = unseen.map(([kind, count]) => remark(kind, "", [UNSEEN[kind] ?? "", count > 1 && ` (${grouped(count)} times)`], null));
  return [...diagnostics, ...missing, ...scripts, loaded].filter(Boolean);
}
