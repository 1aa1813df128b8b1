import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

/** The templates that ship with the mesh. */
export function defaultTemplatesFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@trprompt/core/package.json')), 'templates');
}

/**
 * Reads every `*.yaml` below `folder` (one level of sub-folders, one per kind).
 * @returns the parsed files by their `id`, in no order.
 * @throws Error that names the file when one is unreadable, no YAML mapping, has no `id`, or repeats one.
 */
export async function loadTemplates(
  folder: string = defaultTemplatesFolder(),
): Promise<Map<string, unknown>> {
  const templates = new Map<string, unknown>();
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    const content: unknown = parse(await readFile(path, 'utf8'));
    const id = typeof content === 'object' && content !== null && 'id' in content ? content.id : undefined;
    if (typeof id !== 'string' || id === '')
      throw new Error(`template ${path} has no id: add "id: kind/version"`);
    if (templates.has(id)) throw new Error(`template ${path} repeats the id ${id}: ids are unique`);
    templates.set(id, content);
  }
  return templates;
}
