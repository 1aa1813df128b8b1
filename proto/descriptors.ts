import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BinaryReader } from '@bufbuild/protobuf/wire';

/** The serialised FileDescriptorSet of every proto of the mesh, with its imports: what reflection serves. */
export function descriptorSet(): Buffer {
  const candidates = ['./gen/descriptors.binpb', '../gen/descriptors.binpb'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error('gen/descriptors.binpb is missing: run `npm run proto`');
  return readFileSync(path);
}

/** The FileDescriptorProtos of `descriptorSet`, each serialised as the compiler wrote it. */
export function fileDescriptors(): Buffer[] {
  const reader = new BinaryReader(descriptorSet());
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) files.push(Buffer.from(reader.bytes()));
    else reader.skip(wireType);
  }
  return files;
}
