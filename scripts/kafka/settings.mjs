import { readFileSync } from 'node:fs';
import { LaunchFailure } from '../start/failure.mjs';

/**
 * server.properties of a broker that is its own controller. One broker can hold one replica, so every replication factor is 1; the short session
 * lets it serve again about 5 s after it was killed, and consumer groups may choose sessions as short as 1 s.
 * @param {{ port: number, controllerPort: number, log: string, extra?: string }} options log: folder of the topics; extra: file of more settings
 */
export function serverProperties({ port, controllerPort, log, extra }) {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `CLIENT://127.0.0.1:${port},INTERNAL://127.0.0.1:0,CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'log.dirs': log,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'broker.session.timeout.ms': 1500,
    'broker.heartbeat.interval.ms': 300,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'num.network.threads': 2,
    'num.io.threads': 4,
  };
  const lines = Object.entries(settings).map(
    ([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}`,
  );
  // Of a key that stands twice, Java takes the last.
  return `${lines.join('\n')}\n${extra === undefined ? '' : read(extra)}\n`;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LaunchFailure(`The settings ${file} cannot be read (${error.code}): check --settings.`, 2);
  }
}
