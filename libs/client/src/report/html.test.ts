import { describe, expect, it } from 'vitest';
import { RunReport, RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { parseHTML } from 'linkedom';
import { emptyReport, finishedReport } from '../testing/report.js';
import { renderHtmlReport } from './html.js';

/** The little of the DOM that is looked at here. */
interface Element {
  textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
  attributes: Iterable<{ name: string; value: string }>;
}

function page(report: RunReport): { html: string; all: (selector: string) => Element[]; text: string } {
  const html = renderHtmlReport(report);
  const { document } = parseHTML(html) as unknown as { document: Element };
  const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
  return { html, all, text: all('main')[0]?.textContent ?? '' };
}

describe('the HTML report', () => {
  it('has every part of a finished run', () => {
    const { all, text } = page(finishedReport());
    expect(all('h2').map((heading) => heading.textContent)).toEqual([
      'Final comparison',
      'Accuracy by iteration',
      'Versions of the optimal reward t*',
      'Search for the optimal reward',
      'Fine-tuning of the prompt model',
      'Sample rollouts',
      'Calls, tokens and time',
      'Given up, repaired, redacted',
      'Data and sampling',
      'Provenance and configuration',
    ]);
    expect(text).toContain('40 / 105');
    expect(text).toContain('29.4–47.7 %');
    expect(text).toContain('smollm2-135m-instruct');
    expect(text).toContain('The endpoint answered 500 five times.');
    expect(text).toContain('questions: 96');
    expect(all('.missing')).toHaveLength(0);
  });

  it('tells the content hash of every split, who read the test split, and what was refused', () => {
    const { all } = page(finishedReport());
    const cells = (row: Element): string[] =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent);
    expect(all('#data tr').map(cells)).toEqual(
      expect.arrayContaining([
        ['train', '150', `sha256:${'1'.repeat(64)}`],
        ['test', '105', `sha256:${'3'.repeat(64)}`],
        ['2', 'uniform', '96', '70 of 95 answers wrong (73.7 %)', ''],
      ]),
    );
    expect(all('#data li').map(({ textContent }) => textContent)).toEqual([
      `Read once (2026-05-04T10:12:07.000Z, attempt 1), content sha256:${'3'.repeat(64)}, to score checkpoint sha256:${'c'.repeat(64)}.`,
    ]);
    const refused = { time: '2026-05-04T10:00:00.000Z', attempt: 2, refused: 'the loop has not ended' };
    const early = page(finishedReport({ testAccess: [refused] }));
    expect(early.all('#data li').map(({ textContent }) => textContent)).toEqual([
      'Refused (2026-05-04T10:00:00.000Z, attempt 2): the loop has not ended.',
    ]);
    expect(page(finishedReport({ testAccess: [] })).text).toContain('In quarantine: nobody has read it.');
  });

  it('tells the share of wrong answers that was asked for, expected and reached, and draws by stratum', () => {
    const rebalanced = {
      iteration: 2,
      strategy: 'rebalance',
      drawn: 128,
      unseen: 61,
      wrongAsked: 0.5,
      wrongExpected: 0.42,
      wrong: 51,
      graded: 127,
    };
    const stratified = {
      iteration: 1,
      strategy: 'stratified',
      drawn: 12,
      strata: { 'level 10': 2, 'level 2': 10 },
    };
    const { text } = page(finishedReport({ samplings: [stratified, rebalanced] }));
    expect(text).toContain(
      '51 of 127 answers wrong (40.2 %); 50.0 % asked for, 42.0 % expected of the questions drawn',
    );
    expect(text).toContain('61 drawn for the first time');
    expect(text).toContain('level 2: 10, level 10: 2');
  });

  it('has the shares of further verdicts beside the accuracy, for every grader that has some', () => {
    expect(page(finishedReport()).text).not.toContain('Further verdicts');
    const { accuracies } = finishedReport();
    const named = accuracies.map((measured) => ({
      ...measured,
      verdicts: { rounded: measured.correct, absolute: 11 },
    }));
    const { all } = page(finishedReport({ accuracies: named }));
    const rows = [...all('#comparison tr'), ...all('#accuracy tr')].map(({ textContent }) => textContent);
    expect(rows.filter((row) => row.includes('Further verdicts'))).toHaveLength(2);
    expect(rows.find((row) => row.includes('Base (no prompt)'))).toContain('absolute 10.5 %, rounded 21.0 %');
  });

  it('lists what was given up with iteration, phase, item and reason, of evaluations, rollouts and searches', () => {
    const givenUp = [
      { iteration: 0, phase: 'baseline', itemId: 'story-3', reason: 'HTTP 400: too long' },
      { iteration: 1, phase: 'rollout', itemId: 'story-17', reason: 'HTTP 503' },
      { iteration: 2, phase: 'search', itemId: 'c1:story-4', reason: 'retry budget spent' },
    ];
    const { all } = page(RunReport.fromPartial({ ...finishedReport(), givenUp }));
    const rows = all('tr').map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent));
    expect(rows).toEqual(
      expect.arrayContaining([
        ['validation of the untrained start', 'story-3', 'HTTP 400: too long'],
        ['1 · rollout', 'story-17', 'HTTP 503'],
        ['2 · reward search', 'c1:story-4', 'retry budget spent'],
      ]),
    );
  });

  it('draws comparison, accuracy, each search, training and cost as named images', () => {
    const plots = page(finishedReport()).all('svg[role=img]');
    expect(plots.map((plot) => plot.getAttribute('aria-label'))).toEqual([
      'Accuracy on the test split by method',
      'Accuracy by iteration and step',
      'Reward search of iteration 1',
      'Reward search of iteration 2',
      'Training loss by optimiser step',
      'Wall time by phase',
    ]);
    for (const plot of plots) {
      expect([...plot.querySelectorAll('title')].length).toBeGreaterThan(0);
      expect([...plot.querySelectorAll('desc')][0]?.textContent).not.toBe('');
      expect([...plot.querySelectorAll('circle, rect, path')].length).toBeGreaterThan(2);
    }
  });

  it('shows each version of t* as a word diff against the one before', () => {
    const { all } = page(finishedReport());
    expect(all('del').map((part) => part.textContent)).toContain('led');
    expect(all('ins').map((part) => part.textContent.trim())).toContain('single');
    expect(all('#rewards blockquote')[1]?.textContent).toMatch(/^The prompt/);
  });

  it('needs nothing from outside: no script, no link that leaves the page, no resource', () => {
    const { html, all } = page(finishedReport());
    expect(all('script, link, img, iframe, object, embed, video, form, base')).toHaveLength(0);
    expect(all('a').every((link) => link.getAttribute('href')?.startsWith('#'))).toBe(true);
    expect(html.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:|url\(|@import/);
    expect(all('meta[http-equiv]')[0]?.getAttribute('content')).toContain("default-src 'none'");
  });

  it('lets no text of a model become markup, wherever it stands', () => {
    const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>"'><svg onload=alert(1)></textarea></style></title>`;
    const report = poison(finishedReport(), evil);
    const { html, all, text } = page(report);
    expect(all('script, img, textarea, [onerror], [onload]')).toHaveLength(0);
    expect(html).not.toMatch(/<script|<img|<svg onload/i);
    expect(text).toContain('<script>alert(1)</script>');
    for (const element of all('*')) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/i);
    }
  });

  it('makes control characters and text direction tricks visible', () => {
    const report = finishedReport({ samples: [{ iteration: 1, answer: 'a\u001b[31mred\u202egnorw' }] });
    expect(page(report).html).toContain('a\ufffd[31mred\ufffdgnorw');
  });

  it('says in a sentence what has not been measured, and draws no empty plot', () => {
    const { all, text } = page(emptyReport());
    expect(all('svg')).toHaveLength(0);
    expect(text).toContain('The run is still going on (rollout, iteration 1 of 2)');
    expect(text).toContain('nothing can be said yet');
    expect(all('section').every((section) => section.textContent.length > 40)).toBe(true);
  });

  it('copes with a report that has nothing at all', () => {
    expect(page(RunReport.fromPartial({})).text).toContain('The state of the run is not known.');
  });

  it('copes with numbers that are at the edge: no question, one loss, a loss that is no number', () => {
    const { text, all } = page(
      finishedReport({
        trainings: [
          { iteration: 1, losses: [Number.NaN, 1.5] },
          { iteration: 2, losses: [0.5] },
          { iteration: 3 },
        ],
        searches: [{ iteration: 1, candidates: [{ candidateId: 'c0', step: 0, reward: 'r', total: 0 }] }],
        accuracies: [
          { iteration: 1, step: 'train', split: 'validation', method: 'trprompt', correct: 0, total: 0 },
        ],
      }),
    );
    expect(text).toContain('No candidate has been scored yet.');
    expect(
      all('path, line, circle').some((shape) =>
        [...shape.attributes].some(({ value }) => value.includes('NaN')),
      ),
    ).toBe(false);
  });

  it('says why a run ended early', () => {
    const report = finishedReport();
    report.run!.state = RunState.RUN_STATE_STOPPED;
    report.run!.reason = 'limits.calls (500) was reached';
    expect(page(report).text).toContain('stopped: limits.calls (500) was reached');
  });
});

/** Puts a text into every string of a report. */
function poison(report: RunReport, evil: string): RunReport {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return value + evil;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  const poisoned = walk(report) as RunReport;
  poisoned.counters = { [evil]: 1 };
  poisoned.provenance = { [evil]: evil };
  // What selects a part of the page stays as it is, so that the part is shown.
  for (const [index, accuracy] of poisoned.accuracies.entries()) {
    accuracy.split = report.accuracies[index]?.split ?? '';
    accuracy.method = report.accuracies[index]?.method ?? '';
  }
  return poisoned;
}
