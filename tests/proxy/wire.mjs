// The proxy by its wire: curl and bare sockets, large and endless bodies, hostile requests, signals.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { LARGE, startProxy, startSite } from "./site.mjs";

const run = promisify(execFile);
const SITE = "https://news.example";
let site, proxy;

before(async () => {
  site = await startSite();
  proxy = await startProxy(site);
});

after(async () => {
  await proxy?.stop();
  site?.close();
});

/** curl through the proxy: what it prints. */
async function curl(...parts) {
  const all = ["--silent", "--show-error", "--max-time", "60", "--proxy", `http://127.0.0.1:${proxy.port}`, "--cacert", proxy.authority, ...parts];
  const { stdout } = await run("curl", all, { maxBuffer: 64 << 20 });
  return stdout;
}

/** Sends bytes to the proxy; all that comes back until it closes, or a while has passed. */
async function raw(bytes, patience = 3000) {
  const socket = connect(proxy.port, "127.0.0.1");
  let all = "";
  socket.setEncoding("latin1").on("data", (text) => (all += text)).on("error", () => {});
  socket.write(bytes, "latin1");
  await Promise.race([once(socket, "close"), sleep(patience, undefined, { ref: false })]);
  socket.destroy();
  return all;
}

const status = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
const served = async () => assert.match(await curl(`${SITE}/plain`), /plain/, "the proxy goes on");

test("pages lose their ads, by HTTP and HTTPS, in every coding", async () => {
  for (const url of [`${SITE}/article`, "http://news.example/article", `${SITE}/article?coding=gzip`, `${SITE}/article?coding=br`]) {
    const page = await curl("--compressed", "--header", "Accept: text/html", url);
    assert.match(page, /The next ship comes on Thursday/);
    assert.match(page, /caf\u00e9/);
    assert.doesNotMatch(page, /addAdUnits|defineSlot|doubleclick|adnxs|googlesyndication/, url);
  }
});

test("blocked requests are answered in place of their servers", async () => {
  site.seen.length = 0;
  const ask = (url, kind, ...more) => curl("--write-out", "\n%{http_code} %{content_type}", "--header", `Sec-Fetch-Dest: ${kind}`, "--referer", `${SITE}/article`, ...more, url);
  assert.match(await ask("https://securepubads.g.doubleclick.net/tag/js/gpt.js", "script"), /googletag[^]*\n200 application\/javascript$/);
  assert.match(await ask("https://ib.adnxs.com/getuid", "image", "--output", "/dev/null"), /\n200 image\/gif$/);
  assert.match(await ask("https://ib.adnxs.com/ut/v3/prebid", "empty"), /^\n403 /);
  assert.deepEqual(site.seen, []);
});

test("the first bytes of a page come before its last", async () => {
  const began = Date.now();
  const ask = request({ port: proxy.port, path: "http://news.example/slow", headers: { host: "news.example", accept: "text/html" } });
  const [response] = await once(ask.end(), "response");
  const [first] = await once(response.setEncoding("utf8"), "data");
  assert.match(first, /first/);
  assert.ok(Date.now() - began < 1200);
  let rest = "";
  for await (const part of response) rest += part;
  assert.match(rest, /last/);
});

test("a large download passes and memory stays flat", async () => {
  const before = proxy.memory().now;
  const size = await curl("--output", "/dev/null", "--write-out", "%{size_download}", `${SITE}/large`);
  assert.equal(Number(size), LARGE);
  assert.ok(proxy.memory().most - before < 48 << 20, `${(proxy.memory().most - before) >> 20} MB more`);
});

test("uploads and parts pass", async () => {
  assert.equal(await curl("--data-binary", "a=1&b=2", `${SITE}/echo`), "a=1&b=2");
  assert.equal(await curl("--header", "Transfer-Encoding: chunked", "--data-binary", "chunks", "--http1.1", `${SITE}/echo`), "chunks");
  assert.equal((await curl("--range", "10-19", `${SITE}/video.mp4`, "--output", "/dev/null", "--write-out", "%{http_code} %{size_download}")), "206 10");
});

test("entity tags are marked and led back", async () => {
  const head = await curl("--head", "--request", "GET", "--header", "Accept: text/html", `${SITE}/article`);
  assert.match(head, /^etag: W\/"one-adsieve-[0-9a-f]+"/im);
});

test("a page that does not fit its coding passes as it came", async () => {
  assert.equal(await curl("--header", "Accept: text/html", `${SITE}/liar`), "<p>not gzip</p>");
});

test("a bomb is broken off and memory bounded", async () => {
  const before = proxy.memory().now;
  await assert.rejects(curl("--header", "Accept: text/html", "--header", "Accept-Encoding: gzip", "--output", "/dev/null", `${SITE}/bomb`));
  assert.ok(proxy.memory().most - before < 160 << 20, `${(proxy.memory().most - before) >> 20} MB more`);
  await served();
});

