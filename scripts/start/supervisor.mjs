import { setTimeout as sleep } from 'node:timers/promises';
import { serviceEnvironment } from './environment.mjs';
import { recordProcesses } from './leftovers.mjs';
import { ServiceProcess } from './service-process.mjs';

/** Restarts in a row that a service gets, and the pause before the first; it doubles each time. */
const restarts = 5;
const firstPause = 250;
/** A service that has run this long counts as sound again. Milliseconds. */
const soundAfter = 60_000;
/** From SIGTERM until SIGKILL. Milliseconds. */
const stopTimeout = 10_000;

/** Starts the services in the order of their needs, keeps them up, and stops them all. */
export class Supervisor {
  /**
   * @param {typeof import('./services.mjs').services} services those to start
   * @param {import('./configuration.mjs').MeshPlan} plan
   * @param {(text: string) => void} say
   */
  constructor(services, plan, say) {
    this.services = services;
    this.plan = plan;
    this.say = say;
    /** @type {Record<string, string>} host:port by service */
    this.addresses = {};
    /** @type {Map<string, ServiceProcess>} */
    this.processes = new Map();
    this.stopping = false;
    /** Rejects when a service could not be kept up. */
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** @throws {import('./failure.mjs').LaunchFailure} when a service does not come up */
  async start() {
    const ready = new Map();
    for (const service of this.services) {
      const needs = service.needs.flatMap((name) => ready.get(name) ?? []);
      ready.set(
        service.name,
        Promise.all(needs).then(() => this.bringUp(service)),
      );
    }
    await Promise.all(ready.values());
  }

  async bringUp(service) {
    const process = this.spawn(service);
    this.addresses[service.name] = await process.listening();
    this.say(`  ${service.name.padEnd(14)} ${this.addresses[service.name]}`);
    void this.keepUp(service, process);
  }

  spawn(service, port = 0) {
    const settings = { ...service.settings(this.plan, this.addresses), TRPROMPT_PORT: port };
    const started = new ServiceProcess(service, serviceEnvironment(settings), service.args?.(port));
    this.processes.set(service.name, started);
    if (this.stopping) started.kill();
    recordProcesses([...this.processes.values()]);
    return started;
  }

  /** Starts a service again when it ends, where it was, until it ends too often. */
  async keepUp(service, process) {
    let attempt = 0;
    for (let current = process, since = Date.now(); ;) {
      const how = await current.exited;
      if (this.stopping) return;
      current.kill(); // What it had started must not outlive it.
      if (Date.now() - since > soundAfter) attempt = 0;
      attempt += 1;
      if (attempt > restarts) {
        const failure = current.failure(`ended ${attempt} times in a row (${how})`);
        if (service.dispensable) this.say(`${failure.message}\nThe mesh goes on without it.`);
        else this.fail(failure);
        return;
      }
      this.say(
        `The service ${service.name} ended unexpectedly (${how}); starting it again (${attempt} of ${restarts}).`,
      );
      await sleep(firstPause * 2 ** (attempt - 1));
      if (this.stopping) return;
      since = Date.now();
      current = this.spawn(service, portOf(this.addresses[service.name]));
      await current.listening().catch(() => current.kill());
    }
  }

  /**
   * Ends everything: first the coordinator, so that it sees no other service go and keeps its runs as they are, then
   * the others, the broker last; what is left after 10 s is killed.
   */
  async stop() {
    this.stopping = true;
    const deadline = Date.now() + stopTimeout;
    const all = [...this.processes.values()];
    const order = [
      all.filter(({ name }) => name === 'coordinator'),
      all.filter(({ name }) => name !== 'coordinator' && name !== 'kafka'),
      all.filter(({ name }) => name === 'kafka'),
    ];
    // Each may take half of what is left, the last one all of it.
    for (const [index, group] of order.entries())
      await ended(group, Date.now() + (deadline - Date.now()) / (index === order.length - 1 ? 1 : 2));
    this.killAll();
    recordProcesses([]);
  }

  killAll() {
    this.stopping = true;
    for (const process of this.processes.values()) process.kill();
  }
}

async function ended(processes, deadline) {
  for (const process of processes) process.terminate();
  const timer = new AbortController();
  const late = sleep(Math.max(0, deadline - Date.now()), undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([Promise.all(processes.map((process) => process.exited)), late]);
  timer.abort();
}

const portOf = (address) => Number(address.slice(address.lastIndexOf(':') + 1));
