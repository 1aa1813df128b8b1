import { describe, expect, it } from 'vitest';
import { mistakes } from '../testing/mistakes.js';

describe('relations', () => {
  it('are equal up to sides, factor and direction', () => {
    expect(
      mistakes(true, [
        ['x = 5', '5'],
        ['5 = x', 'x = 5'],
        ['x=\\frac{3}{2}', '1.5'],
        ['y = 2x+1', '2x+1'],
        ['f(x) = 2x+1', 'y = 2x+1'],
        ['f(x)=2x+1', '1+2x'],
        ['y = 2x + 1', '2x - y + 1 = 0'],
        ['y=2x+1', '4x+2=2y'],
        ['x^2+y^2=13', '13 = y^2+x^2'],
        ['\\frac{x^2}{16} - \\frac{y^2}{9} = 1', '9x^2-16y^2=144'],
        ['2x + z - 5 = 0', '-2x - z + 5 = 0'],
        ['s^2 \\le 8r^2', '8r^2 \\ge s^2'],
        ['s^2 \\le 8r^2', '2s^2 \\leq 16r^2'],
        ['f(2) < f(1) < f(4)', 'f(4) > f(1) > f(2)'],
        ['\\tan \\theta = 2\\theta', '2\\theta = \\tan\\theta'],
        ['AB=12+12\\sqrt{3}', '12(1+\\sqrt3)'],
        ['x \\equiv 3 \\pmod{7}', 'x \\equiv 10 \\pmod 7'],
        ['k = \\frac{-33}{2}', 'k=-16.5'],
        ['x_1 = 3', '3'],
        ['x = 3/2 = 1.5', '1.5'],
        ['P(x) = x^2', 'x^2'],
      ]),
    ).toEqual([]);
  });
  it('differ', () => {
    expect(
      mistakes(false, [
        ['x = 5', '6'],
        ['1.56 = 56\\%', '0.56 = 56\\%'],
        ['\\$\\dfrac33 \\approx \\$0.67', '\\$\\dfrac23 \\approx \\$0.67'],
        ['0.56 = 56\\%', 'AB = 12+12\\sqrt3'],
        ['2 \\text{ pieces}', '\\frac2n'],
        ['3R^2', '3\\text{ boxes}'],
        ['x = 5', 'y = 5'],
        ['x = 5', 'x = -5'],
        ['y = 2x+1', 'y = 2x-1'],
        ['y = 2x+1', 'x = 2y+1'],
        ['s^2 \\le 8r^2', 's^2 \\ge 8r^2'],
        ['s^2 \\le 8r^2', 's^2 < 8r^2'],
        ['f(2) < f(1) < f(4)', 'f(1) < f(2) < f(4)'],
        ['x^2+y^2=13', 'x^2+y^2-13'],
        ['x \\equiv 3 \\pmod{7}', 'x \\equiv 4 \\pmod 7'],
        ['x \\equiv 3 \\pmod{7}', 'x \\equiv 3 \\pmod 8'],
      ]),
    ).toEqual([]);
  });
});

