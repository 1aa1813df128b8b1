import { describe, expect, it } from 'vitest';
import { mistakes } from '../testing/mistakes.js';

describe('tuples and intervals', () => {
  it('are equal part by part with their brackets', () => {
    expect(
      mistakes(true, [
        ['(1,2)', '\\left( 1, 2 \\right)'],
        ['(0.5, 2)', '\\left(\\frac12,2\\right)'],
        ['[0,9)', '\\left[0,9\\right)'],
        ['(-\\infty, 3]', '(-\\infty,3]'],
        ['(-inf, 3]', '(-\\infty,3]'],
        ['(2,12) \\cup (12,102)', '(12,102)\\cup(2,12)'],
        ['(2,12) U (12,102)', '(2,12) \\cup (12,102)'],
        ['[0,1]\\cup[1,2]', '[0,2]'],
        ['(-a,0)\\cup(0,a)', '(0,a)\\cup(-a,0)'],
        ['(-\\infty,3)\\cup(3,\\infty)', 'x \\neq 3'],
        ['\\mathbb{R}\\setminus\\{3\\}', '(-\\infty,3)\\cup(3,\\infty)'],
        ['x \\in [-2,7]', '[-2,7]'],
        ['-2 \\le x \\le 7', 'x \\in [-2,7]'],
        ['x \\ge 3', '[3,\\infty)'],
        ['3 \\le x', 'x >= 3'],
        ['x<1 \\text{ or } x>3', '(-\\infty,1)\\cup(3,\\infty)'],
        ['x > 1 \\text{ and } x < 3', '(1,3)'],
        ['\\{x : x > 3\\}', '(3,\\infty)'],
        ['\\{x \\mid x \\geq 3\\}', '[3,\\infty)'],
        ['(-\\infty,\\infty)', '\\mathbb{R}'],
        ['all real numbers', '(-\\infty,\\infty)'],
        ['\\{-1\\} \\cup [0,7)', '[0,7)\\cup\\{-1\\}'],
        ['(1,4-\\sqrt{3})\\cup(4+\\sqrt{3},7)', '(4+\\sqrt3, 7) \\cup (1, 4-\\sqrt3)'],
        ['(x,y) = (1,2)', '(1,2)'],
        ['x=1, y=2', '(1,2)'],
        ['y = 2, x = 1', '(1,2)'],
        ['x=1 and y=2', '(x,y)=(1,2)'],
        ['\\langle 1,2 \\rangle', '(1,2)'],
        ['(6,235^\\circ)', '(6,235)'],
        ['-80\\leq g(x)\\leq 82', '[-80,82]'],
        ['(-1,1)\\cup(1,3)', '(-1,3)\\setminus\\{1\\}'],
        ['(\\frac{1}{\\sqrt2}, 1)', '(\\frac{\\sqrt2}{2},1)'],
      ]),
    ).toEqual([]);
  });
  it('differ in brackets, order, parts', () => {
    expect(
      mistakes(false, [
        ['(0,9)', '[0,9)'],
        ['[0,9]', '[0,9)'],
        ['(0,9]', '[0,9)'],
        ['(2,1)', '(1,2)'],
        ['(1,2,3)', '(1,2)'],
        ['(1,2)', '1,2'],
        ['(1,2)', '\\{1,2\\}'],
        ['(1,2)', '12'],
        ['(-\\infty,3)', '(3,\\infty)'],
        ['(-\\infty,3)\\cup(3,\\infty)', '(-\\infty,\\infty)'],
        ['(2,12) \\cup (12,102)', '(2,102)'],
        ['(2,12) \\cup (12,102)', '(2,12)'],
        ['x \\ge 3', '(3,\\infty)'],
        ['x > 3', '(-\\infty,3)'],
        ['x > 3', 'y > 3'],
        ['x > 3', 'x < 3'],
        ['[1,2]', '(1,2)'],
        ['(2,12)', '(212)'],
        ['(-\\infty, 3)', '(\\infty, 3)'],
        ['(-5,\\infty]', '(-5,\\infty)'],
      ]),
    ).toEqual([]);
  });
});

