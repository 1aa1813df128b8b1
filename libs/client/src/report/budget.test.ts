import { RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { finishedReport } from '../testing/report.js';
import { renderHtmlReport } from './html.js';
import { renderSummary } from './summary.js';

const usage = (calls: number) => ({ calls, promptTokens: 100 * calls, completionTokens: 10 * calls });

const report = finishedReport({
  run: {
    runId: 'mine-ab12cd',
    state: RunState.RUN_STATE_STOPPED,
    reason: 'limits.calls is 30 and 30 are spent: stopped before 12 of 96 questions of rollout, iteration 1',
  },
  costs: [
    {
      phase: 'baseline',
      usage: usage(20),
      seconds: 3,
      money: 1.25,
      roles: [
        { role: 'promptModel', usage: usage(10), money: 0.25 },
        { role: 'target', usage: usage(10), money: 1 },
      ],
    },
    {
      iteration: 1,
      phase: 'rollout',
      usage: usage(10),
      seconds: 2,
      money: 0.004,
      roles: [{ role: 'target', usage: usage(10), money: 0.004 }],
    },
  ],
  currency: 'EUR',
  budget: [
    { name: 'calls', limit: 30, spent: 30 },
    { name: 'tokens', limit: 0, spent: 3300 },
    { name: 'money', limit: 5, spent: 1.254 },
    { name: 'seconds', limit: 0, spent: 5 },
  ],
  provenance: { 'limits.calls': '12, 30 from attempt 2' },
});

describe('a report of a run that stopped at a limit', () => {
  it('has money by phase and in sum, the limits with what is spent, and how to go on', () => {
    const text = renderSummary(report, { width: 80 });
    expect(text).toMatch(/rollout +10 +1,000 +100 +2\.0 s +0\.004/);
    expect(text).toMatch(/all +30 +3,000 +300 +5\.0 s +1\.25/);
    expect(text).toContain('Limits: calls 30 of 30 · money 1.25 EUR of 5.00 EUR');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'raise the limit (0 is none): `trprompt resume mine-ab12cd --set limits.calls=NUMBER`.',
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('has money by role, and says that a limit was raised, as a page', () => {
    const { document } = parseHTML(renderHtmlReport(report)) as unknown as {
      document: { querySelectorAll(selector: string): Iterable<{ textContent: string }> };
    };
    const rows = [...document.querySelectorAll('#costs tr')].map(({ textContent }) =>
      textContent.replaceAll(/\s+/g, ' ').trim(),
    );
    expect(rows).toContain('Prompt model 10 1,000 100 0.25 EUR');
    expect(rows).toContain('Target model 20 2,000 200 1.00 EUR');
    expect(rows).toContain('calls 30 30 12, 30 from attempt 2');
    expect(rows).toContain('money 5.00 EUR 1.25 EUR unchanged');
  });

  it('has no column of money when nothing has a price', () => {
    expect(renderSummary(finishedReport())).not.toMatch(/USD|Limits/);
    expect(renderHtmlReport(finishedReport())).not.toContain('Money');
  });
});
