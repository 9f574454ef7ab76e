
// Tables to search, sort and leaf through: the pages, and the networks. Only the rows in view are made.

const ROWS_IN_VIEW = 50;

/** A view with a search field, choices and a table. `state` stands in the fragment, so that a view can be kept and sent. */
function listView({ name, title, noun, all, columns, texts, choices, extra, state }) {
  const found = h("p", { class: "found", role: "status" });
  const place = h("div", { class: "table-place" });
  const search = h("input", { type: "search", id: "search", placeholder: `Search ${noun}s`, autocomplete: "off", spellcheck: "false", input: later(change) });
  search.value = state.q ?? "";
  const select = choices && h("select", { id: "show", change }, Object.entries(choices).map(([key, [label]]) => h("option", { value: key }, label)));
  if (select) select.value = state.show ?? "all";

  function change() {
    state.q = search.value.trim() || undefined;
    if (select) state.show = select.value === "all" ? undefined : select.value;
    state.from = undefined;
    draw();
  }

  function sortBy(key) {
    const column = columns.find((one) => one.key === key);
    const isSame = state.sort === key;
    state.down = (isSame ? !state.down : column.isNumber) ? "1" : undefined;
    state.sort = key;
    state.from = undefined;
    draw();
    place.querySelector(`th[data-key="${key}"] button`)?.focus();
  }

  function leaf(from) {
    state.from = from || undefined;
    draw();
    place.querySelector("table")?.scrollIntoView({ block: "nearest" });
  }

  function draw() {
    remember(name, state);
    const rows = sorted(filtered(all, texts, choices, state), columns, state);
    const from = Math.min(Number(state.from) || 0, Math.max(rows.length - 1, 0));
    found.replaceChildren(rows.length === all.length ? counted(all.length, noun) : `${grouped(rows.length)} of ${counted(all.length, noun)}`);
    const empty = h("p", { class: "nothing large" }, all.length ? `No ${noun} matches. ` : `There is no ${noun} in this report.`);
    place.replaceChildren(...(rows.length ? [table(columns, rows.slice(from, from + ROWS_IN_VIEW), state, sortBy), pager(rows.length, from, leaf)] : [empty]));
  }

  draw();
  const toolbar = h(
    "form",
    { class: "toolbar", role: "search", submit: (event) => event.preventDefault() },
    h("label", { class: "unseen-label", for: "search" }, `Search ${noun}s`),
    search,
    select && [h("label", { class: "unseen-label", for: "show" }, "Show"), select],
    found,
  );
  return [title, extra, toolbar, place];
}

/** Runs at most once for a burst of calls. */
function later(run) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, 80);
  };
}

/** The rows that hold every word of the search, and that the choice takes. */
function filtered(all, texts, choices, state) {
  const words = (state.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const takes = choices?.[state.show]?.[1] ?? (() => true);
  return all.filter((row) => takes(row) && words.every((word) => haystack(row, texts).includes(word)));
}

function haystack(row, texts) {
  row.haystack ??= texts(row).filter(Boolean).join("\n").toLowerCase();
  return row.haystack;
}

function sorted(rows, columns, state) {
  const column = columns.find((one) => one.key === state.sort);
  if (!column) return rows;
  const order = column.isNumber ? (a, b) => column.value(a) - column.value(b) : (a, b) => COLLATOR.compare(column.value(a), column.value(b));
  const sign = state.down ? -1 : 1;
  return [...rows].sort((a, b) => sign * order(a, b));
}

const COLLATOR = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Is it a figure alone, to stand at the right? */
const isCount = (column) => column.isNumber && !column.hasWords;

function table(columns, rows, state, sortBy) {
  const heading = (column) => {
    const isSorted = state.sort === column.key;
    const order = isSorted ? (state.down ? "descending" : "ascending") : undefined;
    const arrow = h("span", { class: "arrow", "aria-hidden": "true" }, isSorted ? (state.down ? "↓" : "↑") : "");
    const button = h("button", { type: "button", click: () => sortBy(column.key) }, column.label, arrow);
    return h("th", { scope: "col", class: isCount(column) && "number", "aria-sort": order, "data-key": column.key }, button);
  };
  const cell = (column, row) => {
    const tag = column.isName ? "th" : "td";
    const isZero = column.isNumber && column.value(row) === 0;
    const className = [isCount(column) && "number", column.isName && "name", isZero && "zero"].filter(Boolean).join(" ");
    return h(tag, { class: className || undefined, scope: column.isName && "row", "data-label": column.label }, column.cell(row));
  };
  return h(
    "table",
    { class: "list" },
    h("thead", {}, h("tr", {}, columns.map(heading))),
    h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column) => cell(column, row))))),
  );
}

