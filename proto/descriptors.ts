import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The serialised FileDescriptorSet of every proto of the mesh, with its imports: what reflection serves. */
export function descriptorSet(): Buffer {
  const candidates = ['./gen/descriptors.binpb', '../gen/descriptors.binpb'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error('gen/descriptors.binpb is missing: run `npm run proto`');
  return readFileSync(path);
}
