// What the browser tests share: starting Chromium, and running the program under test.

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** The repository's root. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Starts the system's Chromium. The sandbox needs what containers often lack. */
export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** Runs the program under test and gives what it writes to standard output. */
export function adsieve(...parameters) {
  const program = process.env.ADSIEVE ?? join(root, "target/release/adsieve");
  return execFileSync(program, parameters, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
}

/** A new folder for what a test writes. */
export function scratchFolder() {
  return mkdtempSync(join(tmpdir(), "adsieve-browser-"));
}

/** A page of the browser that counts what must not happen: messages on the console, errors, requests for anything but itself. */
export async function watchedPage(context) {
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!(request.isNavigationRequest() && request.url().startsWith("file:"))) complaints.push(`request: ${request.url()}`);
  });
  return { page, complaints };
}
