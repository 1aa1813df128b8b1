import { html, type Insertable, type Markup } from '../escape.js';

/** A section of the report: an anchor, a heading and a body. */
export interface Section {
  id: string;
  title: string;
  body: Markup;
}

/** A sentence where something was not measured, instead of an empty plot. */
export function missing(sentence: string): Markup {
  return html`<p class="missing">${sentence}</p>`;
}

/** A plot with its caption and, above it, a legend. */
export function figure(plot: Markup, caption: Insertable, legend?: Markup): Markup {
  return html`<figure>
    ${legend}
    <div class="scroll">${plot}</div>
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** A legend entry: a filled or hollow dot in a colour and what it stands for. `color` is a constant of the style sheet. */
export function legend(entries: readonly { color: string; label: string; hollow?: boolean }[]): Markup {
  return html`<div class="legend">
    ${entries.map(
      ({ color, label, hollow }) =>
        html`<span style="color:${color}"><i${hollow ? '' : html` class="filled"`}></i><span>${label}</span></span>`,
    )}
  </div>`;
}
