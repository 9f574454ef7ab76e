// The forms that a browser writes: MHTML, the serialised DOM, a page saved complete, a HAR, SingleFile.
const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");
const { chromium } = require("playwright-core");

const [proxy, url, made] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const put = (name, data) => {
  fs.mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
  fs.writeFileSync(path.join(made, name), data);
};

(async () => {
  const browser = await chromium.launch({ executablePath, proxy: { server: proxy }, args: ["--no-sandbox"] });
  const har = path.join(made, "visit.har");
  const context = await browser.newContext({ recordHar: { path: har, content: "embed" } });
  const page = await context.newPage();
  const bodies = new Map();
  page.on("response", async (response) => bodies.set(response.url(), await response.body().catch(() => null)));
  await page.goto(url, { waitUntil: "networkidle" });

  const session = await context.newCDPSession(page);
  const { data } = await session.send("Page.captureSnapshot", { format: "mhtml" });
  put("page.mhtml", data);

  const dom = await page.content();
  put("dom.html", dom);

  // What "Save as, complete" does: the DOM, with what it names beside it and `.download` behind scripts.
  const folder = "Harbour News_files";
  let saved = dom;
  for (const [name, suffix] of [["ads/units.js", ".download"], ["ads/late.js", ".download"], ["ads/dynamic.js", ".download"],
    ["frame.html", ""], ["logo.png", ""], ["style.css", ""]]) {
    const file = path.basename(name) + suffix;
    saved = saved.replaceAll(`"/${name}"`, `"./${encodeURIComponent(folder)}/${file}"`);
    put(path.join("folder", folder, file), bodies.get(url + name));
  }
  const comment = `<!-- saved from url=(${String(url.length).padStart(4, "0")})${url} -->`;
  put(path.join("folder", "Harbour News.html"), saved.replace("<html", `${comment}\n<html`));

  await context.close();
  await browser.close();
  try {
    const tool = require.resolve("single-file-cli/single-file-node.js");
    const common = [`--browser-executable-path=${executablePath}`, `--http-proxy-server=${proxy}`,
      "--browser-arg=--no-sandbox"];
    execFileSync(process.execPath, [tool, ...common, url, path.join(made, "singlefile.html")], { stdio: "inherit" });
    execFileSync(process.execPath, [tool, ...common, "--block-scripts=false", url, path.join(made, "singlefile-scripts.html")],
      { stdio: "inherit" });
  } catch (error) {
    console.error(`SingleFile did not run: ${error.message}`);
  }
})();
