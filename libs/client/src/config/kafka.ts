import { readFileSync } from 'node:fs';
import type { KafkaConnection } from '@trprompt/events';
import { TrpromptError } from '../sdk/errors.js';

/** The variables of the environment that say how to reach Kafka; the coordinator reads the same. Empty is not set. */
export interface KafkaVariables {
  TRPROMPT_KAFKA_BROKERS?: string;
  TRPROMPT_KAFKA_TLS?: string;
  TRPROMPT_KAFKA_CA_FILE?: string;
  TRPROMPT_KAFKA_CERT_FILE?: string;
  TRPROMPT_KAFKA_KEY_FILE?: string;
  TRPROMPT_KAFKA_SASL_MECHANISM?: string;
  TRPROMPT_KAFKA_USERNAME?: string;
  TRPROMPT_KAFKA_PASSWORD?: string;
}

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/**
 * How to reach Kafka.
 *
 * @param brokers host:port, several with commas
 * @throws TrpromptError `invalid`, naming the broker or variable that is wrong
 */
export function kafkaConnection(brokers: string, variables: KafkaVariables = {}): KafkaConnection {
  const names = brokers.split(',').map((broker) => broker.trim());
  for (const name of names)
    if (!/^[^\s,:]+:\d+$|^\[[\da-f:]+\]:\d+$/i.test(name))
      throw invalid(`"${name}" is no broker: give host:port, several with commas.`);
  return { brokers: names, clientId: 'trprompt-events', ...security(variables) };
}

function security(variables: KafkaVariables): Pick<KafkaConnection, 'tls' | 'sasl'> {
  const { TRPROMPT_KAFKA_SASL_MECHANISM: asked, TRPROMPT_KAFKA_USERNAME: username } = variables;
  const tls = flag('TRPROMPT_KAFKA_TLS', variables.TRPROMPT_KAFKA_TLS) && {
    ca: pem('TRPROMPT_KAFKA_CA_FILE', variables),
    cert: pem('TRPROMPT_KAFKA_CERT_FILE', variables),
    key: pem('TRPROMPT_KAFKA_KEY_FILE', variables),
  };
  const mechanism = mechanisms.find((known) => known === asked?.toLowerCase());
  if (asked && !mechanism)
    throw invalid(`TRPROMPT_KAFKA_SASL_MECHANISM is "${asked}": use ${mechanisms.join(', ')}.`);
  if ((mechanism === undefined) !== (username === undefined))
    throw invalid('TRPROMPT_KAFKA_SASL_MECHANISM and TRPROMPT_KAFKA_USERNAME go together: set both or none.');
  return {
    ...(tls ? { tls } : {}),
    ...(mechanism && username !== undefined
      ? { sasl: { mechanism, username, password: variables.TRPROMPT_KAFKA_PASSWORD ?? '' } }
      : {}),
  };
}

function flag(name: string, text: string | undefined): boolean {
  if (text === undefined || /^(0|false|no|off)$/i.test(text)) return false;
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  throw invalid(`${name} is "${text}": use 1 or 0.`);
}

function pem(name: keyof KafkaVariables, variables: KafkaVariables): string | undefined {
  const path = variables[name];
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`${name} is ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

const invalid = (message: string): TrpromptError => new TrpromptError('invalid', message);
