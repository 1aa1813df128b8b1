import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** PEM texts. */
export interface Certificates {
  /** The authority that signed the broker's certificate and the client's. */
  ca: string;
  /** A client's certificate and its key. */
  cert: string;
  key: string;
}

/** Why no certificates can be made here, or undefined. */
export function opensslSkipped(): string | undefined {
  if (spawnSync('openssl', ['version']).status === 0) return undefined;
  return 'there is no openssl command: install it to test TLS';
}

/** The files of a broker's certificates in its folder. `broker` holds key and certificate, as Kafka's PEM key store has them. */
export const certificateFiles = (folder: string): { ca: string; broker: string } => ({
  ca: join(folder, 'ca.pem'),
  broker: join(folder, 'broker.pem'),
});

/** Makes an authority and certificates for a broker on loopback and a client, valid for a day. Throws when openssl is missing. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = (...args: string[]) => execute('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    ...['req', '-x509', ...key, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-days', '1'],
    ...['-subj', '/CN=trprompt test authority'],
  );
  await writeFile(join(folder, 'names.cnf'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    await openssl(
      ...['req', ...key, '-keyout', `${name}-key.pem`, '-out', `${name}.csr`, '-subj', `/CN=${name}`],
    );
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'],
      ...['-out', `${name}.pem`, '-days', '1', '-extfile', 'names.cnf'],
    );
  }
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const files = certificateFiles(folder);
  await writeFile(files.broker, (await text('server-key.pem')) + (await text('server.pem')), { mode: 0o600 });
  return { ca: await text('ca.pem'), cert: await text('client.pem'), key: await text('client-key.pem') };
}
