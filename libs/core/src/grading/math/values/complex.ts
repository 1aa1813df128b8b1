import { Elementary } from './elementary.js';
import { type Float, Floats, sizeOf, Undefined } from './float.js';

/** re + i im. */
export interface Complex {
  re: Float;
  im: Float;
}

const nought: Float = { mantissa: 0n, exponent: 0 };
const unit: Float = { mantissa: 1n, exponent: 0 };

/**
 * Complex arithmetic and elementary functions, principal values. Without `complex`, what leaves the real numbers is undefined:
 * a square root or logarithm of a negative number, an arcsine beyond 1.
 */
export class ComplexNumbers {
  readonly elementary: Elementary;

  constructor(
    readonly floats: Floats,
    private readonly complex: boolean,
  ) {
    this.elementary = elementaryOf(floats);
  }

  real(re: Float): Complex {
    return { re, im: nought };
  }

  i(): Complex {
    return { re: nought, im: unit };
  }

  isReal({ im }: Complex): boolean {
    return im.mantissa === 0n;
  }

  isZero({ re, im }: Complex): boolean {
    return re.mantissa === 0n && im.mantissa === 0n;
  }

  add(a: Complex, b: Complex): Complex {
    return { re: this.floats.add(a.re, b.re), im: this.floats.add(a.im, b.im) };
  }

  negate({ re, im }: Complex): Complex {
    return { re: this.floats.negate(re), im: this.floats.negate(im) };
  }

  multiply(a: Complex, b: Complex): Complex {
    const { floats } = this;
    if (this.isReal(a) && this.isReal(b)) return this.real(floats.multiply(a.re, b.re));
    return {
      re: floats.subtract(floats.multiply(a.re, b.re), floats.multiply(a.im, b.im)),
      im: floats.add(floats.multiply(a.re, b.im), floats.multiply(a.im, b.re)),
    };
  }

  divide(a: Complex, b: Complex): Complex {
    const { floats } = this;
    if (this.isReal(b)) return { re: floats.divide(a.re, b.re), im: floats.divide(a.im, b.re) };
    const square = floats.add(floats.multiply(b.re, b.re), floats.multiply(b.im, b.im));
    const top = this.multiply(a, { re: b.re, im: floats.negate(b.im) });
    return { re: floats.divide(top.re, square), im: floats.divide(top.im, square) };
  }

  absolute(a: Complex): Float {
    const { floats } = this;
    if (this.isReal(a)) return floats.absolute(a.re);
    return floats.squareRoot(floats.add(floats.multiply(a.re, a.re), floats.multiply(a.im, a.im)));
  }

  exp(a: Complex): Complex {
    const size = this.elementary.exp(a.re);
    if (this.isReal(a)) return this.real(size);
    const [sin, cos] = this.elementary.sinCos(a.im);
    return { re: this.floats.multiply(size, cos), im: this.floats.multiply(size, sin) };
  }

  ln(a: Complex): Complex {
    if (this.isReal(a) && a.re.mantissa > 0n) return this.real(this.elementary.ln(a.re));
    this.leaveReal();
    return { re: this.elementary.ln(this.absolute(a)), im: this.angle(a) };
  }

  squareRoot(a: Complex): Complex {
    const { floats } = this;
    if (this.isReal(a)) {
      if (a.re.mantissa >= 0n) return this.real(floats.squareRoot(a.re));
      this.leaveReal();
      return { re: nought, im: floats.squareRoot(floats.negate(a.re)) };
    }
    // The larger of the two parts first, so that nothing cancels.
    const size = this.absolute(a);
    const larger = floats.squareRoot(floats.shift(floats.add(size, floats.absolute(a.re)), -1));
    const smaller = floats.divide(floats.shift(floats.absolute(a.im), -1), larger);
    const [re, im] = a.re.mantissa >= 0n ? [larger, smaller] : [smaller, larger];
    return { re, im: a.im.mantissa < 0n ? floats.negate(im) : im };
  }

