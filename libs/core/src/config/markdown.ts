import { describeAllowed } from './hints.js';
import { runConfigJsonSchema, type SchemaNode } from './json-schema.js';

/** docs/configuration.md: one row per setting, from the schema. */
export function configurationMarkdown(): string {
  const rows = rowsOf(runConfigJsonSchema(), '').map((row) => `| ${row.join(' | ')} |`);
  return [
    '# Configuration of a run',
    '',
    'Generated from `libs/core/src/config` by `npm run docs -w @trprompt/core`; edit there, not here.',
    '',
    'A run is configured by one YAML file (`presets/` has complete ones). Only `name` is required. Unknown settings are errors.',
    'For completion in an editor, point it at `docs/config.schema.json`.',
    '',
    '| Setting | Type | Default | Allowed | Meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function rowsOf(node: SchemaNode, path: string): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (child.properties)
      return [[`**\`${at}\`**`, '', '', '', cell(child.description ?? '')], ...rowsOf(child, at)];
    const required = node.required?.includes(name) === true;
    return [
      [
        `\`${at}\``,
        typeOf(child),
        required ? 'required' : `\`${cell(JSON.stringify(child.default) ?? '')}\``,
        cell(describeAllowed(child) ?? ''),
        cell(child.description ?? ''),
      ],
    ];
  });
}

function typeOf(node: SchemaNode): string {
  if (node.type === 'array') return `list of ${node.items === undefined ? 'anything' : typeOf(node.items)}`;
  return node.type ?? node.anyOf?.[0]?.type ?? 'string';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
