// Programs of a test: started on ports of loopback, ended with it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port that nobody listens on now. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Waits until somebody listens on the port. */
export async function listening(port, patience = 30_000) {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(50)) {
    const isThere = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isThere) return;
  }
  throw new Error(`nobody listens on port ${port}`);
}

/** A program that runs; `log` is what it says. */
export class Program {
  constructor(command, options) {
    this.log = '';
    this.child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (text) => (this.log = (this.log + text).slice(-200_000)));
    }
    this.ended = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve({ code, signal })));
    this.child.on('error', (error) => (this.log += error));
    Object.assign(this, options);
  }

  /** Ends it, and waits until it is gone. */
  async end(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.ended;
  }

  /** Its resident memory in MB (Linux). */
  memory() {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'));
    return Number(line[1]) / 1024;
  }
}

/** Starts `adsieve icap`. */
export async function startIcap(port, ...more) {
  const command = [process.env.ADSIEVE, 'icap', '--listen', `127.0.0.1:${port}`, ...more];
  const program = new Program(command, { port });
  await listening(port).catch((error) => {
    throw new Error(`${error.message}\n${program.log}`);
  });
  return program;
}