test("a page that never ends streams until the client has enough", async () => {
  const before = proxy.memory().most;
  await assert.rejects(curl("--header", "Accept: text/html", "--max-time", "4", "--output", "/dev/null", `${SITE}/endless`));
  assert.ok(proxy.memory().most - before < 64 << 20, `${(proxy.memory().most - before) >> 20} MB more`);
  await served();
});

test("fields with bytes that are no UTF-8 pass", async () => {
  const ask = request({ port: proxy.port, path: "http://news.example/odd", headers: { host: "news.example", accept: "text/html" } });
  const [response] = await once(ask.end(), "response");
  response.resume();
  assert.equal(response.headers["x-odd"], "caf\u00e9");
});

const head = (fields, body = "") => `POST http://news.example/echo HTTP/1.1\r\nHost: news.example\r\n${fields}\r\n\r\n${body}`;
const SMUGGLED = "GET http://news.example/smuggled HTTP/1.1\r\nHost: news.example\r\n\r\n";
const HOSTILE = {
  "no HTTP at all": "GARBAGE\r\n\r\n",
  "a request without a host": "GET /x HTTP/1.1\r\n\r\n",
  "two lengths": head("Content-Length: 5\r\nContent-Length: 6", `hello${SMUGGLED}`),
  "a negative length": head("Content-Length: -1"),
  "lengths in one field": head("Content-Length: 5, 6", `hello${SMUGGLED}`),
  "a signed length": head("Content-Length: +5", "hello"),
  "a transfer coding in HTTP/1.0": head("Transfer-Encoding: chunked", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"),
  "chunks that are not the last coding": head("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
  "a folded transfer coding": head("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
  "an unknown transfer coding": head("Transfer-Encoding: chunked, x", "0\r\n\r\n"),
  "a chunk larger than numbers": head("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFFF\r\nx"),
  "a chunk without a size": head("Transfer-Encoding: chunked", "zz\r\nhello\r\n0\r\n\r\n"),
  "a folded field": head("X-Fold: a\r\n b\r\nContent-Length: 0"),
  "a field with a space before the colon": head("Content-Length : 5", "hello"),
  "a NUL in a field": head("X-Nul: a\0b\r\nContent-Length: 0"),
  "a flood of fields": head(Array.from({ length: 5000 }, (_, at) => `X-${at}: 1`).join("\r\n")),
  "one endless field": head(`X-Long: ${"a".repeat(1 << 20)}`),
  "an endless path": `GET http://news.example/${"a".repeat(1 << 20)} HTTP/1.1\r\nHost: news.example\r\n\r\n`,
  "HTTP/2 without TLS": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
};
for (const [name, bytes] of Object.entries(HOSTILE)) {
  test(`hostile: ${name} gets a refusal and nothing leaves`, async () => {
    site.seen.length = 0;
    const answer = await raw(bytes);
    assert.ok(answer === "" || status(answer) >= 400, answer.slice(0, 200));
    assert.deepEqual(site.seen.filter((one) => one.path.includes("smuggled")), []);
    await served();
  });
}

for (const fields of ["Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5"]) {
  // RFC 9112, 6.3: the chunks count, the length goes no further, and the connection ends behind the answer.
  test(`hostile: ${fields.split(":")[0]} first, both told: nothing is read behind the chunks`, async () => {
    site.seen.length = 0;
    const answer = await raw(head(fields, `2\r\nhi\r\n0\r\n\r\n${SMUGGLED}`));
    assert.equal(answer.match(/HTTP\/1\.1 /g).length, 1, answer);
    assert.match(answer, /^connection: close/im);
    assert.deepEqual(site.seen.map((one) => [one.path, one.headers["content-length"], one.headers["transfer-encoding"]]), [["/echo", undefined, "chunked"]]);
    await served();
  });
}

test("clients that say little hold nobody up", async () => {
  const slow = Array.from({ length: 300 }, () => {
    const socket = connect(proxy.port, "127.0.0.1").on("error", () => {});
    socket.write("GET http://news.example/ HTTP/1.1\r\nX");
    return socket;
  });
  await sleep(300);
  await served();
  for (const socket of slow) socket.destroy();
});

test("tunnels lead only where they may", async () => {
  const ask = async (target) => status(await raw(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`, 1500));
  assert.equal(await ask("news.example:25"), 403);
  assert.equal(await ask("news.example"), 400);
  assert.equal(await ask("accounts.google.com:443"), 200);
  const inside = await run("curl", ["--silent", "--proxy", `http://127.0.0.1:${proxy.port}`, "--output", "/dev/null", "--write-out", "%{http_code}", "http://10.0.0.1:8000/"]);
  assert.equal(inside.stdout, "403");
});

test("the metrics port answers to its own name only", async () => {
  const page = await (await fetch(`${proxy.monitor}/metrics`)).text();
  assert.match(page, /^adsieve_requests_total [1-9]/m);
  const foreign = await run("curl", ["--silent", "--header", "Host: evil.example", "--write-out", "%{http_code}", "--output", "/dev/null", `${proxy.monitor}/metrics`]);
  assert.equal(foreign.stdout, "421");
});

test("the log tells what was done and no query", async () => {
  await curl("--header", "Accept: text/html", `${SITE}/article?session=secret`);
  await sleep(200);
  const page = proxy.log.findLast((event) => event.message === "page rewritten");
  assert.equal(page.url, "https://news.example/article?…");
  assert.ok(page.changes >= 5 && page.why.includes("script-edited"), page.why);
  assert.ok(!JSON.stringify(proxy.log).includes("secret"));
});

test("a client that does not trust the authority passes through the next time", async () => {
  const ask = () => run("curl", ["--silent", "--proxy", `http://127.0.0.1:${proxy.port}`, "--cacert", `${site.folder}/ca.pem`, "https://pinned.news.example/plain"]);
  await assert.rejects(ask());
  await sleep(200);
  assert.match((await ask()).stdout, /plain/);
  assert.ok(proxy.log.some((event) => event.host === "pinned.news.example" && event.level === "WARN"));
});

test("a client that checks the certificate by itself passes through in the end", async () => {
  // It takes the certificate, finds that it is another one than it knows, and closes without a word.
  const trusted = `${site.folder}/both.pem`;
  writeFileSync(trusted, readFileSync(proxy.authority) + readFileSync(`${site.folder}/ca.pem`, "utf8"));
  const ask = () => run("curl", ["--silent", "--proxy", `http://127.0.0.1:${proxy.port}`, "--cacert", trusted, "--pinnedpubkey", site.pin, "https://app.news.example/plain"]);
  for (let attempt = 0; attempt < 3; attempt++) {
    await assert.rejects(ask());
    await sleep(100);
  }
  assert.match((await ask()).stdout, /plain/);
});

test("a reload drops no connection", async () => {
  const ask = request({ port: proxy.port, path: "http://news.example/slow", headers: { host: "news.example", accept: "text/html" } });
  const [response] = await once(ask.end(), "response");
  proxy.child.kill("SIGHUP");
  let all = "";
  for await (const part of response.setEncoding("utf8")) all += part;
  assert.match(all, /first[^]*last/);
  while (!proxy.log.some((event) => event.message === "rules and lists reloaded")) await sleep(50);
});

const example = join(import.meta.dirname, "../../target/debug/examples/http_filter");
test("the example of a filter filters", { skip: existsSync(example) ? false : "build it: cargo build --examples" }, async () => {
  const child = spawn(example, ["127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [address] = await once(child.stdout.setEncoding("utf8"), "data");
    const ask = async (url, ...more) => (await run("curl", ["--silent", "--max-time", "20", "--proxy", `http://${address.trim()}`, "--header", "Accept: text/html", ...more, url])).stdout;
    const page = await ask(`http://127.0.0.1:${site.plainPort}/article`);
    assert.match(page, /caf\u00e9[^]*The next ship/);
    assert.doesNotMatch(page, /addAdUnits|doubleclick/);
    assert.match(await ask("http://securepubads.g.doubleclick.net/tag/js/gpt.js", "--header", "Sec-Fetch-Dest: script"), /googletag/);
  } finally {
    child.kill();
  }
});

test("a password is asked for where one is set", async () => {
  const file = `${site.folder}/logins`;
  writeFileSync(file, "me:secret\n");
  const closed = await startProxy(site, ["--auth", file]);
  const ask = (...more) => run("curl", ["--silent", "--proxy", `http://127.0.0.1:${closed.port}`, ...more, "--output", "/dev/null", "--write-out", "%{http_code}", "http://news.example/plain"]);
  assert.equal((await ask()).stdout, "407");
  assert.equal((await ask("--proxy-user", "me:secret")).stdout, "200");
  assert.equal(await closed.stop(), 0);
});

test("asked to end, the proxy first ends what is under way", async () => {
  const ask = request({ port: proxy.port, path: "http://news.example/slow", headers: { host: "news.example", accept: "text/html" } });
  const [response] = await once(ask.end(), "response");
  const ended = proxy.stop();
  let all = "";
  for await (const part of response.setEncoding("utf8")) all += part;
  assert.match(all, /first[^]*last/);
  assert.equal(await ended, 0);
});
