import { readFile } from 'node:fs/promises';

/** Clock ticks a second in /proc; Linux reports 100 to programs on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What a process has used. */
export interface ProcessCost {
  /** Processor time, user and system, milliseconds. */
  cpuMs: number;
  /** Resident memory, MiB. */
  residentMiB: number;
}

/** Reads /proc (Linux only). Throws when there is no such process. */
export async function processCost(pid: number): Promise<ProcessCost> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  // The name in parentheses may hold spaces; what follows it is plain. utime and stime are fields 14 and 15 of the whole line.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return { cpuMs: (ticks / TICKS_PER_SECOND) * 1000, residentMiB: Number(resident ?? 0) / 1024 };
}
