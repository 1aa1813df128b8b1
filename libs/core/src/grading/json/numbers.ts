/** A JSON number in the one spelling of its value: 1.50e2, 150.0 and 150 are the same. Linear time, whatever the exponent. */
export function canonical(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${fraction}`;
  const first = digits.search(/[1-9]/);
  if (first === -1) return '0';
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  // The exponent of the first digit, which a trailing zero does not change. One of many digits is no value that anyone means.
  const power =
    exponent.length > 15
      ? `${exponent}+${whole.length - first}`
      : `${Number(exponent) + whole.length - first}`;
  return `${sign}${digits.slice(first, end)}e${power}`;
}

/** Whether two JSON numbers are equal by value, or with a tolerance above 0 no further apart. */
export function equalNumbers(a: string, b: string, tolerance: number): boolean {
  if (canonical(a) === canonical(b)) return true;
  if (tolerance === 0) return false;
  const [x, y] = [Number(a), Number(b)];
  // A difference that is the tolerance in decimals may be a little more in binary.
  const slack = Math.max(Math.abs(x), Math.abs(y)) * 4 * Number.EPSILON;
  return Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= tolerance + slack;
}
