// Firefox through the proxy, where it is there: its own verifier, which is stricter than Chromium's about certificates.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startProxy, startSite } from "./site.mjs";

const FIREFOX = process.env.FIREFOX ?? ["firefox-esr", "firefox"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** A profile that goes through the proxy, trusts its authority, and asks nobody else. */
function profile(proxy) {
  const folder = mkdtempSync(join(tmpdir(), "adsieve-firefox-"));
  const certutil = (...parts) => execFileSync("certutil", ["-d", `sql:${folder}`, ...parts]);
  certutil("-N", "--empty-password");
  certutil("-A", "-t", "C,,", "-n", "adsieve", "-i", proxy.authority);
  const settings = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": proxy.port,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": proxy.port,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
  };
  const lines = Object.entries(settings).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(join(folder, "user.js"), lines.join("\n"));
  return folder;
}

test("Firefox opens one site after the other, and no ad request leaves", { skip: FIREFOX ? false : "no Firefox here" }, async () => {
  const site = await startSite();
  const proxy = await startProxy(site);
  const folder = profile(proxy);
  try {
    const picture = join(folder, "page.png");
    const frame = "https://news.example/frames";
    await promisify(execFile)(FIREFOX, ["--headless", "--no-remote", "--profile", folder, "--screenshot", picture, frame], { timeout: 120_000, env: { ...process.env, HOME: folder } });
    assert.ok(existsSync(picture));
    const seen = site.seen.map((one) => `${one.version} ${one.host}${one.path}`);
    for (const path of ["news.example/frames", "news.example/article", "www.news.example/article"]) assert.ok(seen.includes(`2.0 ${path}`), `${path} in ${seen}`);
    assert.deepEqual(seen.filter((one) => /doubleclick|adnxs|googlesyndication/.test(one)), []);
    assert.deepEqual(proxy.log.filter((event) => event.host?.endsWith("news.example")), []);
  } finally {
    await proxy.stop();
    site.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
