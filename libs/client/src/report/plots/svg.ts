import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Markup, trusted, visible } from '../escape.js';

/** The little of an SVG element that is used here (the project compiles without the DOM's types). */
interface SvgElement {
  readonly outerHTML: string;
  readonly firstChild: unknown;
  setAttribute(name: string, value: string): void;
  insertBefore(child: SvgElement, before: unknown): void;
  textContent: string;
}
interface SvgDocument {
  createElementNS(namespace: string, name: string): SvgElement;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Colours of series: custom properties of the report's style sheet, so that light, dark and print each get their own. */
export const series = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)'] as const;

/** The colour of the n-th series, repeating. */
export function seriesColor(index: number): string {
  return series[index % series.length] ?? series[0];
}

/**
 * Draws a plot on the server and gives it as inline SVG with a title and a description for screen readers. Texts inside are
 * escaped by the DOM's serialiser.
 *
 * @param title one line that names the plot
 * @param description what the plot shows, with the figures that matter
 */
export function renderPlot(
  options: Plot.PlotOptions,
  { title, description }: { title: string; description: string },
): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as {
    document: SvgDocument;
  };
  const svg = Plot.plot({
    width: 760,
    marginLeft: 52,
    marginTop: 32,
    ...options,
    document,
  }) as unknown as SvgElement;
  svg.setAttribute('role', 'img');
  svg.setAttribute('font-size', '12');
  svg.setAttribute('aria-label', attribute(title));
  svg.insertBefore(textElement(document, 'desc', description), svg.firstChild);
  svg.insertBefore(textElement(document, 'title', title), svg.firstChild);
  return trusted(svg.outerHTML);
}

function textElement(document: SvgDocument, name: string, text: string): SvgElement {
  const element = document.createElementNS(svgNamespace, name);
  element.textContent = visible(text);
  return element;
}

/** linkedom escapes quotes in attributes but leaves angle brackets, which is valid and still not worth relying on. */
function attribute(text: string): string {
  return visible(text).replaceAll(/[<>]/g, ' ');
}
