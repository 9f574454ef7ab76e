// What a browser would see: requests through a proxy, in clear or through its tunnel.
import http from 'node:http';
import https from 'node:https';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

const decoders = { gzip: gunzipSync, br: brotliDecompressSync };

/** A tunnel of the proxy, as a socket. */
const tunnel = (proxy, target) =>
  new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: proxy, method: 'CONNECT', path: target.host });
    request.on('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Error(`CONNECT: ${response.statusCode}`));
    });
    request.on('error', reject).setTimeout(30_000, () => request.destroy(new Error('CONNECT: no answer')));
    request.end();
  });

/** Asks through the proxy. `first` is the time of the first byte of the body, `last` that of its end. */
export async function get(proxy, url, { ca, headers = {} } = {}) {
  const target = new URL(url);
  const fields = { Accept: 'text/html', 'Accept-Encoding': 'gzip, br', Host: target.host, ...headers };
  const options = { headers: fields, agent: false };
  let request;
  if (target.protocol === 'https:') {
    const socket = await tunnel(proxy, target);
    request = https.request({ ...options, socket, ca, path: target.pathname + target.search, host: '127.0.0.1' });
  } else {
    request = http.request({ ...options, host: '127.0.0.1', port: proxy, path: url });
  }
  return new Promise((resolve, reject) => {
    request.on('error', reject).setTimeout(30_000, () => request.destroy(new Error(`no answer to ${url}`)));
    request.on('response', (response) => {
      const pieces = [];
      let first;
      response.on('data', (piece) => (pieces.push(piece), (first ??= Date.now())));
      response.on('error', reject);
      response.on('aborted', () => reject(new Error(`broken off: ${url}`)));
      response.on('end', () => {
        const raw = Buffer.concat(pieces);
        const coding = response.headers['content-encoding'];
        const body = (coding ? decoders[coding](raw) : raw).toString();
        resolve({ status: response.statusCode, headers: response.headers, raw, body, first, last: Date.now() });
      });
    });
    request.end();
  });
}
