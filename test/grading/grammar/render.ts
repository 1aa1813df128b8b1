import type { Dice } from './dice.js';
import type { Kind, Tree } from './tree.js';

/** How tightly what was written binds. */
enum Binding {
  sum,
  product,
  power,
  atom,
}

/** Writes an expression as LaTeX in a notation that the dice choose; every notation of one tree has the same value. */
export function render(tree: Tree, dice: Dice): string {
  return write(tree, dice).text;
}

interface Written {
  text: string;
  binding: Binding;
}

function write(tree: Tree, dice: Dice): Written {
  switch (tree.kind) {
    case 'integer':
      return { text: writeInteger(tree.value, dice), binding: Binding.atom };
    case 'decimal':
      return { text: writeDecimal(tree.digits, dice), binding: Binding.atom };
    case 'symbol':
      return { text: tree.name === 'pi' ? '\\pi' : tree.name, binding: Binding.atom };
    case 'sum':
      return writeSum(tree, dice);
    case 'product':
      return writeProduct(tree, dice);
    case 'quotient':
      return writeQuotient(tree, dice);
    case 'power':
      return {
        text: `${wrapped(tree.base, Binding.atom, dice)}^${exponent(tree.exponent, dice)}`,
        binding: Binding.power,
      };
    case 'root':
      if (dice.one(6))
        return { text: `${wrapped(tree.of, Binding.atom, dice)}^{1/2}`, binding: Binding.power };
      return { text: `\\sqrt{${render(tree.of, dice)}}`, binding: Binding.atom };
    case 'call':
      return { text: `\\${tree.name}${parenthesised(render(tree.of, dice), dice)}`, binding: Binding.power };
  }
}

/** With a thousands separator now and then. */
function writeInteger(value: number, dice: Dice): string {
  const digits = String(value);
  if (value < 1000 || !dice.one(2)) return digits;
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, dice.of(['{,}', ',\\!', '\\,']));
}

function writeDecimal(digits: string, dice: Dice): string {
  const shorter = dice.one(4) && digits.startsWith('0.') ? digits.slice(1) : digits;
  return dice.one(5) ? `${shorter}0` : shorter;
}

function writeSum({ terms }: Kind<'sum'>, dice: Dice): Written {
  const space = dice.of(['', ' ', ' ']);
  const text = terms
    .map(({ negative, tree }, index) => {
      const term = wrapped(tree, Binding.product, dice);
      if (index === 0) return negative ? `-${term}` : term;
      return `${space}${negative ? '-' : '+'}${space}${term}`;
    })
    .join('');
  return { text, binding: Binding.sum };
}

/** Juxtaposed where that is read as a product: before a symbol, a command or a parenthesis. */
function writeProduct({ factors }: Kind<'product'>, dice: Dice): Written {
  const sign = dice.of([' \\cdot ', '\\cdot ', ' \\times ', '']);
  const text = factors
    .map((factor) => wrapped(factor, Binding.power, dice))
    .reduce((left, right) => {
      const juxtaposed = sign === '' && /^[\\a-z(]/.test(right) && !/^\\[dt]?frac/.test(right);
      if (!juxtaposed) return `${left}${sign === '' ? '\\cdot ' : sign}${right}`;
      return /\\[a-z]+$/.test(left) && /^[a-z]/.test(right) ? `${left} ${right}` : `${left}${right}`;
    });
  return { text, binding: Binding.product };
}

function writeQuotient({ over, under }: Kind<'quotient'>, dice: Dice): Written {
  if (dice.one(5)) {
    const text = `${wrapped(over, Binding.power, dice)}/${wrapped(under, Binding.atom, dice)}`;
    return { text, binding: Binding.product };
  }
  const command = dice.of(['\\frac', '\\frac', '\\dfrac', '\\tfrac']);
  const [a, b] = [render(over, dice), render(under, dice)];
  // A fraction binds as an atom but is no base of a power: \frac{1}{2}^2 is read in two ways.
  if (/^\d$/.test(a) && /^\d$/.test(b) && dice.one(2))
    return { text: `${command}${a}${b}`, binding: Binding.power };
  return { text: `${command}{${a}}{${b}}`, binding: Binding.power };
}

function wrapped(tree: Tree, least: Binding, dice: Dice): string {
  const { text, binding } = write(tree, dice);
  return binding >= least ? text : parenthesised(text, dice);
}

function parenthesised(text: string, dice: Dice): string {
  return dice.one(3) ? `\\left(${text}\\right)` : `(${text})`;
}

function exponent(value: number, dice: Dice): string {
  return value < 10 && dice.one(2) ? String(value) : `{${value}}`;
}
