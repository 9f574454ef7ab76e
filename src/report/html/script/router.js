
// Which view stands in the fragment: #/ · #/pages?q=… · #/networks · #/network/ID · #/sites · #/accounts · #/page/NUMBER/PART

const overview = document.getElementById("overview");
const view = document.getElementById("view");
const TITLE = "adsieve report";

/** Where a list stood when it was left, by its fragment. */
const scrolled = new Map();
let current = null;
let turn = 0;

function route() {
  const fragment = location.hash.replace(/^#\/?/, "");
  const [path, query] = fragment.split("?", 2);
  const [kind, ...parts] = path.split("/");
  return { kind: kind || (fragment === "" && location.hash === "" && rows.length === 1 ? "page" : "overview"), parts: parts.map(decodedPart), state: Object.fromEntries(new URLSearchParams(query ?? "")) };
}

function decodedPart(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Puts the state of a list into the fragment, without a step in the history. */
function remember(name, state) {
  const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value !== undefined)).toString();
  current = `#/${name}${query && `?${query}`}`;
  if (location.hash !== current) history.replaceState(null, "", current);
}

async function nodesOf({ kind, parts, state }) {
  if (kind === "pages") return pagesView(state);
  if (kind === "networks") return networksView(state);
  if (kind === "network") return networkView(parts[0] ?? "", state);
  if (kind === "sites" && common.summary.sites) return sitesView(state);
  if (kind === "accounts" && common.summary.accounts) return accountsView(state);
  if (kind === "page") return pageView(Number(parts[0] ?? 1));
  return missing("There is no such view in this report.");
}

async function show() {
  const asked = route();
  const isFirst = current === null;
  const isSameView = !isFirst && asked.kind === "page" && current.split("/", 3).join() === location.hash.split("/", 3).join();
  if (!isFirst && !isSameView) scrolled.set(current, scrollY);
  current = location.hash || "#/";
  const mine = ++turn;
  if (!isSameView) {
    const nodes = asked.kind === "overview" ? [] : await nodesOf(asked).catch(unreadable);
    // Another view was asked for while this one was unpacked.
    if (mine !== turn) return;
    put(asked.kind, nodes);
  }
  settle(asked, isFirst);
}

function put(kind, nodes) {
  const isOverview = kind === "overview";
  overview.hidden = !isOverview;
  view.hidden = isOverview;
  view.replaceChildren(...nodes.flat(Infinity).filter(Boolean));
  const tabs = { overview: "overview", pages: "pages", page: "pages", networks: "networks", network: "networks", sites: "sites", accounts: "accounts" };
  for (const tab of document.querySelectorAll("[data-tab]")) {
    const isHere = tab.dataset.tab === tabs[kind];
    if (isHere) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  const heading = (isOverview ? overview : view).querySelector("h1");
  document.title = isOverview ? TITLE : `${plain(heading.textContent)} – ${TITLE}`;
}

/** Puts the focus and the scroll where a reader expects them. */
function settle({ kind, parts }, isFirst) {
  const part = kind === "page" && parts[1] ? document.getElementById(parts[1]) : null;
  if (part?.classList.contains("part")) {
    part.focus({ preventScroll: true });
    part.scrollIntoView();
  } else if (!isFirst) {
    (kind === "overview" ? overview : view).querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, scrolled.get(current) ?? 0);
  }
}

function unreadable() {
  return missing("This page cannot be unpacked: the file is damaged, or the browser is too old (it needs DecompressionStream, of 2023).");
}

const THEMES = { "": "Theme: system", light: "Theme: light", dark: "Theme: dark" };

function themeButton() {
  const button = document.getElementById("theme");
  const names = Object.keys(THEMES);
  let index = 0;
  const set = () => {
    document.documentElement.dataset.theme = names[index];
    button.textContent = THEMES[names[index]];
  };
  button.addEventListener("click", () => {
    index = (index + 1) % names.length;
    set();
  });
  button.hidden = false;
  set();
}

/** On paper nothing can be opened: all of the page is printed, with its source where that is not a book. */
function openForPrint() {
  for (const more of view.querySelectorAll(".more, .inline-more")) more.click();
  for (const details of view.querySelectorAll("details")) details.open = true;
  const closed = [...view.querySelectorAll(".line[aria-expanded=false]")];
  if (closed.length <= 200) closed.forEach((button) => button.click());
}

document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const search = document.getElementById("search");
  if (search) search.focus();
  else location.hash = "#/pages";
});
addEventListener("hashchange", show);
addEventListener("beforeprint", openForPrint);
document.getElementById("opening").remove();
themeButton();
addRollupTabs();
show();
