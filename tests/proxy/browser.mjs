// Chromium through the proxy to a site of our own: no ad request leaves, the page stays what it was.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CODINGS, startProxy, startSite } from "./site.mjs";

const { chromium } = createRequire(join(import.meta.dirname, "../browser/"))("playwright-core");
const SITE = "https://news.example";
let site, proxy, home, filtered, direct;

/** A browser that trusts the certificates, with an own home so that nobody else's store is touched. */
async function open(name, options) {
  const folder = join(home, name);
  const env = { ...process.env, HOME: home };
  return chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    env,
    ...options,
    args: ["--no-sandbox", "--disable-background-networking", ...(options.args ?? [])],
  });
}

before(async () => {
  site = await startSite();
  proxy = await startProxy(site);
  home = mkdtempSync(join(tmpdir(), "adsieve-home-"));
  for (const store of [join(home, ".pki/nssdb"), join(home, ".local/share/pki/nssdb")]) {
    mkdirSync(store, { recursive: true });
    const run = (...parts) => execFileSync("certutil", ["-d", `sql:${store}`, ...parts]);
    run("-N", "--empty-password");
    run("-A", "-t", "C,,", "-n", "proxy", "-i", proxy.authority);
    run("-A", "-t", "C,,", "-n", "site", "-i", join(site.folder, "ca.pem"));
  }
  filtered = await open("filtered", { proxy: { server: `127.0.0.1:${proxy.port}` } });
  const ways = `MAP *:443 127.0.0.1:${site.securePort},MAP *:80 127.0.0.1:${site.plainPort}`;
  direct = await open("direct", { args: [`--host-resolver-rules=${ways}`] });
});

after(async () => {
  await filtered?.close();
  await direct?.close();
  await proxy?.stop();
  site?.close();
  if (home) rmSync(home, { recursive: true, force: true });
});

/** What a visit shows, and which hosts were asked for it. */
async function visit(context, path, until) {
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  site.seen.length = 0;
  await page.goto(SITE + path);
  if (until) await page.waitForFunction(until);
  await page.waitForLoadState("networkidle");
  const text = await page.evaluate(() => document.body.innerText.replace(/\s+/g, " ").trim());
  const protocol = await page.evaluate(() => performance.getEntriesByType("navigation")[0].nextHopProtocol);
  const others = site.seen.filter((one) => !/^(www\.)?news\.example/.test(one.host)).map((one) => `${one.host}${one.path}`);
  return { page, text, protocol, others, errors, seen: [...site.seen] };
}

test("a page with ads keeps its text and loses its ads", async () => {
  const before = await visit(direct, "/article");
  assert.ok(before.others.length >= 3, `without the proxy ads are asked for: ${before.others}`);
  const after = await visit(filtered, "/article");
  assert.deepEqual(after.others, [], "no ad request leaves");
  assert.equal(after.text, before.text);
  assert.deepEqual(after.errors.filter((error) => !before.errors.includes(error)), [], "no new error");
  assert.deepEqual(await after.page.evaluate(() => window.started), ["menu", "end"]);
  assert.equal(await after.page.title(), "Harbour opens");
});

test("HTTP/2 is spoken on both sides", async () => {
  const { protocol, seen } = await visit(filtered, "/article");
  assert.equal(protocol, "h2");
  assert.equal(seen[0].version, "2.0");
});

for (const coding of Object.keys(CODINGS)) {
  test(`a page in ${coding} is rewritten`, async () => {
    const { page, others } = await visit(filtered, `/article?coding=${coding}`);
    assert.deepEqual(others, []);
    assert.equal(await page.title(), "Harbour opens");
    assert.match(await page.innerText("#lead"), /café/);
  });
}

test("a real Prebid.js of the site's own asks nobody, and its auction ends", async () => {
  const over = () => document.title === "auction over";
  const before = await visit(direct, "/prebid", over);
  assert.ok(before.others.some((url) => url.includes("adnxs.com")), `without the proxy bids are asked for: ${before.others}`);
  const after = await visit(filtered, "/prebid", over);
  assert.deepEqual(after.others, []);
  assert.equal(after.text, before.text);
  assert.deepEqual(after.errors.filter((error) => !before.errors.includes(error)), []);
});

test("a web socket echoes", async () => {
  const { page } = await visit(filtered, "/plain");
  const echoed = await page.evaluate(() => new Promise((resolve, reject) => {
    const socket = new WebSocket("wss://news.example/socket");
    socket.onopen = () => socket.send("ahoy");
    socket.onmessage = (event) => { resolve(event.data); socket.close(); };
    socket.onerror = () => reject(new Error("socket"));
  }));
  assert.equal(echoed, "ahoy");
});

test("a part of a video is that part", async () => {
  const { page } = await visit(filtered, "/plain");
  const part = await page.evaluate(async () => {
    const response = await fetch("/video.mp4", { headers: { Range: "bytes=1000-1999" } });
    return [response.status, response.headers.get("content-range"), (await response.arrayBuffer()).byteLength];
  });
  assert.deepEqual(part, [206, "bytes 1000-1999/1048576", 1000]);
});

test("the live page tells what was blocked", async () => {
  await visit(filtered, "/article");
  const page = await filtered.newPage();
  await page.goto("http://adsieve.local/");
  await page.waitForSelector("details.page");
  const text = await page.innerText("main");
  assert.match(text, /https:\/\/news\.example\/article/);
  assert.match(text, /google/);
});
