// Pages of ours before and after rewriting, in a browser: no call reaches a library, nothing new breaks.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { adsieve, root, startBrowser } from "./shared/browser.mjs";
import { addressOf, compare, visit } from "./shared/visit.mjs";

const browser = await startBrowser();
after(() => browser.close());

const folder = "tests/browser/pages";
for (const name of readdirSync(join(root, folder)).filter((name) => name.endsWith(".html"))) {
  test(`${name} is the same page without its ads`, async () => {
    const bytes = readFileSync(join(root, folder, name));
    const url = addressOf(bytes.toString("latin1"), name);
    const before = await visit(browser, bytes, url, { wait: 300 });
    const rewritten = Buffer.from(adsieve("clean", join(folder, name)));
    const found = compare(before, await visit(browser, rewritten, url, { wait: 300 }), (one) => /ads\.example|doubleclick|adnxs|taboola|amazon-adsystem/.test(one));
    assert.deepEqual([found.adsAfter, found.callsAfter, found.newErrors, found.isTextSame, found.failed], [0, 0, [], true, undefined], JSON.stringify(found));
    assert.ok(found.adsBefore + found.callsBefore > 0, "the page had ads before");
  });
}

const inert = join(folder, "inert");
for (const name of readdirSync(join(root, inert)).filter((name) => name.endsWith(".html"))) {
  test(`${name} goes on with inert libraries in the place of its own`, async () => {
    const bytes = readFileSync(join(root, inert, name));
    const url = addressOf(bytes.toString("latin1"), name);
    const rewritten = Buffer.from(adsieve("clean", "--policy", join(inert, "policy.toml"), join(inert, name)));
    const before = await visit(browser, bytes, url, { wait: 300 });
    const after = await visit(browser, rewritten, url, { wait: 300 });
    const found = compare(before, after, (one) => /doubleclick|jsdelivr/.test(one));
    assert.deepEqual([found.adsAfter, found.callsAfter, after.errors, found.isTextSame, found.failed], [0, 0, [], true, undefined], JSON.stringify(found));
    assert.ok(found.adsBefore > 0 && found.callsBefore > 0, "the page had ads before");
  });
}
