#!/usr/bin/env node
// A local Kafka broker in the foreground (see kafka/main.mjs). It needs no set-up: only Java, and Maven the first time.
if (Number.parseInt(process.versions.node, 10) < 20) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: install Node 20 or newer and run the command again.\n`,
  );
  process.exit(1);
}

await import('./kafka/main.mjs');
