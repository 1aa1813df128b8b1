// Generates gen/: TypeScript messages and service definitions, and a descriptor set for reflection.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const bin = join(here, '..', 'node_modules', '.bin');
const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
const buf = (...args) => execFileSync(join(bin, 'buf'), args, { cwd: here, env, stdio: 'inherit' });

rmSync(join(here, 'gen'), { recursive: true, force: true });
mkdirSync(join(here, 'gen'), { recursive: true });
buf('generate');
buf('build', '-o', 'gen/descriptors.binpb');
