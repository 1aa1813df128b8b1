import { delimiter } from 'node:path';
import { nodeBin } from './layout.mjs';

/** Handed on from the user's environment: locale, folders, certificates, proxies, and two settings of the mesh itself. */
const passed = [
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_USE_ENV_PROXY',
  'TRPROMPT_LOG_LEVEL',
  'TRPROMPT_TEMPLATES',
];

/**
 * The environment of one service: a few harmless variables and its own settings, so that no secret of the shell
 * reaches a service it is not meant for.
 * @param {Record<string, string|number|undefined>} settings variables of this service; undefined ones are left out
 * @param {NodeJS.ProcessEnv} [env]
 */
export function serviceEnvironment(settings, env = process.env) {
  const base = Object.fromEntries(
    passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  const own = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return {
    ...base,
    PATH: [nodeBin, env.PATH ?? '/usr/bin:/bin'].join(delimiter),
    TRPROMPT_HOST: '127.0.0.1',
    TRPROMPT_PORT: '0',
    TRPROMPT_DRAIN_SECONDS: '4',
    TRPROMPT_EXIT_WITH_PARENT: '1',
    ...Object.fromEntries(own),
  };
}
