// What pages do in a browser before and after `adsieve clean`: requests to ad hosts, calls of libraries, errors, text.
//
//   node tests/browser/measure/rewrite.mjs FOLDER [--init ../shared/browser/init.js] [--judge ../shared/lists/easylist.txt]
//        [--policy FILE] [--jobs 2] [--limit N] [--from N] [--only PART,PART] [--out FILE]
//
// One line of JSON a page, and a summary at the end. FOLDER holds saved pages, gzipped or not. Nothing is fetched.
//
// Each page is opened three times: as it is; rewritten, with nothing in front of the network ("alone"); rewritten, with the
// verdicts on requests in front of it ("behind a proxy"): there a blocked request never leaves and gets its stand-in, so
// that a library arrives only by a script that was let through. What leaves is judged by a filter list, too, that the
// proxy does not have.

import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { root, startBrowser } from "../shared/browser.mjs";
import { addressOf, compare, readText, visit } from "../shared/visit.mjs";

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const folder = process.argv[2];
const program = process.env.ADSIEVE ?? join(root, "target/release/adsieve");
const policy = option("policy") ? ["--policy", option("policy")] : [];
const harness = option("init", join(root, "../shared/browser/init.js"));
const init = existsSync(harness) ? readText(harness) : undefined;
const scratch = mkdtempSync(join(tmpdir(), "adsieve-rewrite-"));

/** A program that answers a question a line. */
class Judge {
  constructor(parameters) {
    this.waiting = [];
    this.child = spawn(program, ["check", "-", "-q", ...policy, ...parameters], { stdio: ["pipe", "pipe", "ignore"] });
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift()(JSON.parse(line)));
  }

  /** The verdict on a request of a page, as `image https://…`. */
  ask(request, source) {
    const kinds = { stylesheet: "style", document: "frame", xhr: "fetch" };
    const at = request.indexOf(" ");
    const kind = request.slice(0, at);
    this.child.stdin.write(JSON.stringify({ url: request.slice(at + 1), kind: kinds[kind] ?? kind, source_url: source }) + "\n");
    return new Promise((answer) => this.waiting.push(answer));
  }
}

const proxy = new Judge([]);
const list = option("judge", join(root, "../shared/lists/easylist.txt"));
const judge = existsSync(list) ? new Judge(["--list", list]) : proxy;

/** What a proxy does about a request: nothing, or a stand-in in place of an answer. */
const filterOf = (source, blocked) => async (request) => {
  const verdict = await proxy.ask(request, source);
  if (verdict.action !== "block") return undefined;
  blocked.push(request);
  const stub = join(root, "rules/stubs", `${verdict.answer}.js`);
  if (existsSync(stub)) return { standIn: ["application/javascript", readFileSync(stub)] };
  const empty = { "empty-script": ["application/javascript", ""], "empty-image": ["image/gif", ""], "empty-frame": ["text/html", ""], "empty-style": ["text/css", ""], "empty-text": ["text/plain", ""] };
  return { standIn: empty[verdict.answer] };
};

/** The harness with libraries that come by their own scripts, not whatever happens. */
function byScriptAlone(text) {
  const steps = "const steps = [() => actGpt(why), () => actPrebid(why), () => actAps(why, force),";
  if (!text.includes(steps)) throw new Error("the harness has changed: libraries would arrive unasked");
  const came = "const steps = [() => seenLib.gpt && actGpt(why), () => (seenLib.prebid || !(pbStore && pbStore.libLoaded)) && actPrebid(why), () => seenLib.aps && actAps(why, force),";
  return text.replace(steps, came);
}

