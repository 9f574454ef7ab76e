// A site of our own, every other host that its pages name, and the proxy in front of them: all on this machine.
//
// One server answers for all hosts, by HTTP and HTTPS, and notes each request with the host that it was for: what would
// have left the machine is what it has noted.
import { execFileSync, spawn } from "node:child_process";
import { X509Certificate, createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import * as zlib from "node:zlib";

const here = import.meta.dirname;
export const ADSIEVE = process.env.ADSIEVE ?? join(here, "../../target/release/adsieve");
/** Bytes of the large download. */
export const LARGE = 200 << 20;
const HOSTS = ["news.example", "*.news.example", "*.example", "*.adnxs.com", "*.doubleclick.net", "*.g.doubleclick.net", "*.rubiconproject.com", "*.googlesyndication.com"];
const pages = join(here, "pages");

/** Files of ours, with what the site says of them. */
const FILES = {
  "/article": ["article.html", "text/html; charset=utf-8"],
  "/prebid": ["prebid.html", "text/html; charset=utf-8"],
  "/site.js": ["site.js", "text/javascript"],
};

function certificates(folder) {
  const run = (...parts) => execFileSync("openssl", parts, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  run("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=test authority");
  run("req", ...key, "-keyout", "site.key", "-out", "site.csr", "-subj", "/CN=news.example");
  const names = HOSTS.map((host) => `DNS:${host}`).join(",");
  writeFileSync(join(folder, "names"), `subjectAltName=${names}\n`);
  run("x509", "-req", "-in", "site.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "site.pem", "-days", "30", "-extfile", "names");
}

/** Bytes that never repeat in a way that a coding could use. */
function* noise(length) {
  const block = Buffer.alloc(1 << 16);
  for (let at = 0; at < block.length; at++) block[at] = (at * 2654435761) >>> 13;
  for (let sent = 0; sent < length; sent += block.length) yield block.subarray(0, Math.min(block.length, length - sent));
}

function* endless() {
  for (let line = 0; ; line++) yield `<p>line ${line} of a page that never ends, with some more text to fill it</p>\n`.repeat(100);
}

const VIDEO = Buffer.concat([...noise(1 << 20)]);

function serveVideo(request, response) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range) return response.writeHead(200, { "content-type": "video/mp4", "accept-ranges": "bytes" }).end(VIDEO);
  const [first, last] = [Number(range[1]), range[2] ? Number(range[2]) : VIDEO.length - 1];
  const fields = { "content-type": "video/mp4", "content-range": `bytes ${first}-${last}/${VIDEO.length}` };
  return response.writeHead(206, fields).end(VIDEO.subarray(first, last + 1));
}

/** Node knows zstd from version 22.15 on. */
export const CODINGS = { gzip: zlib.gzipSync, br: zlib.brotliCompressSync, ...(zlib.zstdCompressSync && { zstd: zlib.zstdCompressSync }) };

function answer(request, response) {
  const url = new URL(request.url, "https://news.example");
  const html = { "content-type": "text/html; charset=utf-8" };
  const file = FILES[url.pathname];
  if (file) {
    const coding = url.searchParams.get("coding");
    const bytes = readFileSync(join(pages, file[0]));
    const fields = { "content-type": file[1], etag: '"one"', ...(coding && { "content-encoding": coding }) };
    return response.writeHead(200, fields).end(coding ? CODINGS[coding](bytes) : bytes);
  }
  switch (url.pathname) {
    case "/frames":
      return response.writeHead(200, html).end(`<!doctype html><title>frames</title>${["", "www."].map((name) => `<iframe src="https://${name}news.example/article"></iframe>`).join("")}`);
    case "/app.js":
      return response.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(join(here, "node_modules/prebid.js")));
    case "/large":
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": LARGE });
      return Readable.from(noise(LARGE)).pipe(response);
    case "/video.mp4":
      return serveVideo(request, response);
    case "/slow":
      response.writeHead(200, html);
      response.write("<p>first</p>");
      return setTimeout(() => response.end("<p>last</p>"), 1500);
    case "/bomb":
      response.writeHead(200, { ...html, "content-encoding": "gzip" });
      return Readable.from((function* () { for (let at = 0; at < 4096; at++) yield Buffer.alloc(1 << 20); })()).pipe(zlib.createGzip()).pipe(response).on("error", () => {});
    case "/liar":
      return response.writeHead(200, { ...html, "content-encoding": "gzip" }).end("<p>not gzip</p>");
    case "/endless":
      response.writeHead(200, html);
      return Readable.from(endless()).pipe(response).on("error", () => {});
    case "/odd":
      return response.writeHead(200, { ...html, "x-odd": "caf\u00e9" }).end("<p>odd</p>");
    case "/echo": {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      return request.on("end", () => response.writeHead(200, { "content-type": "text/plain" }).end(Buffer.concat(parts)));
    }
    default:
      return response.writeHead(200, html).end("<!doctype html><title>plain</title><p>plain</p>");
  }
}

