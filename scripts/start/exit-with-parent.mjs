// Loaded before the trprompt command by the launcher: ends it when the launcher is gone, however it went.
process.stdin.once('end', () => process.exit(130));
process.stdin.once('error', () => process.exit(130));
process.stdin.resume();
process.stdin.unref();
