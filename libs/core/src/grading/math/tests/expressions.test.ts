import { describe, expect, it } from 'vitest';
import { mistakes } from '../testing/mistakes.js';

describe('expressions', () => {
  it('are equal by value everywhere', () => {
    expect(
      mistakes(true, [
        ['(x+1)(x+2)', 'x^2+3x+2'],
        ['x^2+3x+2', '2+3x+x^2'],
        ['(x+1)^{100}', '(1+x)^{100}'],
        ['\\frac{x^2-1}{x-1}', 'x+1'],
        ['\\frac{1}{2-x}', '-\\frac{1}{x-2}'],
        ['\\frac1{2x}', '1/(2x)'],
        ['\\sqrt{x^2}', '|x|'],
        ['10x \\sqrt{21x}', '10\\sqrt{21}x^{3/2}'],
        ['2^{n-1}', '\\frac{2^n}{2}'],
        ['n!', 'n(n-1)!'],
        ['\\cos(n\\pi)', '(-1)^n'],
        ['\\binom{n}{2}', '\\frac{n(n-1)}{2}'],
        ['\\sin 2x', '2\\sin x\\cos x'],
        ['2 \\sin 5x \\cos x', '2\\sin(5x)\\cos(x)'],
        ['\\sin^2 t', '(\\sin t)^2'],
        ['1-\\cos^2 t', '\\sin^2 t'],
        ['\\cot x', '1/\\tan x'],
        ['3 \\sec \\frac{1}{2} \\theta', '\\frac{3}{\\cos(\\theta/2)}'],
        ['3 - 2f(x)', '-2f(x)+3'],
        ['f(4 - x)', 'f(-x+4)'],
        ['\\frac{bx}{h}(h-x)', 'bx - \\frac{bx^2}{h}'],
        ['\\pi r^2 h', '\\pi hr^2'],
        ['3^x - 2^x', '-2^x+3^x'],
        ['a+b', 'b+a'],
        ['ab', 'ba'],
        ['2x', '2 * x'],
        ['x**2', 'x^2'],
        ['x²', 'x^2'],
        ['x_1+x_2', 'x_{2}+x_{1}'],
        ['\\sqrt{x^2+y^2+z^2}', 'sqrt(z^2+y^2+x^2)'],
        ['\\log\\left(\\frac{2007}{2006}\\right)', '\\log 2007 - \\log 2006'],
        ['7p+4e', '4e+7p'],
        ['-\\sqrt{x-2}+2', '2-\\sqrt{x-2}'],
        ['\\frac{11x+5}{x-2}', '11+\\frac{27}{x-2}'],
        ['(1 + 10^{-400})x', 'x + \\frac{x}{10^{400}}'],
        ['x^{1000000}', '(x^{1000})^{1000}'],
        ['\\frac{1}{7}\\triangle ABC', '\\triangle ABC/7'],
        ['\\overline{CD}', 'CD'],
        ['e^{2x}', '(e^x)^2'],
        ['\\tan \\frac{x}{2}', '\\frac{\\sin x}{1+\\cos x}'],
      ]),
    ).toEqual([]);
  });
  it('differ somewhere', () => {
    expect(
      mistakes(false, [
        ['\\sqrt{x^2}', 'x'],
        ['|x|', 'x'],
        ['x^2+3x+2', 'x^2+3x-2'],
        ['(x+1)^2', 'x^2+1'],
        ['x+1', 'x-1'],
        ['x+1', 'y+1'],
        ['2^{n-1}', '2^{n}-1'],
        ['(-1)^n', '1'],
        ['n!', '(n+1)!'],
        ['\\sin x', '\\cos x'],
        ['\\sin x', 'x'],
        ['(1 + 10^{-400})x', 'x'],
        ['x^{1000000}', 'x^{1000001}'],
        ['\\frac{a}{b}', '\\frac{b}{a}'],
        ['x^2', '2x'],
        ['2b', '2B'],
        ['2x', '2'],
        ['\\sqrt{x-2}', '\\sqrt{2-x}'],
        ['f(x)', 'g(x)'],
        ['f(4-x)', 'f(x-4)'],
        ['\\ln x^2', '2'],
        ['\\overline{z}', 'z'],
      ]),
    ).toEqual([]);
  });
});
