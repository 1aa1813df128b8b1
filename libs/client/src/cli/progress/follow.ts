import { TrpromptError } from '../../sdk/errors.js';
import type { Cli } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { createView } from './view.js';

/** How following ended: with the run, or by Ctrl-C while the run goes on. */
export type Followed = 'ended' | 'detached';

/** Shows a run until it ends or until Ctrl-C, which detaches and says how to come back. */
export async function follow(cli: Cli, runId: string): Promise<Followed> {
  const view = createView(cli);
  const interrupt = new AbortController();
  const forget = cli.io.onInterrupt(() => interrupt.abort());
  try {
    const updates = cli.client.watchRun(runId, {
      signal: interrupt.signal,
      onInterruption: () => view.note('connection lost, trying again …'),
    });
    for await (const update of updates) {
      if (update.type === 'event') view.event(update.event);
      else view.progress(update.progress);
    }
    return 'ended';
  } catch (error) {
    if (TrpromptError.from(error).code !== 'cancelled' || !interrupt.signal.aborted) throw error;
    view.end();
    cli.exitCode = exitCodes.interrupted;
    cli.emit({ type: 'detached', runId });
    cli.print(`Detached: ${runId} goes on in the mesh.`);
    cli.print(`  npm run trprompt -- watch ${runId}     to watch it again`);
    cli.print(`  npm run trprompt -- cancel ${runId}    to stop it`);
    return 'detached';
  } finally {
    forget();
    view.end();
  }
}
