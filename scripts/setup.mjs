#!/usr/bin/env node
// Sets up everything the mesh needs, inside this checkout (see setup/main.mjs). Nothing here may need more than an
// old Node or an installed package, so that a Node that is too old is told so instead of failing on syntax.
if (Number.parseInt(process.versions.node, 10) < 20) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: install Node 20 or newer and run the command again.\n`,
  );
  process.exit(1);
}

await import('./setup/main.mjs');
