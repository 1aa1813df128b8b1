/**
 * Names the cause of a failed download or installation from what the tool printed. Order matters: pip and uv end
 * with "no matching version" when what really failed was the connection.
 */
const causes = [
  {
    kind: 'disk',
    pattern: /ENOSPC|No space left on device|EDQUOT|Disk quota exceeded/i,
  },
  {
    kind: 'certificate',
    pattern:
      /CERTIFICATE_VERIFY_FAILED|UNABLE_TO_(VERIFY|GET)|SELF_SIGNED_CERT|invalid peer certificate|certificate verify failed/i,
  },
  {
    kind: 'network',
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|NameResolutionError|ProxyError|ConnectTimeout|ReadTimeout|dns error|error sending request|tcp connect error|operation timed out|Network is unreachable|Temporary failure in name resolution|Connection refused/i,
  },
  {
    kind: 'hash',
    pattern: /EINTEGRITY|HASH(ES)? (mismatch|DO NOT MATCH)|hash mismatch|DO NOT MATCH THE HASHES/i,
  },
  {
    kind: 'refused',
    pattern:
      /\bE(401|403|404|407|429|50\d)\b|ETARGET|\b(401 Unauthorized|403 Forbidden|404 Not Found|407 Proxy|429 Too Many|50\d \w+)|HTTP status (client|server) error|No matching distribution|No solution found|not found in the package registry|no versions of/i,
  },
  {
    kind: 'permission',
    pattern: /EACCES|EPERM|EROFS|Permission denied|Read-only file system|Operation not permitted/i,
  },
];

/**
 * @param {string} output what the tool printed
 * @returns {'disk'|'certificate'|'network'|'hash'|'refused'|'permission'|undefined}
 */
export function causeOf(output) {
  return causes.find(({ pattern }) => pattern.test(output))?.kind;
}

/**
 * @param {string} what the thing being installed, as a subject ("The npm packages")
 * @param {'npm'|'Python'} index whose packages they are
 * @param {string} output what the tool printed
 * @param {number|string} code its exit code or signal
 * @returns {string} one sentence: what happened and what to do
 */
export function installFailure(what, index, output, code) {
  const settings =
    index === 'npm'
      ? '"npm config get registry" and the proxy settings'
      : 'pip\'s configuration ("pip config list") and the proxy settings';
  switch (causeOf(output)) {
    case 'disk':
      return `${what} could not be installed because the disk is full: free some space and run the command again.`;
    case 'certificate':
      return `${what} could not be installed because the ${index} registry's certificate is not trusted: add its certificate authority (${index === 'npm' ? 'NODE_EXTRA_CA_CERTS' : 'SSL_CERT_FILE'}) and run the command again.`;
    case 'network':
      return `${what} could not be installed because the ${index} registry cannot be reached: check the network, ${settings}, and run the command again.`;
    case 'hash':
      return `${what} could not be installed because a download differs from the hash pinned in this repository: clear the ${index === 'npm' ? 'cache ("npm cache clean --force")' : 'cache ("pip cache purge" and ~/.cache/uv)'} or use another mirror, and run the command again.`;
    case 'refused':
      return `${what} could not be installed because the ${index} registry refuses or lacks a package that is needed: check ${settings}, and run the command again.`;
    case 'permission':
      return `${what} could not be installed because a file cannot be written: make this folder and your package cache writable for the current user and run the command again.`;
    default:
      return `${what} could not be installed (the installer ended with ${code}): read the log, remove the cause and run the command again.`;
  }
}