describe('numerals, times, ratios, choices, words', () => {
  it('are equal', () => {
    expect(
      mistakes(true, [
        ['1011_2', '1011_{2}'],
        ['1011_2', '01011_{\\text{two}}'],
        ['34_{10}', '34'],
        ['1011_2', '1011 base 2'],
        ['1011_2', '1011\\text{ base }2'],
        ['1011_2', '1011_{\\text{base }2}'],
        ['2516_8', '2516_{\\mathrm{eight}}'],
        ['20:34', '20:34'],
        ['2 \\text{ to } 3', '2:3'],
        ['Option B', '\\text{(B)}'],
        ['(2112)_6', '2112_6'],
        ['(11010)_{2}', '11010_2'],
        ['\\text{(1,-2)}', '(1,-2)'],
        ['10:00', '10:00'],
        ['152A_{11}', '152a_{11}'.toUpperCase()],
        ['\\text{A5}_{11}', 'A5_{11}'],
        ['0.0011_{2}', '0.0011_2'],
        ['1:00', '01:00'],
        ['\\text{4:30 p.m.}', '4:30 pm'],
        ['\\text{1:03 PM}', '1:03'],
        ['8\\!:\\!34 \\text{ p.m.}', '8:34 PM'],
        ['3:2', '6:4'],
        ['1 : 2', '1:2'],
        ['1:2', '\\frac12'],
        ['(A)', '\\text{(A)}'],
        ['A', '(\\text{A})'],
        ['\\textbf{(A)}', 'A'],
        ['\\text{Evelyn}', 'Evelyn'],
        ['\\text{east}', 'East'],
        ['the east', '\\text{east}'],
        ['a rectangle', '\\text{rectangle}'],
        ['\\text{Lines }A\\text{ and }B', 'lines A and B'],
        ['a4_{16}', 'A4_{16}'],
        ['\\mbox{A5}_{11}', '\\text{A5}_{11}'],
        ['\\Rightarrow \\frac35', '0.6'],
        ['\\therefore x = 5', '5'],
        ['\\text{the number of ways is } 12', '12'],
        ['the final answer is 12', '12'],
        ['two lines', '\\text{two lines}'],
        ['\\text{June 20}', 'June 20'],
        ['June 20th', '\\text{June 20}'],
        ['5^{\\text{th}}', '5'],
        ['\\mbox{Saturday}', 'saturday.'],
        ['\\text{(E)},', 'E'],
        ['\\text{even}', '\\textbf{even}'],
      ]),
    ).toEqual([]);
  });
  it('differ', () => {
    expect(
      mistakes(false, [
        ['1011_3', '1011_2'],
        ['1011', '1011_2'],
        ['11', '1011_2'],
        ['42_5', '42'],
        ['42_5', '22'],
        ['10:0', '1:00'],
        ['34_5', '34_6'],
        ['1010_2', '1011_2'],
        ['11_{10}', '1011_2'],
        ['1:20', '2:40'],
        ['2:3', '3:2'],
        ['A', 'B'],
        ['\\text{(A)}', '(B)'],
        ['\\text{odd}', '\\text{even}'],
        ['\\text{Evelyn}', 'Carla'],
        ['LQSX', 'LQXS'],
        ['\\text{CBAD}', '\\text{ABCD}'],
        ['x', 'X'],
        ['June 21', '\\text{June 20}'],
      ]),
    ).toEqual([]);
  });
});

describe('names', () => {
  it('of a quantity may be left out, equations may not', () => {
    expect(
      mistakes(true, [
        ['f(2) = 5', '5'],
        ['a + b = 5', '5'],
        ['P(\\text{red}) = 0.5', '\\frac12'],
        ['\\angle A = 52^\\circ', '52'],
        ['\\cos A = \\frac35', '0.6'],
        ['\\text{lcm}(4,6) = 12', '12'],
        ['x \\in \\{1,2\\}', '1,2'],
        ['f^{-1}(x) = \\frac{x+2}{7}', '\\frac{x+2}{7}'],
        ['P(A\\cap B)=\\frac35', '0.6'],
        ['P(A \\mid B)=\\frac35', '0.6'],
        ['f^{-1}(3)=12', '12'],
        ['xy=12', '12'],
        ['\\frac ab = \\frac35', '0.6'],
        ['A(1,2)', '(1,2)'],
        ['\\frac14 \\text{ or } 0.25', '0.25'],
      ]),
    ).toEqual([]);
    expect(
      mistakes(false, [
        ['5 = 6', '5'],
        ['12 = x+1', '12'],
        ['4x-5y=-50', '-50'],
        ['x + y + z = 0', '0'],
        ['13', 'x^2+y^2=13'],
      ]),
    ).toEqual([]);
  });
});
