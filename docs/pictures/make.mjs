// Makes the pictures of the README out of our own pages: the table in a terminal, and the HTML report.
//
//   cargo build --release && tests/browser/setup && node docs/pictures/make.mjs
//
// The terminal is drawn from what `adsieve scan --color always` writes: its styles become elements of a page,
// which Chromium photographs. Fonts are those of the system (fonts-inter, fonts-jetbrains-mono for ours).

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { adsieve, root, scratchFolder, startBrowser } from "../../tests/browser/shared/browser.mjs";

const pages = "docs/pictures/pages";
const here = join(root, "docs/pictures");
const browser = await startBrowser();

async function picture(name, { width, height, colorScheme = "light" }, fill) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await fill(page);
  await page.screenshot({ path: join(here, `${name}.png`) });
  await page.close();
}

const report = join(scratchFolder(), "report.html");
adsieve("scan", "--quiet", "--format", "html", "-o", report, pages);

async function view(page, fragment) {
  await page.goto(pathToFileURL(report).href + fragment);
  await page.waitForSelector("#opening", { state: "detached" });
  await page.locator("h1:visible").waitFor();
}

await picture("overview", { width: 1366, height: 860 }, (page) => view(page, "#/"));
await picture("page", { width: 1366, height: 860, colorScheme: "dark" }, async (page) => {
  await view(page, "#/page/1");
  await page.locator(".bids .line").first().click();
  await page.evaluate(() => scrollTo(0, document.getElementById("ad-units").offsetTop - 60));
});
await picture("phone", { width: 390, height: 844 }, (page) => view(page, "#/page/2/problems"));
await picture("terminal", { width: 1010, height: 580 }, terminal);
await browser.close();

/** Shows a command and the beginning of what it writes, as a terminal does. */
async function terminal(page) {
  const text = adsieve("scan", "--color", "always", "--width", "112", "--problems", pages);
  await page.setContent(`<!doctype html><style>
    body { margin: 0; padding: 20px 24px; background: #14191b; color: #d6dedb; font: 13.5px/1.5 "JetBrains Mono", "DejaVu Sans Mono", monospace; font-variant-ligatures: none; }
    pre { margin: 0; font: inherit; }
    .prompt { color: #7f8f8a; } .s1 { font-weight: 700; color: #fff; } .s2 { color: #84938e; }
    .s31 { color: #f0716b; } .s32 { color: #6fcf97; } .s33 { color: #f2b863; } .s34 { color: #7cb1f2; } .s36 { color: #62cdd0; }
  </style><pre id="screen"></pre>`);
  await page.evaluate((lines) => {
    const screen = document.getElementById("screen");
    const span = (className, content) => Object.assign(document.createElement("span"), { className, textContent: content });
    screen.append(span("prompt", "$ "), "adsieve scan --problems saved/\n\n");
    let style = "";
    for (const piece of lines.split(/(\u001b\[[0-9;]*m)/)) {
      const code = /^\u001b\[([0-9;]*)m$/.exec(piece);
      if (code) style = code[1].split(";").filter((part) => part && part !== "0").map((part) => `s${part}`).join(" ");
      else screen.append(span(style, piece));
    }
  }, text.replaceAll(`${pages}/`, "saved/"));
}
