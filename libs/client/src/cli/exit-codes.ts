/** Exit codes of the `trprompt` command; `trprompt --help` lists them. */
export const exitCodes = {
  ok: 0,
  /** The run failed, was cancelled or stopped at a limit; or a check or a call failed. */
  failed: 1,
  /** Wrong usage, or a configuration or data with problems. Nothing was started. */
  usage: 2,
  /** No mesh answers. */
  unreachable: 3,
  /** Ctrl-C; a run goes on in the mesh. */
  interrupted: 130,
} as const;

/** The same for `--help`. */
export const exitCodesHelp = `
Exit codes:
  0    done
  1    the run failed, was cancelled or stopped at a limit, or a call or check failed
  2    wrong usage, or problems in the configuration or the data (nothing was started)
  3    no mesh answers
  130  interrupted with Ctrl-C (a run goes on in the mesh)`;
