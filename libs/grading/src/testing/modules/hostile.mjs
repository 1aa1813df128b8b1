/** Does what the response says. */
const deeds = {
  loop() {
    for (;;);
  },
  hang: () => new Promise(() => {}),
  throw() {
    throw new Error('no idea');
  },
  throwNothing() {
    throw undefined;
  },
  rejectLater() {
    setTimeout(() => {
      throw new Error('too late');
    });
    return new Promise(() => {});
  },
  exit: () => process.exit(0),
  abort: () => process.abort(),
  kill: () => process.kill(process.pid, 'SIGTERM'),
  disconnect() {
    process.disconnect();
    return true;
  },
  objects() {
    const all = [];
    for (;;) all.push({ some: 'thing' });
  },
  arrays() {
    const all = [];
    for (;;) all.push(new Array(1e7).fill(1));
  },
  buffers() {
    const all = [];
    for (;;) all.push(Buffer.alloc(1 << 22, 1));
  },
  recursion: function deeper() {
    return deeper() + 1;
  },
  regex: () => /^(a+)+$/.test(`${'a'.repeat(60)}b`),
  nothing: () => undefined,
  number: () => 1,
  text: () => 'true',
  halfway: () => ({ correct: 'yes' }),
  extracted: () => ({ correct: true, extracted: 5 }),
  cyclic() {
    const self = { correct: 1 };
    self.self = self;
    return self;
  },
  long: () => ({ correct: true, extracted: 'x'.repeat(1e6), reason: 'y'.repeat(1e6) }),
  write: async () => (await import('node:fs')).writeFileSync('written', ''),
  spawn: async () => (await import('node:child_process')).execSync('true'),
  environment: () => ({ correct: Object.keys(process.env).length === 0 }),
  right: () => true,
};

export default ({ response }) => deeds[response]();
