// The web site of the tests: pages of any size, coding and pace, over HTTP and HTTPS.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const AD = '<script>pbjs.que.push(function () { pbjs.requestBids({}) })</script>';

/** A page of about that many bytes; with ads in three places, or without. */
export function page(size, hasAds) {
  const line = (number) => `<p>Line ${number}: ${((number * 2654435761) % 4294967296).toString(36)} of a page for tests.</p>\n`;
  const lines = [];
  for (let length = 0, number = 0; length < size; number += 1) {
    lines.push(line(number));
    length += lines.at(-1).length;
  }
  const ad = hasAds ? AD : '';
  const middle = lines.length >> 1;
  return `<!doctype html><title>Page</title>${ad}${lines.slice(0, middle).join('')}${ad}${lines.slice(middle).join('')}${ad}<p>End`;
}

const encoders = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
};

const encoded = new Map();

/** The page as it stands on the wire. */
export function encodedPage(size, hasAds, coding) {
  const key = `${size} ${hasAds} ${coding}`;
  if (!encoded.has(key)) encoded.set(key, encoders[coding](Buffer.from(page(size, hasAds))));
  return encoded.get(key);
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://site.example');
  const [size, hasAds] = [Number(url.searchParams.get('size') ?? 1000), url.searchParams.has('ads')];
  const coding = url.searchParams.get('coding') ?? 'identity';
  const fields = { 'Content-Type': url.searchParams.get('type') ?? 'text/html; charset=utf-8', ETag: '"one"' };
  if (coding !== 'identity') fields['Content-Encoding'] = coding;
  const body = encodedPage(size, hasAds, coding);
  if (url.pathname === '/slow') {
    // A piece, a pause, a piece: the first must come through before the last is sent.
    response.writeHead(200, fields);
    const pieces = 4;
    for (let at = 0; at < pieces; at += 1) {
      response.write(body.subarray((body.length * at) / pieces, (body.length * (at + 1)) / pieces));
      await sleep(400);
    }
    response.end();
    return;
  }
  if (!url.searchParams.has('chunked')) fields['Content-Length'] = body.length;
  response.writeHead(200, fields);
  response.end(body);
}

/** Starts the site; `tls` holds key and certificate. */
export async function startOrigin(tls) {
  const servers = [createServer(answer), createSecureServer(tls, answer)];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const [plain, secure] = servers.map((server) => server.address().port);
  const end = () => servers.forEach((server) => (server.closeAllConnections(), server.close()));
  return { http: `http://127.0.0.1:${plain}`, https: `https://127.0.0.1:${secure}`, end };
}
