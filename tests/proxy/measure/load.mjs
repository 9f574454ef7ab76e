// Load by hand: `node tests/proxy/measure/load.mjs [SECONDS]` with `wrk` at hand. Requests a second and latency with and
// without the proxy in one run, as ratios; 1,000 open connections; memory. `ADSIEVE` names the program.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { startProxy, startSite } from "../site.mjs";

const seconds = Number(process.argv[2] ?? 10);
const site = await startSite();
const proxy = await startProxy(site, ["--log-level", "error"]);

/** wrk's own words as numbers, in milliseconds. The site answers in this process, so it must not wait for wrk. */
async function wrk(port, path, accept, connections, isProxied) {
  const script = join(site.folder, "wrk.lua");
  const target = isProxied ? `http://news.example${path}` : path;
  writeFileSync(script, `local asked\nfunction init() asked = "GET ${target} HTTP/1.1\\r\\nHost: news.example\\r\\nAccept: ${accept}\\r\\n\\r\\n" end\nfunction request() return asked end\n`);
  const { stdout: text } = await promisify(execFile)("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "--timeout", "10s", "-s", script, `http://127.0.0.1:${port}/`]);
  const time = (name) => {
    const [, number, unit] = new RegExp(`${name}\\s+([\\d.]+)(us|ms|s)`).exec(text);
    return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
  };
  const wrong = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(text)?.[0] ?? "";
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]), median: time("50%"), p99: time("99%"), wrong };
}

const round = (number) => (number < 10 ? number.toFixed(2) : number.toFixed(0));
async function compare(name, path, accept, connections) {
  const bare = await wrk(site.plainPort, path, accept, connections, false);
  const proxied = await wrk(proxy.port, path, accept, connections, true);
  const cells = [name, round(bare.rate), round(proxied.rate), (proxied.rate / bare.rate).toFixed(2), round(bare.p99), round(proxied.p99), (proxied.p99 / bare.p99).toFixed(2), `${(proxy.memory().now >> 20)} MB`, proxied.wrong];
  console.log(`| ${cells.join(" | ")} |`);
}

console.log("| what, connections | req/s bare | req/s proxied | ratio | p99 ms bare | p99 ms proxied | ratio | memory after | |\n|---|---|---|---|---|---|---|---|---|");
await compare("small answer, no page, 64", "/echo", "*/*", 64);
await compare("page without ads, 64", "/plain", "text/html", 64);
await compare("page with ads, 64", "/article", "text/html", 64);
await compare("page without ads, 1,000", "/plain", "text/html", 1000);

// Connections that are open and say nothing.
const idle = await Promise.all(Array.from({ length: 1000 }, async () => {
  const socket = connect(proxy.port, "127.0.0.1").on("error", () => {});
  await once(socket, "connect");
  return socket;
}));
await sleep(500);
console.log(`1,000 idle connections: ${proxy.memory().now >> 20} MB`);
await compare("page without ads, 64, beside them", "/plain", "text/html", 64);
for (const socket of idle) socket.destroy();
await proxy.stop();
site.close();