describe('lists and sets', () => {
  it('are equal in any order', () => {
    expect(
      mistakes(true, [
        ['1,2,3', '3,2,1'],
        ['1, 2, 3', '\\{1,2,3\\}'],
        ['1, 2, \\text{ and } 3', '1,2,3'],
        ['12 and 13', '12\\text{ and }13'],
        ['-12 \\text{ or } -30', '-30, -12'],
        ['5 cm and 3 cm', '3 cm, 5 cm'],
        ['x_1 = 2, \\quad x_2 = -2', '-2,2'],
        ['x=1 or x=2', '1,2'],
        ['x=1,2', 'x=2, x=1'],
        ['x = \\pm 2', '2,-2'],
        ['\\pm 2', '\\{2,-2\\}'],
        ['1 \\pm \\sqrt{19}', '1-\\sqrt{19}, 1+\\sqrt{19}'],
        ['1 ± √19', '1 \\pm \\sqrt{19}'],
        ['\\{1\\pm\\sqrt{5},-2\\}', '-2, 1+\\sqrt5, 1-\\sqrt5'],
        ['-i\\sqrt3, i\\sqrt3', '\\pm i\\sqrt{3}'],
        ['\\{5\\}', '5'],
        ['(-4, 27);(2, 15)', '(2,15), (-4,27)'],
        ['A, C', 'C and A'],
        ['\\text{A,C}', 'C, A'],
        ['\\text{A, B, E}', 'A,B,E'],
        ['\\frac 74,7', '7, 1.75'],
        ['1+\\sqrt 2,\\ 1-\\sqrt 2', '1 \\pm \\sqrt2'],
        ['6, 8\\text{, and }10', '6,8,10'],
        ['5,\\,-11', '-11, 5'],
        ['AB=9, CD=4', 'CD = 4, AB = 9'],
        ['AB=9, CD=4', '9, 4'],
        ['AB = 9, CD = 4', 'CD=4, AB=9'],
        ['1,000, 2,000', '2000, 1000'],
        ['\\emptyset', '\\{\\}'],
        ['no solution', '\\emptyset'],
        ['110,70', '70,110'],
        ['70, 110', '70,110'],
        ['70 and 110', '70,110'],
      ]),
    ).toEqual([]);
  });
  it('must be complete', () => {
    expect(
      mistakes(false, [
        ['2,3,4', '1,2,3'],
        ['1,2', '1,2,3'],
        ['1,2,3,4', '1,2,3'],
        ['\\pm 2021', '2021'],
        ['2021', '\\pm 2021'],
        ['2', '\\pm 2'],
        ['1 \\pm \\sqrt{19}', '1+\\sqrt{19}'],
        ['1,1,2', '1,2,2'],
        ['1,2', '12'],
        ['A, B', 'A, C'],
        ['AB=9, CD=4', '4, 9'],
        ['a_1 = 2, a_2 = 3', 'a_1 = 3, a_2 = 2'],
        ['\\{1,2\\}', '\\{1,3\\}'],
        ['\\{1,2\\}', '\\{(1,2)\\}'],
      ]),
    ).toEqual([]);
  });
});

describe('matrices', () => {
  const square = '\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}';
  it('are equal entry by entry', () => {
    expect(
      mistakes(true, [
        [square, '\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}'],
        [square, '\\left(\\begin{array}{cc}1 & 2\\\\ 3 & 4\\end{array}\\right)'],
        [square, '\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\\\ \\end{pmatrix}'],
        [square, '[[1,2],[3,4]]'],
        [
          '\\frac12\\begin{pmatrix}5\\\\0\\\\5\\end{pmatrix}',
          '\\begin{pmatrix}5/2\\\\0\\\\5/2\\end{pmatrix}',
        ],
        ['-\\begin{pmatrix}1\\\\-1\\end{pmatrix}', '(-1)\\begin{pmatrix}1\\\\-1\\end{pmatrix}'],
        [
          '\\begin{pmatrix} 1/2 \\\\ 0 \\end{pmatrix}',
          '\\begin{pmatrix} \\frac12 \\\\[2ex] 0.0 \\end{pmatrix}',
        ],
        ['\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}', '(1,2)'],
        [
          '\\begin{pmatrix} 1 & -1 \\\\ 1 & \\phantom -1 \\end{pmatrix}',
          '\\begin{pmatrix}1&-1\\\\1&1\\end{pmatrix}',
        ],
      ]),
    ).toEqual([]);
  });
  it('differ', () => {
    expect(
      mistakes(false, [
        [square, '\\begin{pmatrix} 1 & 3 \\\\ 2 & 4 \\end{pmatrix}'],
        [square, '\\begin{pmatrix} 1 & 2 & 3 & 4 \\end{pmatrix}'],
        ['\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}', '\\begin{pmatrix} 1 & 2 \\end{pmatrix}'],
        ['\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}', '(2,1)'],
        ['\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}', '\\begin{pmatrix} 2 \\\\ 1 \\end{pmatrix}'],
        ['\\begin{vmatrix} 1 & 2 \\\\ 3 & 4 \\end{vmatrix}', square],
      ]),
    ).toEqual([]);
  });
});
