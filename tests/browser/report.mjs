// The HTML report in a real browser: it opens, searches, sorts and shows; nothing of a page runs in it; everybody can use it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { adsieve, root, scratchFolder, startBrowser, watchedPage } from "./shared/browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = scratchFolder();

let browser;
let report;

before(async () => {
  browser = await startBrowser();
  report = reportOn("pages", join(root, "docs/pictures/pages"));
});

after(() => browser?.close());

/** Scans into a report and gives its URL. */
function reportOn(name, ...inputs) {
  const path = join(folder, `${name}.html`);
  adsieve("scan", "--quiet", "--format", "html", "-o", path, ...inputs);
  return pathToFileURL(path).href;
}

/** Opens a view, hands it to the test, and insists that nothing happened that must not. */
async function open(url, look, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 900 }, ...options });
  const { page, complaints } = await watchedPage(context);
  await page.goto(url);
  await page.waitForSelector("#opening", { state: "detached" });
  await look(page);
  await context.close();
  assert.deepEqual(complaints, []);
}

const names = (page) => page.locator(".list .name a").allTextContents();

test("it opens from a file with the result in one sentence", async () => {
  await open(report, async (page) => {
    assert.equal(await page.locator("#overview h1").innerText(), "17 ad networks on 8 of 9 pages");
    assert.equal(await page.locator(".top nav [aria-current]").innerText(), "Overview");
    assert.match(await page.locator(".bars").first().innerText(), /^Google\s+5\s/);
  });
});

test("the overview can be read without a script", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(report);
  assert.match(await page.locator("#overview h1").innerText(), /17 ad networks/);
  assert.match(await page.locator("noscript").innerText(), /need JavaScript/);
  await context.close();
});