function readPage(name) {
  const bytes = readFileSync(join(folder, name));
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

function cleaned(bytes, name) {
  const path = join(scratch, `${name.replace(/\W/g, "_")}.html`);
  writeFileSync(path, bytes);
  return execFileSync(program, ["clean", ...policy, path], { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
}

/** Which of the requests the judge blocks. */
async function blockedBy(judge, all, source) {
  const verdicts = await Promise.all(all.map((one) => judge.ask(one, source)));
  return new Set(all.filter((_, index) => verdicts[index].action === "block"));
}

async function measure(browser, name) {
  const bytes = readPage(name);
  const url = addressOf(bytes.toString("latin1"), name);
  const rewritten = cleaned(bytes, name);
  const before = await visit(browser, bytes, url, { init });
  const after = await visit(browser, rewritten, url, { init });
  const behindInit = init && byScriptAlone(init);
  const blocked = [];
  const behind = await visit(browser, rewritten, url, { init: behindInit, filter: filterOf(url, blocked) });
  const all = [...new Set([...before.requests, ...after.requests, ...behind.requests])];
  const [ads, listed] = [await blockedBy(proxy, all, url), await blockedBy(judge, all, url)];
  const found = compare(before, after, (one) => ads.has(one));
  const proxied = compare(before, behind, (one) => listed.has(one));
  // Clocks, counters and lazy pages differ from visit to visit: a second look at the original tells.
  if (!found.isTextSame || !proxied.isTextSame || found.newErrors.length || proxied.newErrors.length) {
    const again = await visit(browser, bytes, url, { init });
    for (const one of [found, proxied]) {
      one.isTextStable = again.text === before.text;
      one.newErrors = one.newErrors.filter((error) => !again.errors.includes(error));
    }
    if (!found.isTextSame) found.text = difference(before.text, after.text);
    if (!proxied.isTextSame) proxied.text = difference(before.text, behind.text);
  }
  const listedBefore = before.left.filter((one) => listed.has(one));
  const leaving = behind.left.filter((one) => listed.has(one));
  const { newErrors, isTextSame, isTextStable, isLoaded, callsAfter, stillCalled, text, failed } = proxied;
  const behindProxy = { listedBefore: listedBefore.length, leaving, blocked: blocked.length, callsAfter, stillCalled, newErrors, isTextSame, isTextStable, isLoaded, text, failed };
  return { page: name, url, ...found, behindProxy };
}

function difference(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return [one.slice(Math.max(0, at - 20), at + 60), other.slice(Math.max(0, at - 20), at + 60)];
}

const only = option("only", "").split(",");
const from = Number(option("from", 0));
const names = readdirSync(folder).filter((name) => only.some((part) => name.includes(part))).sort().slice(from, from + Number(option("limit", 1e9)));
const results = [];
const tell = (line) => (option("out") ? appendFileSync(option("out"), `${line}\n`) : console.log(line));
let next = 0;
await Promise.all(
  Array.from({ length: Number(option("jobs", 2)) }, async () => {
    let browser = await startBrowser();
    for (let count = 1; next < names.length; count++) {
      const name = names[next++];
      try {
        const result = await measure(browser, name);
        if (!result.failed) results.push(result);
        tell(JSON.stringify(result));
      } catch (error) {
        tell(JSON.stringify({ page: name, failed: error.message.split("\n")[0] }));
      }
      if (count % 60 === 0) {
        await browser.close();
        browser = await startBrowser();
      }
    }
    await browser.close();
  }),
);

const sum = (of) => results.reduce((total, one) => total + of(one), 0);
const hasOtherText = (one) => !one.isTextSame && one.isTextStable && one.isLoaded;
const count = (is) => results.filter(is).length;
console.error(`${results.length} pages that opened, of ${names.length}`);
console.error(`alone: requests to ad hosts ${sum((one) => one.adsBefore)} -> ${sum((one) => one.adsAfter)}, calls ${sum((one) => one.callsBefore)} -> ${sum((one) => one.callsAfter)}`);
console.error(`  pages with new errors ${count((one) => one.newErrors.length)}, with other text ${count(hasOtherText)}`);
console.error(`behind a proxy: requests that the judge blocks ${sum((one) => one.behindProxy.listedBefore)} -> ${sum((one) => one.behindProxy.leaving.length)} that leave, calls ${sum((one) => one.behindProxy.callsAfter)}`);
console.error(`  pages with new errors ${count((one) => one.behindProxy.newErrors.length)}, with other text ${count((one) => hasOtherText(one.behindProxy))}`);
for (const one of results.filter((one) => one.newErrors.length || hasOtherText(one) || one.behindProxy.newErrors.length || hasOtherText(one.behindProxy))) {
  const { newErrors, text } = one.behindProxy;
  console.error(JSON.stringify({ page: one.page, newErrors: one.newErrors, text: hasOtherText(one) ? one.text : undefined, behindProxy: { newErrors, text } }));
}
process.exit(0);
