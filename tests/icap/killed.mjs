// The service dies under squid's hands and comes back. In a file of its own: squid looks for a lost service after half a minute at
// the earliest, whatever `icap_service_revival_delay` says, and other tests run meanwhile.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from './shared/client.mjs';
import { page, startOrigin } from './shared/origin.mjs';
import { freePort, startIcap } from './shared/program.mjs';
import { makeAuthority, startSquid } from './shared/squid.mjs';

let folder, origin, icap, squid;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'adsieve-killed-'));
  origin = await startOrigin(makeAuthority(folder));
  icap = await startIcap(await freePort());
  squid = await startSquid(folder, 'squid', icap.port, true);
});

after(async () => {
  for (const program of [squid, icap]) await program?.end();
  origin?.end();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the service is killed under load: pages pass around it, and through it once it is back', async () => {
  const ask = async () => (await get(squid.plain, `${origin.http}/?ads&size=20000`)).body;
  const [edited, whole] = [page(20_000, false), page(20_000, true)];
  const seen = { edited: 0, whole: 0, broken: 0 };
  let until = Infinity;
  const visitor = async () => {
    while (Date.now() < until) {
      const body = await ask().catch(() => '');
      // What is under way when it dies may break off; squid 5.7 may start its worker anew then.
      if (body === edited) seen.edited += 1;
      else if (body === whole) seen.whole += 1;
      else seen.broken += 1;
    }
  };
  const visitors = Array.from({ length: 8 }, visitor);
  while (seen.edited < 20) await sleep(20);
  await icap.end('SIGKILL');
  until = Date.now() + 3000;
  await Promise.all(visitors);
  assert.ok(seen.whole > seen.broken, JSON.stringify(seen));
  for (let visit = 0; visit < 20; visit += 1) assert.ok((await ask()) === whole, 'pages pass around it');

  icap = await startIcap(icap.port);
  const patience = Date.now() + 90_000;
  let isBack = false;
  while (!isBack && Date.now() < patience) {
    await sleep(500);
    isBack = (await ask()) === edited;
  }
  assert.ok(isBack, 'squid comes back to the service');
});
