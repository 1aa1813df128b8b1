import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html } from './escape.js';
import { styles } from './styles.js';
import { accuracySection } from './sections/accuracy.js';
import { comparisonSection } from './sections/comparison.js';
import { costsSection } from './sections/costs.js';
import { dataSection } from './sections/data.js';
import { judgedSection } from './sections/judged.js';
import { headline } from './sections/headline.js';
import { problemsSection } from './sections/problems.js';
import { provenanceSection } from './sections/provenance.js';
import { rewardsSection } from './sections/rewards.js';
import { samplesSection } from './sections/samples.js';
import { searchSection } from './sections/search.js';
import { trainingSection } from './sections/training.js';

/**
 * Renders a run's report as one HTML file that needs nothing else: no script, no font, no image, no address outside. Every text in it
 * is escaped, and a content security policy forbids scripts and requests should anything slip through. What has not been measured is
 * said in a sentence, so it works at any time of a run.
 *
 * @returns the whole document, UTF-8
 */
export function renderHtmlReport(report: RunReport): string {
  const sections = [
    comparisonSection(report),
    judgedSection(report),
    accuracySection(report),
    rewardsSection(report),
    searchSection(report),
    trainingSection(report),
    samplesSection(report),
    costsSection(report),
    problemsSection(report),
    dataSection(report),
    provenanceSection(report),
  ].filter((section) => section !== undefined);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>TRPrompt run ${report.run?.runId ?? ''}</title>
        <style>
          ${styles}
        </style>
      </head>
      <body>
        <main>
          <header>
            ${headline(report)}
            <nav class="toc" aria-label="Sections">
              ${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
            </nav>
          </header>
          ${sections.map(
            ({ id, title, body }) =>
              html`<section id="${id}">
                <h2>${title}</h2>
                ${body}
              </section> `,
          )}
        </main>
      </body>
    </html> `.toString();
}
