// squid with `adsieve icap` beside it, as an organisation runs them: pages come through edited or as they were.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from './shared/client.mjs';
import { encodedPage, page, startOrigin } from './shared/origin.mjs';
import { freePort, startIcap } from './shared/program.mjs';
import { makeAuthority, startSquid } from './shared/squid.mjs';

// squid offers 204 below some 64 KB only, and keeps no copy of what is larger.
const SIZES = [1_000, 63_000, 66_000, 300_000, 5_000_000];
const CODINGS = ['identity', 'gzip', 'br'];

let folder, tls, origin, icap, squids;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'adsieve-icap-'));
  tls = makeAuthority(folder);
  origin = await startOrigin(tls);
  icap = await startIcap(await freePort());
  squids = {
    'with preview': await startSquid(folder, 'with', icap.port, true),
    'without preview': await startSquid(folder, 'without', icap.port, false),
  };
});

after(async () => {
  for (const program of [...Object.values(squids ?? {}), icap]) await program?.end();
  origin?.end();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

for (const kind of ['with preview', 'without preview']) {
  for (const way of ['http', 'https']) {
    describe(`${way} ${kind}`, () => {
      const ask = (query, options) => {
        const port = way === 'http' ? squids[kind].plain : squids[kind].bumped;
        return get(port, `${origin[way]}${query}`, { ca: tls.ca, ...options });
      };

      for (const size of SIZES) {
        for (const coding of CODINGS) {
          test(`a page of ${size} bytes, ${coding}, comes without its ads`, async () => {
            const { status, body, headers } = await ask(`/?ads&size=${size}&coding=${coding}`);
            assert.equal(status, 200);
            assert.ok(body === page(size, false), `${body.length} bytes`);
            assert.match(headers.etag, /^W\/"one-adsieve-[0-9a-z]+"$/);
          });

          test(`a page of ${size} bytes, ${coding}, without ads comes as it was`, async () => {
            const { status, raw, body, headers } = await ask(`/?size=${size}&coding=${coding}`);
            assert.equal(status, 200);
            assert.ok(body === page(size, false), `${body.length} bytes`);
            // What is held back whole is handed back in its own coding; a large page was under way before its end.
            if (encodedPage(size, false, coding).length < 60_000) {
              assert.ok(raw.equals(encodedPage(size, false, coding)));
              assert.equal(headers.etag, '"one"');
            }
          });
        }
      }

      test('a page without a length comes through', async () => {
        const { body } = await ask('/?ads&size=200000&chunked');
        assert.ok(body === page(200_000, false));
      });

      test('what is no page passes as it is', async () => {
        const { raw, headers } = await ask('/?ads&size=100000&type=image/png');
        assert.ok(raw.equals(encodedPage(100_000, true, 'identity')));
        assert.equal(headers.etag, '"one"');
      });

      for (const size of [3_000, 200_000]) {
        test(`a slow page of ${size} bytes begins before it is whole`, async () => {
          const { body, first, last } = await ask(`/slow?ads&size=${size}`);
          assert.ok(body === page(size, false));
          assert.ok(last - first > 700, `first byte ${last - first} ms before the last`);
        });
      }

      test('a request for an ad library is answered with a stub', async () => {
        const headers = { Accept: '*/*', 'Sec-Fetch-Dest': 'script', Referer: 'https://news.example/' };
        const port = squids[kind].plain;
        const { status, body, headers: got } = await get(port, 'http://securepubads.g.doubleclick.net/tag/js/gpt.js', { headers });
        assert.equal(status, 200);
        assert.match(body, /googletag/);
        assert.equal(got['x-adsieve'], 'blocked');
      });
    });
  }
}

test('rules are reloaded on SIGHUP and connections go on', async () => {
  const slow = get(squids['with preview'].plain, `${origin.http}/slow?ads&size=3000`);
  await sleep(300);
  icap.child.kill('SIGHUP');
  assert.ok((await slow).body === page(3_000, false));
  const { body } = await get(squids['with preview'].plain, `${origin.http}/?ads&size=3000`);
  assert.ok(body === page(3_000, false));
  assert.match(icap.log, /reloaded/);
});

test('the service ends in order: what is under way is finished', async () => {
  const port = await freePort();
  const other = await startIcap(port);
  const squid = await startSquid(folder, 'ending', port, true);
  try {
    await get(squid.plain, `${origin.http}/?ads&size=1000`);
    const slow = get(squid.plain, `${origin.http}/slow?ads&size=3000`);
    await sleep(600);
    const ended = other.end('SIGTERM');
    assert.ok((await slow).body === page(3_000, false));
    assert.deepEqual(await ended, { code: 0, signal: null });
  } finally {
    await squid.end();
  }
});
