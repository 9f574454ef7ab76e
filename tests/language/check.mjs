// Confirms what the lines beside it say: each expression is evaluated here and compared.
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import vm from "node:vm";

const folder = new URL(".", import.meta.url);
let wrong = 0;
for (const file of readdirSync(folder).filter(name => name.endsWith(".js"))) {
  const lines = readFileSync(new URL(file, folder), "utf8").split("\n");
  lines.forEach((line, at) => {
    if (!line.trim()) return;
    const [expression, json] = line.split(/ \/\/= (?=[^]*$)/);
    const globals = { btoa, atob, structuredClone, URL, URLSearchParams, setInterval, clearInterval };
    const context = vm.createContext(globals);
    context.window = context;
    const value = vm.runInContext(`JSON.stringify({ value: ${expression} })`, context);
    if (!isDeepStrictEqual(JSON.parse(value).value, JSON.parse(json))) {
      console.log(`${file}:${at + 1}: ${expression} is ${value}, not ${json}`);
      wrong += 1;
    }
  });
}
process.exit(wrong ? 1 : 0);
