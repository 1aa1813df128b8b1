import { createRandom, deriveSeed, sha256Hex } from '../../seeds/index.js';
import { DataError, type Example } from '../example.js';

const forms = [
  'a limerick',
  'a haiku',
  'a short poem of four lines',
  'the first two sentences of a novel',
  'a diary entry of three sentences',
  'an advertisement of two sentences',
  'a riddle',
  'a letter of three sentences',
  'a joke',
  'a fable of four sentences',
  'a weather report of two sentences',
  'a toast of two sentences',
];

const subjects = [
  'a lighthouse that is afraid of the dark',
  'the last bus of the night',
  'a cat that runs a bookshop',
  'rain on a tin roof',
  'an old map with a wrong coast',
  'a baker who cannot count',
  'two umbrellas in love',
  'the quietest street in town',
  'a clock that is always late',
  'a snail on its way to the sea',
  'a violin without strings',
  'the day the lift stopped',
  'a ghost who collects stamps',
  'a bridge between two gardens',
  'an apple that fell upwards',
  'a train station in the desert',
  'a king who wants to be a gardener',
  'the smell of an attic',
  'a fox at a bus stop',
  'a library under water',
  'a moon made of paper',
  'the first snow of the year',
  'a robot that learns to whistle',
  'a letter that came forty years late',
];

const turns = [
  'Make the reader smile.',
  'Make it melancholy.',
  'End with a surprise.',
  'Use no adjective.',
  'Use a sound in every line.',
  'Begin with a question.',
  'Let the weather play a part.',
  'Address the reader as "you".',
];

/** How many different requests there are. */
const most = forms.length * subjects.length * turns.length;

/**
 * Requests for short pieces of writing, all different. They have no gold answer (`answer` is empty): grading kind `judge` is for them. The i-th example
 * depends on the seed and on its place alone, so a larger count only adds examples.
 *
 * @param settings.count examples, 0 to 2304
 * @throws DataError when more are asked for
 */
export function generateWritingRequests({ count, seed }: { count: number; seed: number }): Example[] {
  if (count > most)
    throw new DataError([
      {
        path: 'data.generated.count',
        message: `is ${count}, and the generator writing-requests knows ${most} different requests: lower it`,
      },
    ]);
  const places = Array.from({ length: most }, (_, place) => place);
  const shuffled = createRandom(deriveSeed(seed, 'writing-requests')).shuffle(places);
  return shuffled.slice(0, count).map((place) => {
    const form = forms[place % forms.length] ?? '';
    const subject = subjects[Math.floor(place / forms.length) % subjects.length] ?? '';
    const turn = turns[Math.floor(place / forms.length / subjects.length)] ?? '';
    const question = `Write ${form} about ${subject}. ${turn}`;
    return { id: `writing-${sha256Hex(question).slice(0, 16)}`, question, answer: '' };
  });
}
