import { diffWordsWithSpace } from 'diff';
import type { RewardVersion, RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html, type Markup } from '../escape.js';
import { missing, type Section } from './section.js';

/** Versions of the optimal reward t*, each as a word diff against the one before. */
export function rewardsSection(report: RunReport): Section {
  const versions = report.rewards;
  const [first, ...later] = versions;
  const body =
    first === undefined
      ? missing('No reward text has been recorded yet.')
      : html`<h3>${versionName(first)}</h3>
          <blockquote>${first.reward}</blockquote>
          ${later.map((version, index) => difference(versions[index] ?? first, version))}
          ${later.length === 0 && missing('No iteration has ended yet, so there is no later version.')}`;
  return { id: 'rewards', title: 'Versions of the optimal reward t*', body };
}

function difference(before: RewardVersion, after: RewardVersion): Markup {
  if (before.reward === after.reward) {
    return html`<h3>${versionName(after)}</h3>
      <p class="missing">Unchanged: no candidate did better on validation, or none was searched for.</p>`;
  }
  const changes = diffWordsWithSpace(before.reward, after.reward).map((part) => {
    if (part.added) return html`<ins>${part.value}</ins>`;
    return part.removed ? html`<del>${part.value}</del>` : html`${part.value}`;
  });
  return html`<h3>${versionName(after)}</h3>
    <blockquote>${changes}</blockquote>`;
}

function versionName({ iteration }: RewardVersion): string {
  return iteration === 0 ? 'Initial' : `After iteration ${iteration}`;
}