test("pages are searched and sorted", async () => {
  await open(`${report}#/pages`, async (page) => {
    assert.equal((await names(page)).length, 9);
    await page.keyboard.press("/");
    await page.keyboard.type("criteo velo");
    await page.waitForFunction(() => document.querySelector(".found").textContent.startsWith("1 of"));
    assert.deepEqual(await names(page), ["Five gravel bikes under test – Velo Review"]);
    assert.match(page.url(), /#\/pages\?q=criteo\+velo$/);
    await page.locator("#search").fill("nothing has this");
    await page.waitForSelector(".nothing.large");
    await page.locator("#search").fill("");
    await page.getByRole("button", { name: "Bids" }).click();
    assert.equal((await names(page))[0], "Five gravel bikes under test – Velo Review");
    assert.equal(await page.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
    await page.getByRole("button", { name: "Page", exact: true }).click();
    assert.equal((await names(page))[0], "A loaf for Sunday – Kitchen Notes");
    await page.locator("#show").selectOption("quiet");
    assert.deepEqual(await names(page), ["Imprint – The North Gazette"]);
  });
});

test("networks are searched, sorted, and lead to their pages", async () => {
  await open(`${report}#/networks?sort=network`, async (page) => {
    assert.equal((await names(page))[0], "Amazon");
    await page.locator("#search").fill("velodirect");
    await page.waitForFunction(() => document.querySelectorAll(".list .name").length === 1);
    await page.locator(".list .name a").click();
    await page.waitForSelector(".accounts");
    assert.equal((await names(page)).length, 3);
    await page.locator(".accounts button").click();
    await page.waitForSelector(".accounts table");
    assert.match(await page.locator(".accounts table").innerText(), /31110907/);
  });
});

test("sites and accounts are shown where the summary has them", async () => {
  const file = readFileSync(new URL(report), "utf8");
  const json = /id="common">(.*)<\/script>/.exec(file)[1];
  const common = JSON.parse(json);
  common.summary.sites = [{ site: "velo-review.example", pages: 2, pages_with_ads: 2, ad_units: 4, bids: 16, slots: 0, problems: 0, networks: { criteo: 1 } }];
  common.summary.accounts = [
    { network: "criteo", account: "9714", names: ["networkId"], sellers_json: "direct", sites: [{ site: "velo-review.example", pages: 1, ads_txt: "missing" }, { site: null, pages: 1, ads_txt: null }] },
    { network: "google", account: "<b>ca-pub</b>", names: ["client"], sellers_json: null, sites: [{ site: "kitchen-notes.example", pages: 2, ads_txt: null }] },
  ];
  const path = join(folder, "rollups.html");
  writeFileSync(path, file.replace(json, JSON.stringify(common).replaceAll("<", "\\u003c")));
  await open(`${pathToFileURL(path).href}#/accounts?show=shared`, async (page) => {
    assert.match(await page.locator(".list tbody").innerText(), /9714[^]*Criteo[^]*velo-review\.example ads\.txt: missing/);
    await page.locator("#show").selectOption("all");
    assert.match(await page.locator(".list tbody").innerText(), /<b>ca-pub<\/b>/);
    await page.getByRole("link", { name: "Sites 1" }).click();
    await page.locator(".list .name a").click();
    await page.waitForFunction(() => document.querySelectorAll(".list .name").length === 2);
  });
});

test("a page shows both branches of a condition, and its evidence in the source", async () => {
  await open(`${report}#/page/1`, async (page) => {
    assert.equal(await page.locator("h1:visible").innerText(), "The Harbour Times – News from the coast");
    const branches = await page.locator(".ad-unit .branches").first().innerText();
    assert.match(branches, /20418831/);
    assert.match(branches, /20418830/);
    assert.match(branches, /if\s+isPhone/);
    assert.match(branches, /if\s+!\(isPhone\)/);
    await page.locator(".bids .line").first().click();
    assert.match(await page.locator(".source mark").first().innerText(), /^\{ bidder: "appnexus"/);
    assert.equal(await page.locator(".bids .line").first().getAttribute("aria-expanded"), "true");
    await page.locator(".bids .line").first().click();
    assert.equal(await page.locator(".source").count(), 0);
  });
});

test("problems stand with their ad unit and their line", async () => {
  await open(`${report}#/pages?show=problems`, async (page) => {
    await page.locator(".list .name a").first().click();
    await page.waitForSelector("#problems");
    const problems = await page.locator("#problems").innerText();
    for (const code of ["padded-id", "missing-param", "duplicate-code", "unknown-bidder"]) assert.match(problems, new RegExp(code));
  });
});

test("a page opens by keyboard, and a part of it by its fragment", async () => {
  await open(`${report}#/pages`, async (page) => {
    await page.locator("#search").focus();
    for (let presses = 0; presses < 12; presses++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement.closest(".name") !== null)) break;
    }
    await page.keyboard.press("Enter");
    await page.waitForSelector(".contents");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
    await page.goto(`${report}#/page/1/slots`);
    await page.waitForFunction(() => document.activeElement.id === "slots");
    await page.goBack();
    await page.goBack();
    await page.waitForSelector("#search");
  });
});

test("a fragment that leads nowhere says so", async () => {
  for (const fragment of ["#/page/99", "#/network/%3Cscript%3E", "#/what", "#/page/%E0%A4%A", "#/page/1/nope"]) {
    await open(report + fragment, async (page) => assert.ok((await page.locator("h1:visible").innerText()).length > 0));
  }
});

test("nothing of a hostile page runs, and all of it shows as text", async () => {
  const name = "\"><img src=x onerror=alert(1)>.html";
  writeFileSync(join(folder, name), hostilePage());
  const url = reportOn("hostile", join(folder, name), join(root, "docs/pictures/pages/kitchen-notes"));
  const file = readFileSync(new URL(url), "utf8");
  for (const raw of ["<img", "<i>alias", "<script>window", "<svg/", "\u001b", "\u202e"]) assert.ok(!file.includes(raw), `${raw} stands in the file as it is`);
  await open(`${url}#/pages`, async (page) => {
    await page.locator(".list .name a").first().click();
    await page.waitForSelector(".ad-unit");
    for (const button of await page.locator(".line").all()) await button.click();
    const text = await page.locator("#view").innerText();
    for (const said of ["</script><script>alert('title')</script>", "<img src=x onerror=alert('code')>", "javascript:alert('path')", "{{constructor}}", "<svg/onload=alert('key')>"]) {
      assert.ok(text.includes(said), `${said} is not shown in:\n${text}`);
    }
    assert.ok(await page.locator(".hidden-character", { hasText: "202E" }).count() > 0, "a turned direction is named");
    assert.ok(await page.locator(".hidden-character", { hasText: "001B" }).count() > 0, "a terminal escape is named");
    assert.doesNotMatch(await page.evaluate(() => document.documentElement.textContent + document.title), /[\u202a-\u202e\u2066-\u2069\u001b]/);
    assert.equal(await page.locator("#view script, #view img, #view svg[onload], #view iframe").count(), 0);
    assert.equal(await page.evaluate(() => window.owned), undefined);
    const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    assert.ok(links.every((link) => link.startsWith("#")), `links lead out: ${links}`);
  });
});

/** A page that says dangerous things in every place from which a report takes text. */
function hostilePage() {
  const turned = "\u202e";
  return `<!doctype html><meta charset="utf-8">
<title>&lt;/script&gt;&lt;script&gt;alert('title')&lt;/script&gt; ${turned}gnp.exe</title>
<link rel="canonical" href="https://example.com/?&quot;&gt;&lt;script&gt;window.owned=1&lt;/script&gt;">
<script src="https://securepubads.g.doubleclick.net/tag/js/gpt.js?'\\"><script>"></script>
<script>
  pbjs.que.push(function () {
    pbjs.addAdUnits([{
      code: "<img src=x onerror=alert('code')>",
      mediaTypes: { "<b>banner</b>": { sizes: [["300\\x1b[31m", 250]] } },
      bids: [
        { bidder: "appnexus", params: { placementId: "<" + "/script><script>window.owned=2<" + "/script>", "<svg/onload=alert('key')>": "\\u202eevil\\x1b]0;owned\\x07", "__proto__x": "{{constructor}}" } },
        { bidder: "'\\"><b>x", params: { deep: location.hash ? "</b>" : \`\${document.cookie}<!--\` } }
      ]
    }]);
  });
  googletag.cmd.push(function () { googletag.defineSlot("javascript:alert('path')", [300, 250], "\\u2028<" + "/script >").addService(googletag.pubads()); });
</script>
<script>/* ${turned} */ pbjs.aliasBidder("appnexus", "\\u202e<i>alias</i>");</script>`;
}

for (const colorScheme of ["light", "dark"]) {
  for (const [width, fragment] of [[1366, "#/"], [1366, "#/pages"], [1366, "#/networks"], [1366, "#/network/google"], [1366, "#/page/1"], [390, "#/page/2"], [390, "#/pages"]]) {
    test(`axe finds nothing serious: ${fragment} at ${width}, ${colorScheme}`, async () => {
      await open(
        report + fragment,
        async (page) => {
          for (const button of (await page.locator(".line:visible").all()).slice(0, 3)) await button.click();
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => window.axe.run());
          const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0].html}`);
          assert.deepEqual(found, []);
        },
        { colorScheme, viewport: { width, height: 900 } },
      );
    });
  }
}

test("nothing is wider than a phone", async () => {
  for (const fragment of ["#/", "#/pages", "#/networks", "#/page/1", "#/page/2"]) {
    await open(
      report + fragment,
      async (page) => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, fragment),
      { viewport: { width: 390, height: 844 } },
    );
  }
});

test("on paper the source is open and the controls are gone", async () => {
  await open(`${report}#/page/2`, async (page) => {
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.ok((await page.locator(".source").count()) > 3);
    assert.equal(await page.locator(".top").isVisible(), false);
  });
});

test("the theme can be chosen", async () => {
  await open(report, async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const system = await paper();
    await page.locator("#theme").click();
    await page.locator("#theme").click();
    assert.equal(await page.locator("#theme").innerText(), "Theme: dark");
    assert.notEqual(await paper(), system);
  });
});
