/** A share (0 to 1) as a percentage with one decimal: `41.9 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** An interval of shares (0 to 1): `33.2–51.1 %`. */
export function percentInterval(low: number, high: number): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)} %`;
}

/** A text with a capital in front. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A difference of shares in percentage points with its sign: `+20.9 points`. */
export function points(difference: number): string {
  const value = (difference * 100).toFixed(1);
  return `${difference > 0 ? '+' : ''}${value.replace('-', '−')} points`;
}

/** A p-value, never as an impossible zero: `p = 0.031`, `p < 0.001`. */
export function pValue(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** Seconds for the eye: `0.4 s`, `52 s`, `3 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A count with thousands separators: `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** An amount of money: `12.30 USD`, `0.0042 USD`. */
export function money(value: number, currency: string): string {
  return `${moneyDigits(value)} ${currency}`;
}

/** An amount of money without its currency. */
export function moneyDigits(value: number): string {
  return value === 0 || value >= 0.995 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

/** The first characters of a text, and how many were left out. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}… (${count(text.length - length)} more characters)`;
}

/** `sha256:` digests shortened to 12 digits. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** An ISO time as `2026-05-04 13:05:09 UTC`. Empty when unset. */
export function time(iso: string | undefined): string {
  if (!iso) return '';
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