function pager(count, from, leaf) {
  if (count <= ROWS_IN_VIEW) return "";
  const to = Math.min(from + ROWS_IN_VIEW, count);
  const button = (label, target, isOff) => h("button", { type: "button", disabled: isOff, click: () => leaf(target) }, label);
  const last = Math.floor((count - 1) / ROWS_IN_VIEW) * ROWS_IN_VIEW;
  return h(
    "nav",
    { class: "pager", "aria-label": "Rows" },
    button("First", 0, from === 0),
    button("Previous", Math.max(from - ROWS_IN_VIEW, 0), from === 0),
    h("span", {}, `${grouped(from + 1)}–${grouped(to)} of ${grouped(count)}`),
    button("Next", from + ROWS_IN_VIEW, to === count),
    button("Last", last, to === count),
  );
}

const numberColumn = (key, label, value) => ({ key, label, isNumber: true, value, cell: (row) => grouped(value(row)) });

const PAGE_COLUMNS = [
  { key: "page", label: "Page", isName: true, value: (row) => row.title || row.path, cell: pageCell },
  { key: "networks", label: "Networks", isNumber: true, hasWords: true, value: (row) => row.networks.length, cell: networksCell },
  numberColumn("units", "Ad units", (row) => row.units),
  numberColumn("bids", "Bids", (row) => row.bids),
  numberColumn("slots", "Slots", (row) => row.slots),
  numberColumn("problems", "Problems", (row) => row.problems),
];

const PAGE_CHOICES = {
  all: ["All pages", () => true],
  ads: ["With ads", hasAds],
  quiet: ["Without ads", (row) => !hasAds(row)],
  blind: ["Without ads, not all seen", (row) => row.blind],
  problems: ["With problems", (row) => row.problems > 0],
  lost: ["Not read to the end", (row) => row.lost > 0 || row.unread],
};

function pageTexts(row) {
  return [row.path, row.entry, row.url, row.title, ...row.networks, ...row.networks.map(networkName)];
}

function pageCell(row) {
  const state = row.unread ? "could not be read" : row.lost > 0 ? "not read to the end" : row.blind ? "not all could be seen" : null;
  return [
    h("a", { href: `#/page/${row.number}` }, said(row.title || fileName(row.entry ?? row.path))),
    h("span", { class: "below" }, said(row.url ?? (row.entry ? `${row.path}: ${row.entry}` : row.path)), state && h("span", { class: "tag warn" }, state)),
  ];
}

const NAMED = 3;

function networksCell(row) {
  if (row.networks.length === 0) return h("span", { class: "count-of" }, "0");
  const names = row.networks.slice(0, NAMED).map((id, index) => [index > 0 && ", ", said(networkName(id))]);
  const rest = row.networks.length - NAMED;
  return [h("span", { class: "count-of" }, grouped(row.networks.length)), h("span", { class: "names" }, names, rest > 0 && ` +${rest}`)];
}

function pagesView(state) {
  const title = h("h1", { tabindex: "-1" }, "Pages");
  return listView({ name: "pages", title, noun: "page", all: rows, columns: PAGE_COLUMNS, texts: pageTexts, choices: PAGE_CHOICES, state });
}

const NETWORK_COLUMNS = [
  { key: "network", label: "Network", isName: true, value: (row) => row.name, cell: (row) => [networkLink(row.id), h("span", { class: "below" }, said(row.id))] },
  numberColumn("pages", "Pages", (row) => row.pages),
  { key: "roles", label: "Roles", value: (row) => row.roles.join(), cell: (row) => rolesNode(row.roles) },
  { key: "bidders", label: "Bidder codes", value: (row) => row.bidders.join(), cell: (row) => codesNode(row.bidders) },
  { key: "evidence", label: "Best evidence", value: (row) => String(9 - (CERTAINTY[row.evidence] ?? 0)), cell: (row) => evidence(row.evidence) },
];