/** Sends every frame of a client back: as text, unmasked, up to 125 bytes. */
function echo(request, socket) {
  const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + magic).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on("data", (frame) => {
    const length = frame[1] & 0x7f;
    if ((frame[0] & 0x0f) === 8) return socket.end();
    const text = Buffer.from(frame.subarray(6, 6 + length).map((byte, at) => byte ^ frame[2 + (at % 4)]));
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
  });
  socket.on("error", () => {});
}

/** Starts the servers: `seen` holds what they were asked. */
export async function startSite() {
  const folder = mkdtempSync(join(tmpdir(), "adsieve-proxy-"));
  certificates(folder);
  const seen = [];
  const note = (request, response) => {
    seen.push({ host: request.headers[":authority"] ?? request.headers.host, path: request.url, method: request.method, version: request.httpVersion, headers: request.headers });
    request.on("error", () => {});
    answer(request, response);
  };
  const tls = { key: readFileSync(join(folder, "site.key")), cert: readFileSync(join(folder, "site.pem")), allowHTTP1: true };
  const secure = createSecureServer(tls, note).on("upgrade", echo).on("sessionError", () => {}).listen(0, "127.0.0.1");
  const plain = createServer(note).on("upgrade", echo).listen(0, "127.0.0.1");
  await Promise.all([once(secure, "listening"), once(plain, "listening")]);
  return {
    folder,
    /** The site's key, as curl's `--pinnedpubkey` takes it. */
    pin: `sha256//${createHash("sha256").update(new X509Certificate(tls.cert).publicKey.export({ type: "spki", format: "der" })).digest("base64")}`,
    seen,
    securePort: secure.address().port,
    plainPort: plain.address().port,
    close() {
      secure.close();
      plain.close();
      plain.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Starts the proxy before the site; `more` arguments come last. */
export async function startProxy(site, more = []) {
  const ways = [`*:443=127.0.0.1:${site.securePort}`, `*:80=127.0.0.1:${site.plainPort}`];
  const [port, shows] = [await freePort(), await freePort()];
  const parts = ["proxy", "--listen", `127.0.0.1:${port}`, "--metrics", `127.0.0.1:${shows}`, "--log", "json", "--ca", join(site.folder, "proxy-ca")];
  parts.push("--upstream-ca", join(site.folder, "ca.pem"), "--allow-upstream", "127.0.0.1");
  parts.push(...ways.flatMap((way) => ["--connect-to", way]), ...more);
  const child = spawn(ADSIEVE, parts, { stdio: ["ignore", "ignore", "pipe"] });
  const log = [];
  let rest = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      let event = { message: line };
      try {
        event = JSON.parse(line);
      } catch {
        // A message for people.
      }
      log.push(event);
    }
  });
  // Its log may be told to be quiet, so the port says when it is there.
  const monitor = `http://127.0.0.1:${shows}`;
  while (!(await fetch(`${monitor}/metrics`).then((response) => response.ok, () => false))) {
    if (child.exitCode !== null) throw new Error(`the proxy ended with ${child.exitCode}: ${log.map((event) => event.message).join("\n")}`);
    await sleep(50);
  }
  const memory = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) * 1024;
  return {
    child,
    log,
    port,
    monitor,
    authority: join(site.folder, "proxy-ca/ca.pem"),
    /** Bytes in memory now, and the most there were. */
    memory: () => ({ now: memory("VmRSS"), most: memory("VmHWM") }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      return child.exitCode;
    },
  };
}
