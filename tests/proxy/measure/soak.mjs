// A soak by hand: `node tests/proxy/measure/soak.mjs [MINUTES]`. Pages, blocked requests, large bodies and broken connections in turn, HTTP
// and HTTPS; memory each minute. `ADSIEVE` names the program.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { startProxy, startSite } from "../site.mjs";

const run = promisify(execFile);
const minutes = Number(process.argv[2] ?? 10);
const site = await startSite();
const proxy = await startProxy(site, ["--log-level", "error"]);
const until = Date.now() + minutes * 60_000;
let count = 0;

const urls = ["https://news.example/article?coding=gzip", "http://news.example/article", "https://www.news.example/plain", "https://news.example/app.js", "https://ib.adnxs.com/ut/v3/prebid", "https://news.example/video.mp4"];
async function client(number) {
  for (let at = number; Date.now() < until; at++) {
    const broken = at % 10 === 0 ? ["--max-time", "0.05", "https://news.example/endless"] : [];
    const all = Array.from({ length: 20 }, (_, more) => ["--output", "/dev/null", urls[(at + more) % urls.length]]).flat();
    const parts = ["--silent", "--proxy", `http://127.0.0.1:${proxy.port}`, "--cacert", proxy.authority, "--referer", "https://news.example/article", "--header", "Accept: text/html"];
    await run("curl", [...parts, ...(broken.length ? ["--output", "/dev/null", ...broken] : all)]).catch(() => {});
    count += broken.length ? 1 : 20;
  }
}

const clients = Array.from({ length: 4 }, (_, number) => client(number));
for (let minute = 0; Date.now() < until; minute++) {
  console.log(`${minute} min: ${count} requests, ${(proxy.memory().now / (1 << 20)).toFixed(1)} MB, most ${(proxy.memory().most / (1 << 20)).toFixed(1)} MB`);
  await sleep(Math.min(60_000, Math.max(0, until - Date.now())));
}
await Promise.all(clients);
await sleep(1000);
console.log(`end: ${count} requests, ${(proxy.memory().now / (1 << 20)).toFixed(1)} MB`);
console.log((await (await fetch(`${proxy.monitor}/metrics`)).text()).split("\n").filter((line) => line.startsWith("adsieve_")).join("\n"));
await proxy.stop();
site.close();
