// What an HTML report over many pages costs: size, time to open, time to search and to show a page, memory.
//
//   node tests/browser/measure/report.mjs [PAGES]
//
// The pages of tests/corpus and docs/pictures are copied as often as needed, each copy with a title and ids of its own.

import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { adsieve, root, scratchFolder, startBrowser } from "../shared/browser.mjs";

const wanted = Number(process.argv[2] ?? 10_000);
const folder = scratchFolder();
const report = join(folder, "report.html");

function pagesBelow(path) {
  const names = readdirSync(join(root, path), { recursive: true });
  return names.filter((name) => extname(name) === ".html").map((name) => readFileSync(join(root, path, name), "utf8"));
}

/** The page with numbers of its own: no two copies compress to the same. */
function copy(text, index) {
  const numbered = text.replace(/\b\d{4,9}\b/g, (digits) => String((Number(digits) * 31 + index * 7919) % 10 ** digits.length));
  return numbered.replace(/<title>/, `<title>${index} `);
}

function multiply() {
  const originals = [...pagesBelow("docs/pictures/pages"), ...pagesBelow("tests/corpus")];
  for (let index = 0; index < wanted; index++) {
    const site = join(folder, "pages", `site-${index % 97}`);
    mkdirSync(site, { recursive: true });
    writeFileSync(join(site, `page-${index}.html`), copy(originals[index % originals.length], index));
  }
}

const since = (start) => `${((performance.now() - start) / 1000).toFixed(2)} s`;

async function timed(name, run) {
  const start = performance.now();
  await run();
  console.log(`${name.padEnd(28)} ${since(start)}`);
}

multiply();
await timed(`scan ${wanted} pages`, () => adsieve("scan", "--quiet", "--format", "html", "-o", report, join(folder, "pages")));
console.log(`${"size".padEnd(28)} ${(statSync(report).size / 1e6).toFixed(1)} MB`);

const browser = await startBrowser();
const page = await browser.newPage();
const url = pathToFileURL(report).href;
await timed("open the overview", async () => {
  await page.goto(url);
  await page.waitForSelector("#opening", { state: "detached" });
});
await timed("show the table of pages", async () => {
  await page.goto(`${url}#/pages`);
  await page.waitForSelector(".list");
});
await timed("search", async () => {
  await page.locator("#search").fill("velo gravel");
  await page.waitForFunction(() => / of /.test(document.querySelector(".found").textContent));
});
await timed("sort", async () => {
  await page.getByRole("button", { name: "Bids" }).click();
  await page.waitForSelector("th[aria-sort]");
});
await timed("show the last page", async () => {
  await page.goto(`${url}#/page/${wanted}`);
  await page.waitForSelector(".facts");
});
const session = await page.context().newCDPSession(page);
await session.send("Performance.enable");
const { metrics } = await session.send("Performance.getMetrics");
const heap = metrics.find(({ name }) => name === "JSHeapUsedSize").value;
console.log(`${"heap of the script".padEnd(28)} ${(heap / 1e6).toFixed(0)} MB`);
await browser.close();
