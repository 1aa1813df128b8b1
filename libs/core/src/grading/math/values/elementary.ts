import { type Float, Floats, sizeOf, Undefined } from './float.js';

/** Bits beyond the precision that intermediate results carry. */
const guard = 80;
/** Largest binary size of an argument that is reduced by a multiple of ln 2 or 2π. */
const largestSize = 44;

/** Elementary functions of real numbers by Taylor series in fixed point after argument reduction. */
export class Elementary {
  private readonly wide: Floats;
  /** Fixed-point places. */
  private readonly places: number;
  private constants: { pi: bigint; ln2: bigint } | undefined;

  constructor(readonly floats: Floats) {
    this.places = floats.bits + guard;
    this.wide = new Floats(this.places);
  }

  pi(): Float {
    return this.result(this.fixedConstants().pi);
  }

  exp(x: Float): Float {
    if (x.mantissa === 0n) return this.floats.integer(1);
    if (sizeOf(x) > largestSize) throw new Undefined('an exponential out of range');
    const { ln2 } = this.fixedConstants();
    const fixed = this.wide.fixed(x, this.places);
    const multiple = fixed / ln2;
    const value = this.fixedExp(fixed - multiple * ln2);
    return this.floats.rounded(value, Number(multiple) - this.places);
  }

  /** @throws Undefined unless x > 0 */
  ln(x: Float): Float {
    if (x.mantissa <= 0n) throw new Undefined('a logarithm of what is not positive');
    // x = m * 2^k with m in [1/2, 1).
    const k = sizeOf(x);
    const m = this.wide.fixed({ mantissa: x.mantissa, exponent: x.exponent - k }, this.places);
    let y = this.toFixed(Math.log(Number(m >> BigInt(this.places - 60)) / 2 ** 60));
    // Halley's iteration triples the correct digits, 50 bits at first.
    for (let correct = 48; correct < this.places; correct *= 3) {
      const e = this.fixedExp(y);
      y += ((m - e) << BigInt(this.places + 1)) / (m + e);
    }
    return this.result(y + BigInt(k) * this.fixedConstants().ln2);
  }

  sinCos(x: Float): [sin: Float, cos: Float] {
    if (sizeOf(x) > largestSize) throw new Undefined('an angle out of range');
    const turn = this.fixedConstants().pi * 2n;
    const angle = this.wide.fixed(x, this.places);
    const halvings = 12n;
    let reduced = angle % turn;
    reduced >>= halvings;
    let [sin, cos] = [this.series(reduced, reduced, 2), 0n];
    cos = this.series(1n << BigInt(this.places), reduced, 1);
    const places = BigInt(this.places);
    for (let doubling = 0n; doubling < halvings; doubling++) {
      [sin, cos] = [(2n * sin * cos) >> places, (1n << places) - ((2n * sin * sin) >> places)];
    }
    return [this.result(sin), this.result(cos)];
  }

  atan(x: Float): Float {
    if (sizeOf(x) > this.floats.bits + 2) {
      const right = this.floats.shift(this.pi(), -1);
      return x.mantissa < 0n ? this.floats.negate(right) : right;
    }
    const places = BigInt(this.places);
    const unit = { mantissa: 1n, exponent: 0 };
    let y = x;
    const halvings = 8;
    for (let halving = 0; halving < halvings; halving++) {
      const root = this.wide.squareRoot(this.wide.add(unit, this.wide.multiply(y, y)));
      y = this.wide.divide(y, this.wide.add(unit, root));
    }
    const fixed = this.wide.fixed(y, this.places);
    const square = (fixed * fixed) >> places;
    let term = fixed;
    let total = fixed;
    for (let n = 3n; term !== 0n && term !== -1n; n += 2n) {
      term = -((term * square) >> places);
      total += term / n;
    }
    return this.floats.shift(this.result(total), halvings);
  }

  /** first - first x²/(k+1)(k+2) + ...: the series of sine (from = 2) and cosine (from = 1). */
  private series(first: bigint, x: bigint, from: number): bigint {
    const places = BigInt(this.places);
    const square = (x * x) >> places;
    let term = first;
    let total = first;
    for (let k = BigInt(from); term !== 0n && term !== -1n; k += 2n) {
      term = -((term * square) >> places) / (k * (k + 1n));
      total += term;
    }
    return total;
  }

  /** e^x for |x| < 1 in fixed point. */
  private fixedExp(x: bigint): bigint {
    const places = BigInt(this.places);
    const halvings = 12n;
    const small = x >> halvings;
    let term = 1n << places;
    let total = term;
    for (let n = 1n; term !== 0n && term !== -1n; n++) {
      term = ((term * small) >> places) / n;
      total += term;
    }
    for (let doubling = 0n; doubling < halvings; doubling++) total = (total * total) >> places;
    return total;
  }

  private fixedConstants(): { pi: bigint; ln2: bigint } {
    this.constants ??= {
      // Machin: pi = 16 atan(1/5) - 4 atan(1/239); ln 2 = 2 artanh(1/3).
      pi: 16n * this.inverseTangent(5n, -1n) - 4n * this.inverseTangent(239n, -1n),
      ln2: 2n * this.inverseTangent(3n, 1n),
    };
    return this.constants;
  }

  /** atan (sign -1) or artanh (sign 1) of 1/n. */
  private inverseTangent(n: bigint, sign: bigint): bigint {
    let power = (1n << BigInt(this.places)) / n;
    let total = power;
    for (let k = 3n; power !== 0n; k += 2n) {
      power = (power * sign) / (n * n);
      total += power / k;
    }
    return total;
  }

  private result(fixed: bigint): Float {
    return this.floats.rounded(fixed, -this.places);
  }

  private toFixed(value: number): bigint {
    return BigInt(Math.round(value * 2 ** 53)) << BigInt(this.places - 53);
  }
}
