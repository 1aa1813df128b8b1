import { describe, expect, it } from 'vitest';
import { parseEdit } from './parse-edit.js';

const parse = (output: string, options: Partial<Parameters<typeof parseEdit>[1]> = {}) =>
  parseEdit(output, { tried: ['The current text.'], maxLength: 200, cutOff: false, ...options });

describe('the editor output', () => {
  it('is what stands between the tags', () => {
    expect(parse('Sure!\n<reward>\nA short command.\n</reward>\nBye')).toEqual({
      reward: 'A short command.',
      repaired: false,
    });
    expect(parse('<Reward>A command.</REWARD>')).toEqual({ reward: 'A command.', repaired: false });
  });

  it('is the last of several, which comes after the thinking', () => {
    expect(parse('<reward>draft</reward> no, better: <reward>final</reward>')).toEqual({
      reward: 'final',
      repaired: false,
    });
  });

  it.each([
    ['a missing end tag', '<reward>A command.', 'A command.'],
    ['a missing start tag', 'A command.</reward>', 'A command.'],
    ['no tags', 'A command.', 'A command.'],
    ['quotes', '"A command."', 'A command.'],
    ['typographic quotes', '“A command.”', 'A command.'],
    ['a fence', '```text\nA command.\n```', 'A command.'],
    ['a leading line', 'Here is the new review text:\n\nA command.', 'A command.'],
    ['a heading', '## Review\nA command.', 'A command.'],
    ['a label', '**Review text:** A command.', 'A command.'],
    ['label and quotes', 'Here is a better one: "A command."', 'A command.'],
    ['all of it', 'Certainly! Here you go:\n```\n"A command."\n```', 'A command.'],
  ])('is repaired when it has %s', (_name, output, reward) => {
    expect(parse(output)).toEqual({ reward, repaired: true });
  });

  it('keeps quotes and colons that belong to the text', () => {
    expect(parse('<reward>"Short": that is what it is.</reward>')).toEqual({
      reward: '"Short": that is what it is.',
      repaired: false,
    });
    expect(parse('It says "be short" and is obeyed.')).toEqual({
      reward: 'It says "be short" and is obeyed.',
      repaired: true,
    });
  });

  it('loses its unfinished sentence when it was cut off', () => {
    expect(parse('<reward>It is clear. It is sho', { cutOff: true })).toEqual({
      reward: 'It is clear.',
      repaired: true,
    });
    expect(parse('<reward>It is cle', { cutOff: true })).toEqual({ rejected: 'MALFORMED' });
    expect(parse('<reward>Done.</reward> And fur', { cutOff: true })).toEqual({
      reward: 'Done.',
      repaired: false,
    });
  });

  it.each([
    ['EMPTY', ''],
    ['EMPTY', ' \n '],
    ['EMPTY', '<reward> </reward>'],
    ['EMPTY', '<reward>'],
    ['MALFORMED', '```\n```'],
    ['MALFORMED', "I'm sorry, I cannot help with that."],
    ['UNCHANGED', '<reward>The current\ntext.</reward>'],
    ['TOO_LONG', `<reward>${'x'.repeat(201)}</reward>`],
  ])('is rejected as %s: %j', (rejected, output) => {
    expect(parse(output)).toEqual({ rejected });
  });

  it('is read in linear time', () => {
    const begin = performance.now();
    parse('<reward>'.repeat(20_000) + '"'.repeat(50_000) + '*'.repeat(50_000), { maxLength: 10_000 });
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});
