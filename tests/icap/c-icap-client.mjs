// A second client, which is not squid: that of the c-icap project.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { page } from './shared/origin.mjs';
import { freePort, startIcap } from './shared/program.mjs';

let folder, icap;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'adsieve-c-icap-'));
  icap = await startIcap(await freePort());
});
after(async () => {
  await icap?.end();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function ask(...more) {
  const command = ['-i', '127.0.0.1', '-p', String(icap.port), '-v', ...more];
  const done = spawnSync('c-icap-client', command, { encoding: 'latin1', timeout: 30_000 });
  assert.equal(done.status, 0, done.stderr);
  // What it was told goes to stderr, bodies to stdout.
  return done.stderr;
}

/** The body that comes back; `null` where nothing does, as after 204. */
function through(body, ...more) {
  const [sent, got] = ['sent', 'got'].map((name) => path.join(folder, name));
  writeFileSync(sent, body);
  rmSync(got, { force: true });
  const head = ['-rhx', 'Content-Type: text/html'];
  ask('-s', 'respmod', '-resp', 'http://site.example/', ...head, '-f', sent, '-o', got, ...more);
  const bytes = existsSync(got) ? readFileSync(got, 'utf8') : '';
  return bytes === '' ? null : bytes;
}

test('it is told what the services do', () => {
  assert.match(ask('-s', 'respmod'), /RESPMOD/);
  assert.match(ask('-s', 'reqmod'), /REQMOD/);
});

for (const size of [1_000, 63_000, 66_000, 300_000]) {
  for (const more of [[], ['-nopreview'], ['-no204'], ['-nopreview', '-no204']]) {
    const how = more.join(' ') || 'with preview and 204';
    test(`pages of ${size} bytes, ${how}`, () => {
      assert.ok(through(page(size, true), ...more) === page(size, false), 'edited');
      const untouched = through(page(size, false), ...more);
      assert.ok(untouched === null || untouched === page(size, false), 'untouched');
    });
  }
}
