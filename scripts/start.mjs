#!/usr/bin/env node
// Starts the mesh of this machine (see start/main.mjs). `npm start` and `npm run mesh` set up first.
if (Number.parseInt(process.versions.node, 10) < 20) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: install Node 20 or newer and run the command again.\n`,
  );
  process.exit(1);
}

await import('./start/main.mjs');
