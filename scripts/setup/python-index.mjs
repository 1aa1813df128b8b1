import { execFileSync } from 'node:child_process';

/**
 * uv does not read pip's configuration. What the user told pip about indexes and certificates is handed on, unless
 * uv was told something of its own.
 * @param {string} python an interpreter with pip
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>} variables to add to uv's environment
 */
export function uvSettings(python, env = process.env) {
  const pip = pipSettings(python, env);
  const settings = {};
  const set = (name, value) => {
    if (value && !env[name]) settings[name] = value;
  };
  if (!env.UV_INDEX_URL) set('UV_DEFAULT_INDEX', pip['index-url']);
  if (!env.UV_EXTRA_INDEX_URL) set('UV_INDEX', pip['extra-index-url']);
  set('UV_FIND_LINKS', pip['find-links']?.split(/\s+/).join(','));
  set('UV_INSECURE_HOST', pip['trusted-host']);
  set('SSL_CERT_FILE', pip.cert);
  set('UV_HTTP_TIMEOUT', pip['default-timeout'] ?? pip.timeout);
  set('ALL_PROXY', pip.proxy);
  return settings;
}

/** pip's own view of its files and environment, the more specific source last. */
function pipSettings(python, env) {
  let text = '';
  try {
    text = execFileSync(python, ['-m', 'pip', 'config', 'list'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
  } catch {
    // Without a readable configuration the defaults hold, as they do for pip.
  }
  const settings = {};
  const rank = { global: 0, install: 1, ':env:': 2 };
  const ranks = {};
  for (const line of text.split('\n')) {
    const match = /^(global|install|:env:)\.([\w-]+)='(.*)'$/.exec(line.trim());
    if (!match || (ranks[match[2]] ?? -1) > rank[match[1]]) continue;
    ranks[match[2]] = rank[match[1]];
    settings[match[2]] = match[3].replaceAll('\\n', ' ').trim();
  }
  return settings;
}
