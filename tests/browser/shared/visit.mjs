// Opens a page in the browser without a network and notes what it does: requests, errors, calls of ad libraries, text.

import { readFileSync } from "node:fs";

const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const BODIES = {
  script: ["application/javascript", "try{window.__orc$&&__orc$.s(document.currentScript)}catch(e){}"],
  stylesheet: ["text/css", ""],
  image: ["image/gif", GIF],
  document: ["text/html", "<!doctype html>"],
  font: ["font/woff2", ""],
};

/** Stand-ins for Prebid.js and Google Publisher Tag that note what they are handed, when the document has been read. */
function standIns() {
  const calls = [];
  window.__adCalls = calls;
  const install = (name, queue, methods) => {
    const library = (window[name] = window[name] || {});
    // One that is there already is an inert one that came with the page.
    if (library.apiReady || library.libLoaded) return;
    for (const method of methods) {
      library[method] = (...parameters) => {
        calls.push(`${name}.${method}`);
        parameters.forEach((one) => one && typeof one.bidsBackHandler === "function" && one.bidsBackHandler({}));
        return new Proxy(function () {}, { get: (_, key) => (key === Symbol.toPrimitive ? () => "" : chain), apply: () => chain });
      };
    }
    const waiting = Array.isArray(library[queue]) ? library[queue] : [];
    library[queue] = { push: (run) => { calls.push(`${name}.${queue}.push`); try { run.call(library); } catch (error) { calls.push(`threw ${error.message}`); } } };
    waiting.forEach((run) => library[queue].push(run));
  };
  const chain = new Proxy(function () {}, { get: (_, key) => (key === Symbol.toPrimitive ? () => "" : chain), apply: () => chain });
  document.addEventListener("DOMContentLoaded", () => {
    install("pbjs", "que", ["addAdUnits", "requestBids", "setConfig", "setTargetingForGPTAsync", "aliasBidder", "onEvent", "enableAnalytics"]);
    install("googletag", "cmd", ["defineSlot", "defineOutOfPageSlot", "pubads", "enableServices", "display", "sizeMapping", "companionAds"]);
  });
}

/** The address a page was saved from, as far as it says. */
export function addressOf(html, name) {
  const tag = html.match(/<link\b[^>]*rel=["']?canonical[^>]*>/i)?.[0] ?? html.match(/<meta\b[^>]*og:url[^>]*>/i)?.[0] ?? "";
  const address = tag.match(/(?:href|content)=["']?(https?:\/\/[^"'\s>]+\.[^"'\s>]+)/i)?.[1]?.replace(/&amp;/g, "&");
  try {
    return new URL(address).href.replace(/#.*/, "");
  } catch {
    return `https://saved.example/${encodeURIComponent(name)}`;
  }
}

function isUtf8(bytes) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return bytes.some((byte) => byte > 127);
  } catch {
    return false;
  }
}

/**
 * Answers one request as the web would. With a `filter` as a proxy would: what it blocks never leaves, and gets its stand-in.
 */
async function answer(route, seen, bytes, state, filter) {
  const request = route.request();
  if (request.isNavigationRequest() && !state.isServed) {
    state.isServed = true;
    const charset = isUtf8(bytes) ? "; charset=utf-8" : "";
    return route.fulfill({ status: 200, headers: { "content-type": `text/html${charset}` }, body: bytes });
  }
  if (!/^https?:/.test(request.url())) return route.abort();
  const asked = `${request.resourceType()} ${request.url().slice(0, 2000)}`;
  seen.asked.add(asked);
  if (request.isNavigationRequest() && !request.frame().parentFrame()) return route.fulfill({ status: 204 });
  const verdict = await filter?.(asked);
  if (verdict) {
    const [type, body] = verdict.standIn ?? ["text/plain", ""];
    return verdict.standIn ? route.fulfill({ status: 200, headers: { "access-control-allow-origin": "*", "content-type": type }, body }) : route.abort();
  }
  seen.left.add(asked);
  const [type, body] = BODIES[request.resourceType()] ?? ["application/json", "{}"];
  return route.fulfill({ status: 200, headers: { "access-control-allow-origin": "*", "content-type": type }, body });
}

/**
 * Visits one page; `init` is the text of another harness's stand-ins, where one is at hand, `filter` tells of a request
 * (`kind url`) what a proxy does: nothing, or `{ standIn: [type, body] }` in place of an answer.
 */
export async function visit(browser, bytes, url, { init, wait = 900, filter } = {}) {
  const context = await browser.newContext({ bypassCSP: true, serviceWorkers: "block", viewport: { width: 1366, height: 768 } });
  const [seen, errors] = [{ asked: new Set(), left: new Set() }, []];
  try {
    await context.addInitScript(init ? { content: init } : standIns);
    const page = await context.newPage();
    page.on("dialog", (dialog) => dialog.dismiss().catch(() => {}));
    page.on("pageerror", (error) => errors.push(error.message.split("\n")[0].slice(0, 200)));
    context.on("page", (other) => other !== page && other.close().catch(() => {}));
    const state = { isServed: false };
    await context.route("**", (route) => answer(route, seen, bytes, state, filter).catch(() => {}));
    const isLoaded = await page.goto(url, { waitUntil: "load", timeout: 30_000 }).then(() => true, () => false);
    await page.waitForTimeout(wait);
    const left = page.evaluate((isForeign) => {
      if (isForeign) try { window.__orc$.all("after-wait", true); } catch {}
      const told = isForeign ? JSON.parse(window.__orc$.finish({})) : { calls: window.__adCalls };
      return { calls: [...(told.calls ?? []), ...(told.gpt ?? []), ...(told.aps?.init ?? []), ...(told.aps?.fetchBids ?? [])], text: document.body?.innerText ?? "" };
    }, Boolean(init));
    const { calls, text } = await Promise.race([left, new Promise((_, no) => setTimeout(() => no(new Error("no answer")), 15_000))]);
    return { requests: [...seen.asked], left: [...seen.left], errors, calls, isLoaded, text: text.replace(/\s+/g, " ").trim() };
  } catch (error) {
    return { requests: [...seen.asked], left: [...seen.left], errors, calls: [], text: "", failed: error.message };
  } finally {
    await context.close().catch(() => {});
  }
}

/** What a rewritten page does that it did not do before, or still does. */
export function compare(before, after, isAd) {
  const ads = (run) => run.requests.filter(isAd);
  const known = new Set(before.errors);
  return {
    adsBefore: ads(before).length,
    adsAfter: ads(after).length,
    stillAsked: ads(after),
    callsBefore: before.calls.length,
    callsAfter: after.calls.length,
    stillCalled: after.calls.slice(0, 5),
    newErrors: after.errors.filter((error) => !known.has(error)),
    isTextSame: before.text === after.text,
    // Of a page that a busy machine has not read to its end nothing can be told.
    isLoaded: Boolean(before.isLoaded && after.isLoaded),
    failed: before.failed ?? after.failed,
  };
}

export function readText(path) {
  return readFileSync(path, "utf8");
}
