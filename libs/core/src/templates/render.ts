/** A template that is wrong, or values that do not fit it. The message names the template's place and the fix. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

const placeholder = /\{\{\s{0,8}([a-zA-Z][a-zA-Z0-9_]{0,63})\s{0,8}\}\}/g;

/** Names of the {{placeholders}} of a text, in order of first use. */
export function placeholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(placeholder), (match) => match[1] ?? ''))];
}

/**
 * Fills in {{name}} placeholders in one pass: values go in verbatim and are never expanded again, so a question may contain
 * "{{reward}}" without harm. Everything that is no placeholder stands as it is.
 *
 * @throws TemplateError when a placeholder has no value, or a value no placeholder
 */
export function renderTemplate(text: string, values: Readonly<Record<string, string>>): string {
  const names = placeholders(text);
  const missing = names.filter((name) => !Object.hasOwn(values, name));
  const unknown = Object.keys(values).filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new TemplateError(`the template uses ${list(missing)}, which has no value: give it one`);
  if (unknown.length > 0)
    throw new TemplateError(
      `the template does not use ${list(unknown)}: add the placeholder or leave the value out`,
    );
  return text.replaceAll(placeholder, (_, name: string) => values[name] ?? '');
}

function list(names: readonly string[]): string {
  return names.map((name) => `{{${name}}}`).join(', ');
}