  /** a to an integer power, by squaring while that is short. */
  integerPower(a: Complex, n: bigint): Complex {
    if (n > 1n << 44n || n < -(1n << 44n)) throw new Undefined('an exponent out of range');
    const times = Number(n);
    if (this.isReal(a)) {
      if (Math.abs(times) <= 65_536 || a.re.mantissa === 0n) return this.real(this.floats.power(a.re, times));
      const size = this.elementary.exp(
        this.floats.multiply(this.floats.integer(n), this.elementary.ln(this.floats.absolute(a.re))),
      );
      return this.real(a.re.mantissa < 0n && times % 2 !== 0 ? this.floats.negate(size) : size);
    }
    if (Math.abs(times) > 65_536) throw new Undefined('an exponent out of range');
    let result = this.real(unit);
    let square = a;
    for (let rest = Math.abs(times); rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = this.multiply(result, square);
      if (rest > 1) square = this.multiply(square, square);
    }
    return times < 0 ? this.divide(this.real(unit), result) : result;
  }

  power(a: Complex, exponent: Complex): Complex {
    if (this.isZero(a)) {
      if (this.isReal(exponent) && exponent.re.mantissa > 0n) return a;
      throw new Undefined('zero to a power that is not positive');
    }
    return this.exp(this.multiply(exponent, this.ln(a)));
  }

  /** The real root of a real number, which exists for an odd index; else the principal one. */
  root(a: Complex, index: bigint): Complex {
    if (index === 2n) return this.squareRoot(a);
    if (this.isZero(a)) return a;
    const reciprocal = this.real(this.floats.rational({ numerator: 1n, denominator: index }));
    if (this.isReal(a) && a.re.mantissa < 0n && index % 2n !== 0n)
      return this.negate(this.power(this.negate(a), reciprocal));
    return this.power(a, reciprocal);
  }

  sinCos(a: Complex): [sin: Complex, cos: Complex] {
    const [sin, cos] = this.elementary.sinCos(a.re);
    if (this.isReal(a)) return [this.real(sin), this.real(cos)];
    const { floats } = this;
    const up = this.elementary.exp(a.im);
    const down = floats.divide(unit, up);
    const cosh = floats.shift(floats.add(up, down), -1);
    const sinh = floats.shift(floats.subtract(up, down), -1);
    return [
      { re: floats.multiply(sin, cosh), im: floats.multiply(cos, sinh) },
      { re: floats.multiply(cos, cosh), im: floats.negate(floats.multiply(sin, sinh)) },
    ];
  }

  atan(a: Complex): Complex {
    if (!this.isReal(a)) throw new Undefined('an arctangent of a complex number');
    return this.real(this.elementary.atan(a.re));
  }

  asin(a: Complex): Complex {
    const { floats } = this;
    if (!this.isReal(a)) throw new Undefined('an arcsine of a complex number');
    const rest = floats.subtract(unit, floats.multiply(a.re, a.re));
    if (rest.mantissa < 0n) throw new Undefined('an arcsine beyond 1');
    return this.real(this.angle({ re: floats.squareRoot(rest), im: a.re }));
  }

  /** The argument in (-π, π]. */
  private angle({ re, im }: Complex): Float {
    const { floats } = this;
    const pi = this.elementary.pi();
    if (re.mantissa === 0n) {
      if (im.mantissa === 0n) throw new Undefined('the angle of zero');
      const right = floats.shift(pi, -1);
      return im.mantissa < 0n ? floats.negate(right) : right;
    }
    const inner = this.elementary.atan(floats.divide(im, re));
    if (re.mantissa > 0n) return inner;
    return im.mantissa < 0n ? floats.subtract(inner, pi) : floats.add(inner, pi);
  }

  private leaveReal(): void {
    if (!this.complex) throw new Undefined('not a real number');
  }
}

/** Binary size of the larger part. */
export function sizeOfComplex({ re, im }: Complex): number {
  return Math.max(sizeOf(re), sizeOf(im));
}

const known = new Map<number, Elementary>();

/** One per precision: each computes π and ln 2 once. */
function elementaryOf(floats: Floats): Elementary {
  const found = known.get(floats.bits) ?? new Elementary(floats);
  known.set(floats.bits, found);
  return found;
}
