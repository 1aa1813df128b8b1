import { describe, expect, it } from 'vitest';
import { StopStrings } from './stop-strings.js';

/** Everything released when `pieces` arrive one after the other and the text then ends. */
function released(stops: string[], pieces: string[]): { text: string; stopped: boolean } {
  const matcher = new StopStrings(stops);
  const text = pieces.map((piece) => matcher.push(piece)).join('') + (matcher.stopped ? '' : matcher.flush());
  return { text, stopped: matcher.stopped };
}

describe('stop strings', () => {
  it('cut the text where one begins', () => {
    expect(released(['END'], ['one END two'])).toEqual({ text: 'one ', stopped: true });
  });

  it('are found when they span pieces', () => {
    expect(released(['\n\nQ:'], ['answer 4', '\n', '\n', 'Q', ': next'])).toEqual({
      text: 'answer 4',
      stopped: true,
    });
  });

  it('never let a part of one out before it is known whether it completes', () => {
    const matcher = new StopStrings(['STOP']);
    expect(matcher.push('go ST')).toBe('go ');
    expect(matcher.push('O')).toBe('');
    expect(matcher.push('RE')).toBe('STORE');
  });

  it('give back what was held when the text ends first', () => {
    expect(released(['STOP'], ['go STO'])).toEqual({ text: 'go STO', stopped: false });
  });

  it('end at the earliest of several', () => {
    expect(released(['beta', 'alpha'], ['x alpha beta'])).toEqual({ text: 'x ', stopped: true });
  });

  it('find one that begins inside a failed start of itself', () => {
    expect(released(['aab'], ['a', 'a', 'a', 'b', 'c'])).toEqual({ text: 'a', stopped: true });
  });

  it('give the same text however it is split', () => {
    const text = 'The answer is 12.\n\nQuestion: another';
    for (let size = 1; size <= text.length; size += 1) {
      const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
      expect(released(['\nQuestion', '###'], pieces)).toEqual({ text: 'The answer is 12.\n', stopped: true });
    }
  });

  it('release nothing after one was found', () => {
    const matcher = new StopStrings(['.']);
    expect(matcher.push('a.b')).toBe('a');
    expect(matcher.push('c')).toBe('');
    expect(matcher.flush()).toBe('');
  });
});
