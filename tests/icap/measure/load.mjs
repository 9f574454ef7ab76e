// Requests a second and latency through squid, with and without ICAP, in turns.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startOrigin } from '../shared/origin.mjs';
import { freePort, startIcap } from '../shared/program.mjs';
import { makeAuthority, startSquid } from '../shared/squid.mjs';

const seconds = process.argv[2];
const folder = mkdtempSync(path.join(tmpdir(), 'adsieve-load-'));
const origin = await startOrigin(makeAuthority(folder));
const icap = await startIcap(await freePort(), '--log-level', 'error');
const squids = {
  without: await startSquid(folder, 'none', icap.port, true, false),
  with: await startSquid(folder, 'icap', icap.port, true, true),
};

/** Requests a second and the 99th percentile in ms. The origin answers in this process, so it must not wait for wrk. */
async function load(squid, target) {
  // wrk knows no proxies, but sends what it is told.
  const script = path.join(folder, 'wrk.lua');
  writeFileSync(script, `request = function() return "GET ${target} HTTP/1.1\\r\\nHost: site\\r\\nAccept: text/html\\r\\n\\r\\n" end\n`);
  const { stdout: said } = await promisify(execFile)('wrk', ['-t1', '-c32', `-d${seconds}s`, '--latency', '-s', script, `http://127.0.0.1:${squid.plain}/`]);
  const scale = { us: 0.001, ms: 1, s: 1000 };
  const [, number, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(said);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)[1]), p99: Number(number) * scale[unit] };
}

const targets = {
  'page of 20 KB, with ads': '/?ads&size=20000',
  'page of 20 KB, without': '/?size=20000',
  'page of 300 KB, gzip, with ads': '/?ads&size=300000&coding=gzip',
  'image of 20 KB': '/?size=20000&type=image/png',
};
try {
  for (const [name, query] of Object.entries(targets)) {
    const before = await load(squids.without, origin.http + query);
    const after = await load(squids.with, origin.http + query);
    const ratio = (after.rate / before.rate).toFixed(2);
    console.log(`${name}: ${before.rate.toFixed(0)} → ${after.rate.toFixed(0)} requests/s (${ratio}), p99 ${before.p99.toFixed(1)} → ${after.p99.toFixed(1)} ms`);
  }
  console.log(`adsieve: ${icap.memory().toFixed(0)} MB`);
} finally {
  for (const program of [...Object.values(squids), icap]) await program.end();
  origin.end();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
