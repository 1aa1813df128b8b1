import { describeAllowed } from './hints.js';
import { runConfigJsonSchema, type SchemaNode } from './json-schema.js';

/** docs/configuration.md: a section per part of the configuration and one row per setting, from the schema. */
export function configurationMarkdown(): string {
  const root = runConfigJsonSchema();
  const parts = Object.entries(root.properties ?? {});
  const plain = parts.filter(([, node]) => node.properties === undefined);
  const sections = parts.filter(([, node]) => node.properties !== undefined);
  return [
    '# Configuration of a run',
    '',
    'Generated from `libs/core/src/config` by `npm run docs -w @trprompt/core`: edit there, not here.',
    '',
    'A run is configured by one YAML file; `presets/` has complete ones. Only `name` is required, an unknown setting is an error.',
    'Values that the paper states (arXiv 2507.18618) are the defaults. For completion in an editor, point it at `config.schema.json`.',
    '',
    '## The run',
    '',
    ...table(plain.map(([name, node]) => row(name, node, root.required?.includes(name) === true))),
    ...sections.flatMap(([name, node]) => [
      '',
      `## \`${name}\``,
      '',
      node.description ?? '',
      '',
      ...table(rowsOf(node, name)),
    ]),
    '',
  ].join('\n');
}

function table(rows: readonly string[][]): string[] {
  const head = ['Setting', 'Default', 'Allowed', 'Meaning'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function rowsOf(node: SchemaNode, path: string): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const at = `${path}.${name}`;
    if (child.properties === undefined) return [row(at, child, false)];
    // A default of {} says no more than the defaults of the fields below.
    const own = JSON.stringify(child.default ?? {}) === '{}' ? '' : code(child.default);
    return [[`\`${at}\``, own, 'mapping', cell(child.description ?? '')], ...rowsOf(child, at)];
  });
}

function row(path: string, node: SchemaNode, required: boolean): string[] {
  return [
    `\`${path}\``,
    required ? 'required' : code(node.default),
    cell(describeAllowed(node) ?? ''),
    cell(node.description ?? ''),
  ];
}

function code(value: unknown): string {
  return `\`${cell(JSON.stringify(value) ?? '')}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}
