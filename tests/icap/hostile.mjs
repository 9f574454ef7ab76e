// What a broken or hostile client may send: a clear answer or a closed connection, and memory that stays bounded.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chunked, respmodHead, talk } from './shared/icap.mjs';
import { freePort, startIcap } from './shared/program.mjs';

const MAX_MEMORY = 200;
const OPTIONS = 'OPTIONS icap://127.0.0.1/reqmod ICAP/1.0\r\nHost: x\r\n\r\n';

let icap;
before(async () => (icap = await startIcap(await freePort(), '--max-connections', '300')));
after(async () => icap?.end());

const isAlive = async () => {
  const { said } = await talk(icap.port, OPTIONS, { until: '\r\n\r\n' });
  assert.match(said, /^ICAP\/1\.0 200 OK\r\n/);
};

const refused = {
  'no ICAP at all': 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'TLS': Buffer.from('16030100c8010000c40303', 'hex'),
  'a flood of fields': `OPTIONS icap://x/reqmod ICAP/1.0\r\n${'X: y\r\n'.repeat(200_000)}\r\n`,
  'a line without end': `OPTIONS icap://x/${'a'.repeat(1_000_000)}`,
  'a folded field': 'OPTIONS icap://x/reqmod ICAP/1.0\r\nHost: x\r\n y\r\n\r\n',
  'a space before a colon': 'OPTIONS icap://x/reqmod ICAP/1.0\r\nHost : x\r\n\r\n',
  'bare line feeds': 'OPTIONS icap://x/reqmod ICAP/1.0\nHost: x\n\nOPTIONS icap://x/reqmod ICAP/1.0\r\n\r\n',
  'a length in an ICAP head': respmodHead(undefined, 'Content-Length: 5\r\n'),
  'a coding in an ICAP head': respmodHead(undefined, 'Transfer-Encoding: chunked\r\n'),
  'two Encapsulated fields': respmodHead(undefined, 'Encapsulated: null-body=0\r\n'),
  'a length and a coding': respmodHead('Content-Length: 5\r\nTransfer-Encoding: chunked'),
  'two lengths': respmodHead('Content-Length: 5\r\nContent-Length: 6'),
  'a folded HTTP field': respmodHead('A: 1\r\n folded: 2'),
  'an HTTP head that ends early': respmodHead('A: 1\r\n\r\nHTTP/1.1 200 OK'),
  'an oversized chunk': Buffer.concat([respmodHead(), Buffer.from('FFFFFFFFFFFFFFFFF\r\n')]),
  'a negative chunk': Buffer.concat([respmodHead(), Buffer.from('-5\r\n')]),
  'a chunk that is longer than it says': Buffer.concat([respmodHead(), Buffer.from('3\r\nabcd\r\n0\r\n\r\n')]),
  'an endless chunk extension': Buffer.concat([respmodHead(), Buffer.from(`3;${'x'.repeat(5_000)}`)]),
  'an endless trailer': Buffer.concat([respmodHead(), Buffer.from(`0\r\n${'a: b\r\n'.repeat(5_000)}`)]),
  'a preview that is none': Buffer.concat([respmodHead(undefined, 'Preview: 4\r\n'), chunked('far too much')]),
};

for (const [name, bytes] of Object.entries(refused)) {
  test(`refused: ${name}`, async () => {
    const { said, how } = await talk(icap.port, bytes);
    assert.equal(how, 'closed');
    assert.doesNotMatch(said, /ICAP\/1\.0 20/);
    await isAlive();
  });
}

test('bytes that are no UTF-8 pass through heads', async () => {
  const message = Buffer.concat([respmodHead('Content-Type: text/html\r\nX-Odd: \xff\xfe caf\xe9'), chunked('<p>x')]);
  const { said } = await talk(icap.port, message, { until: '\r\n0\r\n\r\n' });
  assert.match(said, /X-Odd: \xff\xfe caf\xe9\r\n/);
});

test('noise is answered or closed', async () => {
  for (let round = 0; round < 40; round += 1) {
    const noise = Buffer.from(Array.from({ length: 500 }, (_, at) => (at * 7919 * (round + 3) + ((at * at) >> 3)) & 0xff));
    const { how } = await talk(icap.port, Buffer.concat([round % 2 ? respmodHead() : Buffer.alloc(0), noise, Buffer.from('\r\n\r\n')]));
    assert.equal(how, 'closed');
  }
  await isAlive();
});

test('a compression bomb does not fill the memory', async () => {
  const bomb = gzipSync(Buffer.alloc(200 << 20, ' '));
  const head = respmodHead('Content-Type: text/html\r\nContent-Encoding: gzip');
  // The compressed page is a small one for ICAP; what becomes of it is bounded.
  const { how } = await talk(icap.port, Buffer.concat([head, chunked(bomb)]), { until: '\r\n0\r\n\r\n' });
  assert.notEqual(how, 'nothing');
  assert.ok(icap.memory() < MAX_MEMORY, `${icap.memory()} MB`);
  await isAlive();
});

test('a page that never ends passes in bounded memory', async () => {
  const socket = net.connect(icap.port, '127.0.0.1');
  let received = 0;
  socket.on('data', (piece) => (received += piece.length));
  socket.write(respmodHead());
  const piece = Buffer.from(`<p>${'word '.repeat(13_000)}</p>\n<script>menu()</script>`);
  const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  const rounds = 1_000;
  for (let round = 0; round < rounds; round += 1) {
    if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  while (received < piece.length * (rounds - 5)) await sleep(50);
  assert.ok(icap.memory() < MAX_MEMORY, `${icap.memory()} MB`);
  socket.destroy();
  await isAlive();
});

test('slow and silent clients hold nobody up, and those beyond the limit are told so', async () => {
  const sockets = Array.from({ length: 250 }, (_, at) => {
    const socket = net.connect(icap.port, '127.0.0.1').on('error', () => {});
    socket.write(OPTIONS.slice(0, at % OPTIONS.length));
    return socket;
  });
  await sleep(300);
  await isAlive();
  assert.ok(icap.memory() < MAX_MEMORY, `${icap.memory()} MB`);
  sockets.push(...Array.from({ length: 60 }, () => net.connect(icap.port, '127.0.0.1').on('error', () => {})));
  await sleep(300);
  const { said } = await talk(icap.port, OPTIONS);
  assert.match(said, /^ICAP\/1\.0 503 /);
  sockets.forEach((socket) => socket.destroy());
  await sleep(300);
  await isAlive();
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  for (let round = 0; round < 50; round += 1) {
    await new Promise((resolve) => {
      const socket = net.connect(icap.port, '127.0.0.1', () => {
        socket.write(Buffer.concat([respmodHead(), Buffer.from('ffff\r\n<p>half')]), () => (socket.resetAndDestroy(), resolve()));
      });
    });
  }
  await isAlive();
});
