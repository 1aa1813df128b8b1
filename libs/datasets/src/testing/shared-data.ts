import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder `shared/data` beside the checkout, with the paper's data sets; undefined where there is none. None of it is part of the repository. */
export function sharedData(): string | undefined {
  for (
    let folder = dirname(fileURLToPath(import.meta.url));
    dirname(folder) !== folder;
    folder = dirname(folder)
  ) {
    const candidate = join(folder, 'shared', 'data');
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}
