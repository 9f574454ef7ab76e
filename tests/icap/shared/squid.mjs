// A squid of our own, beside whatever the system runs: in a folder that goes with the test.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Program, freePort, listening } from './program.mjs';

const CERTGEN = '/usr/lib/squid/security_file_certgen';

/** Makes an authority for squid to sign with, and a certificate of it for the site: nobody outside of the test trusts it. */
export function makeAuthority(folder) {
  const file = (name) => path.join(folder, name);
  const openssl = (...words) => execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...words], { stdio: 'ignore' });
  openssl('-subj', '/CN=adsieve test authority', '-keyout', file('key.pem'), '-out', file('ca.pem'));
  openssl(
    '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE',
    '-CA', file('ca.pem'), '-CAkey', file('key.pem'), '-keyout', file('site.key'), '-out', file('site.pem'),
  );
  const [key, cert, ca] = ['site.key', 'site.pem', 'ca.pem'].map((name) => readFileSync(file(name)));
  return { key, cert, ca };
}

function configuration(folder, { plain, bumped, icap, preview, hasIcap }) {
  return `
http_port 127.0.0.1:${plain}
http_port 127.0.0.1:${bumped} ssl-bump tls-cert=${folder}/both.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program ${CERTGEN} -s ${folder}/certificates -M 4MB
sslcrtd_children 2 startup=1 idle=1
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all
tls_outgoing_options cafile=${folder}/ca.pem

icap_enable ${hasIcap ? 'on' : 'off'}
icap_preview_enable ${preview ? 'on' : 'off'}
icap_send_client_ip on
icap_service_failure_limit 10
icap_service_revival_delay 2
icap_service adsieve_req reqmod_precache icap://127.0.0.1:${icap}/reqmod bypass=on
icap_service adsieve_resp respmod_precache icap://127.0.0.1:${icap}/respmod bypass=on
adaptation_access adsieve_req allow all
adaptation_access adsieve_resp allow all

http_access allow localhost
http_access deny all
cache deny all
cache_mem 8 MB
access_log none
cache_log ${folder}/cache.log
pid_filename ${folder}/squid.pid
netdb_filename none
coredump_dir ${folder}
pinger_enable off
max_filedescriptors 1024
shutdown_lifetime 0 seconds
visible_hostname localhost
`;
}

/** Starts squid with its ICAP services on that port, or without them. */
export async function startSquid(parent, name, icap, preview, hasIcap = true) {
  const folder = path.join(parent, name);
  mkdirSync(folder);
  const [plain, bumped] = [await freePort(), await freePort()];
  const read = (file) => readFileSync(path.join(parent, file));
  writeFileSync(path.join(folder, 'both.pem'), Buffer.concat([read('ca.pem'), read('key.pem')]));
  writeFileSync(path.join(folder, 'ca.pem'), read('ca.pem'));
  const file = path.join(folder, 'squid.conf');
  writeFileSync(file, configuration(folder, { plain, bumped, icap, preview, hasIcap }));
  execFileSync(CERTGEN, ['-c', '-s', path.join(folder, 'certificates'), '-M', '4MB'], { stdio: 'ignore' });
  // Started as root it goes on as its own user, whose the folder must be.
  if (process.getuid() === 0) {
    chmodSync(parent, 0o755);
    execFileSync('chown', ['-R', 'proxy:proxy', folder]);
  }
  // Not `-N`: as a service it runs with a master that starts a worker anew. squid 5.7 needs it: now and then an assertion of its own
  // fails (client_side_request.cc:1694) when an ICAP service breaks off.
  const squid = new Program(['squid', '--foreground', '-f', file], { plain, bumped, folder });
  for (const port of [plain, bumped]) {
    await listening(port).catch((error) => {
      throw new Error(`${error.message}\n${squid.log}\n${readFileSync(path.join(folder, 'cache.log'), 'utf8')}`);
    });
  }
  return squid;
}
