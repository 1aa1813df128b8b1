/** What the document says beside the events: what it is about, and how to reach a broker. */
export const info = {
  title: 'TRPrompt Mesh events',
  version: '1.0.0',
  license: { name: 'Apache-2.0' },
  description: `What happens in the runs of a TRPrompt mesh, as the coordinator publishes it to Kafka.

- Messages are CloudEvents 1.0 in the binary mode of its Kafka binding: attributes in the headers, a protobuf message as the value.
- Every value is one \`trprompt.events.v1.RunEvent\` (proto/trprompt/events/v1/events.proto); \`ce_subject\` says which payload it has.
- The schemas here describe its JSON form (proto3 JSON mapping; what is 0, false or empty is left out), which \`trprompt events --json\`
  prints as \`data\`. \`x-protobuf\` has each field's name, number and type on the wire.
- The key is the run id, so within a topic the events of a run are in order. \`sequence\` orders them across topics; it has no gaps.
- Delivery is at least once: after a fault a message may be there twice, with the same \`ce_id\`. Drop what you have seen.
- Names are past tense. A consumer ignores kinds and fields that it does not know: new ones may be added within v1.`,
} as const;

const brokers = {
  host: {
    default: '127.0.0.1',
    description: 'Host of a broker. `npm run kafka` starts one on this machine.',
  },
  port: { default: '9092', description: 'Port of a broker.' },
};

export const servers = {
  plain: {
    host: '{host}:{port}',
    protocol: 'kafka',
    description:
      'Without encryption: the broker of `npm run kafka`, or one on a private network (TRPROMPT_KAFKA_BROKERS).',
    variables: brokers,
  },
  secure: {
    host: '{host}:{port}',
    protocol: 'kafka-secure',
    description:
      'With TLS (TRPROMPT_KAFKA_TLS) and, where the brokers ask for it, SASL (TRPROMPT_KAFKA_SASL_MECHANISM) or a client certificate.',
    variables: brokers,
    security: ['saslPlain', 'saslScramSha256', 'saslScramSha512', 'clientCertificate'].map((name) => ({
      $ref: `#/components/securitySchemes/${name}`,
    })),
  },
} as const;

export const securitySchemes = {
  saslPlain: { type: 'plain', description: 'SASL/PLAIN, over TLS only.' },
  saslScramSha256: { type: 'scramSha256', description: 'SASL/SCRAM-SHA-256.' },
  saslScramSha512: { type: 'scramSha512', description: 'SASL/SCRAM-SHA-512.' },
  clientCertificate: {
    type: 'X509',
    description: 'Mutual TLS (TRPROMPT_KAFKA_CERT_FILE, TRPROMPT_KAFKA_KEY_FILE).',
  },
} as const;
