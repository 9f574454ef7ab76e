// An ICAP client that says what a test wants, however wrong it is.
import net from 'node:net';

/** One chunked body. */
export const chunked = (...pieces) =>
  Buffer.concat([
    ...pieces.flatMap((piece) => [Buffer.from(`${Buffer.byteLength(piece).toString(16)}\r\n`), Buffer.from(piece), Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]);

const ASKED = 'GET http://site.example/ HTTP/1.1\r\nHost: site.example\r\n\r\n';

/** The heads of a RESPMOD message; its body follows in chunks. */
export function respmodHead(fields = 'Content-Type: text/html', icapFields = '') {
  const head = Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n`, 'latin1');
  const offsets = `req-hdr=0, res-hdr=${ASKED.length}, res-body=${ASKED.length + head.length}`;
  const icap = `RESPMOD icap://127.0.0.1/respmod ICAP/1.0\r\nHost: 127.0.0.1\r\n${icapFields}Encapsulated: ${offsets}\r\n\r\n`;
  return Buffer.concat([Buffer.from(icap + ASKED, 'latin1'), head]);
}

/** Sends the bytes and reads until the server has ended the connection, or said `until`. */
export function talk(port, bytes, { until, patience = 20_000 } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let said = Buffer.alloc(0);
    const end = (how) => (socket.destroy(), resolve({ said: said.toString('latin1'), how }));
    socket.setTimeout(patience, () => end('nothing'));
    socket.on('data', (piece) => {
      said = Buffer.concat([said, piece]);
      if (until && said.includes(until)) end('answered');
    });
    socket.on('error', () => end('closed')).on('close', () => end('closed'));
    socket.write(bytes);
  });
}
