// What pages do in a browser before and after `adsieve clean`: requests to ad hosts, calls of libraries, errors, text.
//
//   node tests/browser/measure/rewrite.mjs FOLDER [--init ../shared/browser/init.js] [--jobs 2] [--limit N] [--only PART]
//
// One line of JSON a page, and a summary at the end. FOLDER holds saved pages, gzipped or not. Nothing is fetched.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { root, startBrowser } from "../shared/browser.mjs";
import { addressOf, compare, readText, visit } from "../shared/visit.mjs";

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const folder = process.argv[2];
const program = process.env.ADSIEVE ?? join(root, "target/release/adsieve");
const harness = option("init", join(root, "../shared/browser/init.js"));
const init = existsSync(harness) ? readText(harness) : undefined;
const scratch = mkdtempSync(join(tmpdir(), "adsieve-rewrite-"));

function readPage(name) {
  const bytes = readFileSync(join(folder, name));
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

function cleaned(bytes, name) {
  const path = join(scratch, `${name.replace(/\W/g, "_")}.html`);
  writeFileSync(path, bytes);
  return execFileSync(program, ["clean", path], { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
}

/** Which of the requests go to ad hosts: the program says. */
function adRequests(all, source) {
  const kinds = { stylesheet: "style", document: "frame", xhr: "fetch" };
  const lines = all.map((one) => {
    const at = one.indexOf(" ");
    const kind = one.slice(0, at);
    return JSON.stringify({ url: one.slice(at + 1), kind: kinds[kind] ?? kind, source_url: source });
  });
  const out = execFileSync(program, ["check", "-"], { input: lines.join("\n") + "\n", encoding: "utf8", maxBuffer: 1 << 28 });
  const verdicts = out.trim().split("\n").map((line) => JSON.parse(line).action);
  return new Set(all.filter((_, index) => verdicts[index] === "block"));
}

async function measure(browser, name) {
  const bytes = readPage(name);
  const url = addressOf(bytes.toString("latin1"), name);
  const before = await visit(browser, bytes, url, { init });
  const after = await visit(browser, cleaned(bytes, name), url, { init });
  const all = [...new Set([...before.requests, ...after.requests])];
  const ads = all.length ? adRequests(all, url) : new Set();
  const found = compare(before, after, (one) => ads.has(one));
  // Clocks, counters and lazy pages differ from visit to visit: a second look at the original tells.
  if (!found.isTextSame || found.newErrors.length) {
    const again = await visit(browser, bytes, url, { init });
    found.isTextStable = again.text === before.text;
    found.newErrors = found.newErrors.filter((error) => !again.errors.includes(error));
    if (!found.isTextSame) found.text = difference(before.text, after.text);
  }
  return { page: name, url, ...found };
}

function difference(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return [one.slice(Math.max(0, at - 20), at + 60), other.slice(Math.max(0, at - 20), at + 60)];
}

const only = option("only", "");
const names = readdirSync(folder).filter((name) => name.includes(only)).sort().slice(0, Number(option("limit", 1e9)));
const results = [];
let next = 0;
await Promise.all(
  Array.from({ length: Number(option("jobs", 2)) }, async () => {
    let browser = await startBrowser();
    for (let count = 1; next < names.length; count++) {
      const name = names[next++];
      try {
        const result = await measure(browser, name);
        results.push(result);
        console.log(JSON.stringify(result));
      } catch (error) {
        console.log(JSON.stringify({ page: name, failed: error.message.split("\n")[0] }));
      }
      if (count % 60 === 0) {
        await browser.close();
        browser = await startBrowser();
      }
    }
    await browser.close();
  }),
);
const sum = (key) => results.reduce((total, one) => total + one[key], 0);
const broken = results.filter((one) => one.newErrors.length || (!one.isTextSame && one.isTextStable));
console.error(`${results.length} pages: requests to ad hosts ${sum("adsBefore")} -> ${sum("adsAfter")}, calls ${sum("callsBefore")} -> ${sum("callsAfter")}`);
console.error(`pages with new errors ${results.filter((one) => one.newErrors.length).length}, with other text ${results.filter((one) => !one.isTextSame && one.isTextStable).length}`);
broken.forEach((one) => console.error(JSON.stringify({ page: one.page, newErrors: one.newErrors, text: one.text })));
process.exit(0);
