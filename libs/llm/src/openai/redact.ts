/** Shortest secret that is looked for: shorter ones would redact ordinary words. */
const SHORTEST = 6;

/** Replaces every occurrence of the secrets; endpoints like to repeat the key that they refuse. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const long = secrets.filter((secret) => secret.length >= SHORTEST);
  return (text) => long.reduce((result, secret) => result.replaceAll(secret, '[redacted]'), text);
}

/** The address without what may be secret in it: user, password and query. */
export function publicUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
