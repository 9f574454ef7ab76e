
// An ad unit: what it is, and who bids for it with which params.

function adUnit(page, unit) {
  const heading = h("h3", {}, unit.code === null ? h("span", { class: "faint" }, "without a code") : h("code", {}, inline(unit.code)));
  const facts = h(
    "p",
    { class: "unit-facts" },
    unit.library && h("span", {}, said(unit.library), unit.global && [" · ", code(unit.global)]),
    evidence(unit.evidence),
    lineInBlock(page, unit.at),
  );
  return h(
    "article",
    { class: "ad-unit" },
    h("header", { class: "has-source" }, heading, facts),
    onlyIf(unit.when),
    unit.media_types !== null && mediaTypes(unit.media_types),
    unit.problems.map((problem) => problemLine(problem)),
    bidTable(page, unit.bids),
  );
}

/** `banner 300×250, 728×90`: each media type with its sizes; whatever else it says stands below. */
function mediaTypes(types) {
  const isPlain = typeof types === "object" && !Array.isArray(types) && !Object.keys(types).some((key) => key.startsWith("$"));
  if (!isPlain) return h("div", { class: "media" }, valueNode(types));
  return h(
    "ul",
    { class: "media" },
    Object.entries(types).map(([name, options]) => h("li", {}, h("span", { class: "media-name" }, said(name)), mediaOptions(options))),
  );
}

function mediaOptions(options) {
  const names = options && typeof options === "object" && !Array.isArray(options) ? Object.keys(options) : [];
  const isSizesAlone = names.length === 1 && /^(sizes|playerSize)$/.test(names[0]);
  return valueNode(isSizesAlone ? options[names[0]] : options);
}

function bidTable(page, bids) {
  if (bids.length === 0) return h("p", { class: "nothing" }, "No bidder in the source: a server or a later script may add them.");
  const head = ["Bidder", "Network", "Params", "Source"].map((label) => h("th", { scope: "col" }, label));
  const row = (bid) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", "data-label": "Bidder" }, h("code", { class: "bidder" }, inline(bid.bidder)), bid.alias_of && h("span", { class: "below" }, "alias of ", code(bid.alias_of))),
      h("td", { "data-label": "Network" }, bid.network ? networkLink(bid.network) : h("span", { class: "faint" }, "not known")),
      h("td", { "data-label": "Params" }, onlyIf(bid.when), valueNode(bid.params), decoded(bid.decoded), bid.problems.map((problem) => problemLine(problem))),
      h("td", { "data-label": "Source" }, lineInRow(page, bid.at)),
    );
  return many(bids.map(row), (rows) => h("table", { class: "bids" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}

/** Params in base64 or percent encoding, and the text behind them. */
function decoded(texts) {
  const entries = Object.entries(texts ?? {});
  if (entries.length === 0) return null;
  return h("p", { class: "decoded" }, entries.map(([name, text]) => h("span", {}, code(name), " is ", h("code", { class: "string" }, "“", said(cut(text)), "”"))));
}

function problemLine(problem, more) {
  return h("p", { class: "problem" }, h("span", { class: "tag warn" }, said(problem.code)), " ", h("span", {}, message(problem.message)), more);
}

/** The program's words, in which what stands between backticks is the page's. */
function message(text) {
  return text.split("`").map((piece, index) => (index % 2 ? code(piece) : said(piece)));
}
