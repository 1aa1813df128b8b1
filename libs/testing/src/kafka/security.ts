import type { KafkaOptions } from './broker.js';
import { certificateFiles } from './certificates.js';

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const loginModules = {
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  'SCRAM-SHA-256': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  'SCRAM-SHA-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
};

/** Broker settings that make the clients' listener ask for a login, TLS or both; empty for neither. */
export function securitySettings({ sasl, tls }: KafkaOptions, folder: string): Record<string, string> {
  if (sasl === undefined && tls === undefined) return {};
  const protocol = sasl === undefined ? 'SSL' : tls === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL';
  const files = certificateFiles(folder);
  return {
    'listener.security.protocol.map': `CLIENT:${protocol},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    ...(sasl && loginSettings(sasl)),
    ...(tls && {
      'listener.name.client.ssl.keystore.type': 'PEM',
      'listener.name.client.ssl.keystore.location': files.broker,
      'listener.name.client.ssl.truststore.type': 'PEM',
      'listener.name.client.ssl.truststore.location': files.ca,
      'listener.name.client.ssl.client.auth': tls.clientAuth === true ? 'required' : 'none',
    }),
  };
}

function loginSettings({ username, password }: NonNullable<KafkaOptions['sasl']>): Record<string, string> {
  const jaas = mechanisms.map((mechanism) => {
    const users = mechanism === 'PLAIN' ? ` user_${username}="${password}"` : '';
    return [
      `listener.name.client.${mechanism.toLowerCase()}.sasl.jaas.config`,
      `${loginModules[mechanism]} required${users};`,
    ];
  });
  return {
    'listener.name.client.sasl.enabled.mechanisms': mechanisms.join(','),
    ...(Object.fromEntries(jaas) as Record<string, string>),
  };
}

/** Options of the launcher that create the user for both SCRAM mechanisms. */
export function scramUsers(sasl: KafkaOptions['sasl']): string[] {
  if (sasl === undefined) return [];
  return mechanisms
    .filter((mechanism) => mechanism !== 'PLAIN')
    .flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${sasl.username},password=${sasl.password}]`,
    ]);
}
