import { gradingSettings } from '@trprompt/core';
import { Grader, GraderFailure, Graders, type GradedVerdict, type GradeRequest } from '@trprompt/grading';
import { describe, expect, it } from 'vitest';
import { collect, keyed, never, quick, request, World } from '../testing/world.js';
import { Textgrad } from '../textgrad.service.js';
import { CandidateScorer } from './candidate-scorer.js';

/** Grades as `decide` says. */
class FakeGraders extends Graders {
  closed = 0;

  constructor(private readonly decide: (request: GradeRequest) => Promise<GradedVerdict>) {
    super();
  }

  override open(): Grader {
    const closing = (): void => {
      this.closed += 1;
    };
    const { decide } = this;
    return new (class extends Grader {
      grade(asked: GradeRequest): Promise<GradedVerdict> {
        return decide(asked);
      }
      close(): Promise<void> {
        closing();
        return Promise.resolve();
      }
    })();
  }
}

const searchWith = (world: World, graders: Graders): Textgrad =>
  new Textgrad(new CandidateScorer(world.writer, world.answerer, graders, quick, () => 0), world.editor);

describe('a search', () => {
  it('grades by the settings of the run', async () => {
    const extract = String.raw`answer is (\d+)`;
    const byPattern = gradingSettings({ kind: 'regex', regex: { extract } });
    const decisions = async (grading: typeof request.grading): Promise<string[]> => {
      const world = new World();
      const events = await collect(searchWith(world, new Graders()).optimize({ ...request, grading }, never));
      return keyed(events.filter(({ type }) => type === 'decision'));
    };
    expect(await decisions(byPattern)).toEqual(await decisions(gradingSettings({ kind: 'number' })));
  });

  it('gives up a question that its grader failed for, and closes the grader of every candidate', async () => {
    const graders = new FakeGraders(({ itemId }) =>
      itemId === 'b'
        ? Promise.reject(new GraderFailure('the endpoint is down'))
        : Promise.resolve({ correct: true, extracted: '42', method: 'whole', reason: '' }),
    );
    const events = await collect(searchWith(new World(), graders).optimize({ ...request, steps: 1 }, never));
    const items = events.filter((event) => event.type === 'item');
    expect(items.filter(({ givenUp }) => givenUp).map(({ itemId }) => itemId)).toEqual(['b', 'b']);
    expect(items.find(({ givenUp }) => givenUp)).toMatchObject({
      verdict: { correct: false, method: 'none' },
      failure: { message: 'not graded: the endpoint is down', retryable: false },
      usage: { calls: 2 },
    });
    expect(graders.closed).toBe(2);
  });
});
