// Ghostery's HTML filtering: scripts that hold one of the literals are taken out of the page.
// html_filter.mjs FOLDER LITERALS: prints `what<TAB>bytes<TAB>seconds of processor time`.
import { StreamingHtmlFilter } from "@ghostery/adblocker";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder, literals] = process.argv.slice(2);
const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".html")).sort();
const pages = names.map((name) => readFileSync(join(folder, name), "utf8"));
const selectors = readFileSync(literals, "utf8").split("\n").filter(Boolean).map((literal) => ["script", [literal]]);
const began = process.cpuUsage();
for (const page of pages) {
  const filter = new StreamingHtmlFilter(selectors);
  filter.write(page);
  filter.flush();
}
const { user, system } = process.cpuUsage(began);
const bytes = pages.reduce((sum, page) => sum + Buffer.byteLength(page), 0);
console.log(`@ghostery/adblocker, HTML filtering\t${bytes}\t${((user + system) / 1e6).toFixed(6)}`);