function networkLink(id) {
  return h("a", { href: `#/network/${encodeURIComponent(id)}` }, said(networkName(id)));
}

function rolesNode(roles) {
  if (roles.length === 0) return none();
  return h("span", { class: "roles" }, roles.map((role, index) => [index > 0 && ", ", said(roleName(role))]));
}

function codesNode(codes) {
  return codes.length ? h("ul", { class: "codes" }, codes.map((one) => h("li", {}, code(one)))) : none();
}

function networksView(state) {
  const title = h("h1", { tabindex: "-1" }, "Networks");
  const texts = (row) => [row.id, row.name, ...row.roles, ...row.roles.map(roleName), ...row.bidders];
  return listView({ name: "networks", title, noun: "network", all: common.networks, columns: NETWORK_COLUMNS, texts, state });
}

/** One network: what it does, and the pages that have it. */
function networkView(id, state) {
  const network = networks.get(id);
  if (!network) return missing("There is no such network in this report.");
  const facts = h(
    "dl",
    { class: "facts" },
    fact("Id", code(network.id)),
    fact("Roles", rolesNode(network.roles)),
    fact("Best evidence", evidence(network.evidence)),
    network.bidders.length > 0 && fact("Bidder codes", codesNode(network.bidders)),
  );
  const title = [crumbs("#/networks", "Networks"), h("h1", { tabindex: "-1" }, said(network.name))];
  const all = rows.filter((row) => row.networks.includes(id));
  const extra = [facts, accounts(network, all)];
  return listView({ name: `network/${encodeURIComponent(id)}`, title, noun: "page", all, columns: PAGE_COLUMNS, texts: pageTexts, extra, state });
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function crumbs(link, label, more) {
  return h("nav", { class: "crumbs", "aria-label": "Way back" }, h("a", { href: link }, `← ${label}`), more);
}

function missing(text) {
  return [crumbs("#/", "Overview"), h("h1", { tabindex: "-1" }, "Not here"), h("p", { class: "nothing large" }, text)];
}

/** The publisher's ids at a network over its pages. They stand with the pages, so they are gathered when asked for. */
function accounts(network, all) {
  const place = h("div", { "aria-live": "polite" });
  const button = h("button", { type: "button", click: gather }, `Gather the publisher's ids from ${counted(all.length, "page")}`);
  place.append(button);
  async function gather() {
    const ids = new Map();
    for (const [index, row] of all.entries()) {
      if (index % 100 === 0) place.replaceChildren(h("p", { class: "faint" }, `Reading page ${grouped(index + 1)} of ${grouped(all.length)}…`));
      addIds(ids, network.id, (await unpack(row.number)).networks, row.number);
    }
    place.replaceChildren(h("div", {}, idsTable(ids)));
  }
  return h("section", { class: "accounts" }, h("h2", {}, "Publisher’s ids"), place);
}

function addIds(ids, id, found, number) {
  for (const [name, values] of Object.entries(found.find((one) => one.id === id)?.ids ?? {})) {
    for (const value of values) {
      const key = `${name}\n${JSON.stringify(value)}`;
      if (!ids.has(key)) ids.set(key, { name, value, pages: [] });
      ids.get(key).pages.push(number);
    }
  }
}

function idsTable(ids) {
  const found = [...ids.values()].sort((a, b) => b.pages.length - a.pages.length || COLLATOR.compare(a.name, b.name));
  if (found.length === 0) return h("p", { class: "nothing" }, "No id of the publisher stands in the source of these pages.");
  const columns = ["Param", "Value", "Pages"].map((label) => h("th", { scope: "col" }, label));
  const link = (number) => h("li", {}, h("a", { href: `#/page/${number}` }, said(rows[number - 1].title || fileName(rows[number - 1].path))));
  const links = (pages) => h("details", { class: "of-pages" }, h("summary", {}, grouped(pages.length)), h("ul", {}, pages.slice(0, ROWS_IN_VIEW).map(link)));
  const row = ({ name, value, pages }) =>
    h("tr", {}, h("th", { scope: "row", "data-label": "Param" }, code(name)), h("td", { "data-label": "Value" }, valueNode(value)), h("td", { "data-label": "Pages" }, links(pages)));
  return many(found.map(row), (lines) => h("table", { class: "plain" }, h("thead", {}, h("tr", {}, columns)), h("tbody", {}, lines)));
}
