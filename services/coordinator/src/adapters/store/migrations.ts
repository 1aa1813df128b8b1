import type { Migration } from '@trprompt/store';

const free = { prompt: 0, cachedPrompt: null, completion: 0, call: 0 };
/** The default price table when version 3 was written. */
const noPrices = {
  currency: 'USD',
  promptModel: free,
  target: free,
  critic: free,
  editor: free,
  training: { hour: 0 },
};

/**
 * The schema of the coordinator, forward only. JSON columns hold the domain's own shapes; settings that came after a run was created get their defaults when
 * it is read.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'runs and their results',
    statements: [
      `CREATE TABLE runs (
         position bigint GENERATED ALWAYS AS IDENTITY,
         run_id text PRIMARY KEY,
         request_id text UNIQUE,
         name text NOT NULL,
         state text NOT NULL,
         reason text NOT NULL,
         iteration integer NOT NULL,
         phase text NOT NULL,
         attempt integer NOT NULL,
         sequence bigint NOT NULL DEFAULT 0,
         config jsonb NOT NULL,
         config_digest text NOT NULL,
         dataset jsonb NOT NULL,
         provenance jsonb NOT NULL,
         created_at timestamptz NOT NULL,
         ended_at timestamptz
       )`,
      `CREATE INDEX runs_by_position ON runs (position)`,
      `CREATE TABLE examples (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         position integer NOT NULL,
         example_id text NOT NULL,
         split text NOT NULL,
         example jsonb NOT NULL,
         PRIMARY KEY (run_id, example_id)
       )`,
      `CREATE TABLE items (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         iteration integer NOT NULL,
         phase text NOT NULL,
         item_id text NOT NULL,
         input_hash text NOT NULL,
         prompt text NOT NULL,
         prompt_source text NOT NULL,
         answer text NOT NULL,
         finish text NOT NULL,
         verdict jsonb,
         reward text NOT NULL,
         redactions integer NOT NULL,
         usage jsonb NOT NULL,
         error text,
         PRIMARY KEY (run_id, iteration, phase, item_id)
       )`,
      `CREATE TABLE search_messages (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         iteration integer NOT NULL,
         seq integer NOT NULL,
         message jsonb NOT NULL,
         PRIMARY KEY (run_id, iteration, seq)
       )`,
      `CREATE TABLE trainings (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         iteration integer NOT NULL,
         training jsonb NOT NULL,
         PRIMARY KEY (run_id, iteration)
       )`,
      `CREATE TABLE accuracies (
         position bigint GENERATED ALWAYS AS IDENTITY,
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         iteration integer NOT NULL,
         step text NOT NULL,
         split text NOT NULL,
         method text NOT NULL,
         correct integer NOT NULL,
         total integer NOT NULL,
         low double precision NOT NULL,
         high double precision NOT NULL,
         PRIMARY KEY (run_id, iteration, step, split, method)
       )`,
      `CREATE TABLE checkpoints (
         position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         checkpoint jsonb NOT NULL
       )`,
      `CREATE INDEX checkpoints_by_run ON checkpoints (run_id, position)`,
      `CREATE TABLE phase_costs (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         iteration integer NOT NULL,
         phase text NOT NULL,
         calls bigint NOT NULL,
         prompt_tokens bigint NOT NULL,
         completion_tokens bigint NOT NULL,
         cached_prompt_tokens bigint NOT NULL,
         seconds double precision NOT NULL,
         PRIMARY KEY (run_id, iteration, phase)
       )`,
      `CREATE TABLE counters (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         name text NOT NULL,
         value bigint NOT NULL,
         PRIMARY KEY (run_id, name)
       )`,
      `CREATE TABLE steps (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         iteration integer NOT NULL,
         phase text NOT NULL,
         step jsonb NOT NULL,
         PRIMARY KEY (run_id, iteration, phase)
       )`,
      `CREATE TABLE events (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         sequence bigint NOT NULL,
         event bytea NOT NULL,
         published boolean NOT NULL DEFAULT false,
         PRIMARY KEY (run_id, sequence)
       )`,
      `CREATE INDEX events_to_publish ON events (run_id, sequence) WHERE NOT published`,
    ],
  },
  {
    version: 2,
    name: 'leases with fencing epochs, and cancellation by any coordinator',
    statements: [
      `CREATE TABLE leases (
         name text PRIMARY KEY,
         owner text NOT NULL,
         epoch bigint NOT NULL,
         commits bigint NOT NULL,
         expires_at timestamptz NOT NULL
       )`,
      `ALTER TABLE runs ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false`,
      `CREATE INDEX runs_unfinished ON runs (position) WHERE state IN ('pending', 'running')`,
    ],
  },
  {
    version: 3,
    name: 'costs by role, in money',
    statements: [
      `ALTER TABLE phase_costs ADD COLUMN role text NOT NULL DEFAULT ''`,
      `ALTER TABLE phase_costs ADD COLUMN money double precision NOT NULL DEFAULT 0`,
      `ALTER TABLE phase_costs DROP CONSTRAINT phase_costs_pkey`,
      `ALTER TABLE phase_costs ADD PRIMARY KEY (run_id, iteration, phase, role)`,
      // Configurations of runs that were created before these settings existed, with the defaults.
      `UPDATE runs SET config = jsonb_set(config, '{limits,money}', '0') WHERE config->'limits' IS NOT NULL AND config->'limits'->'money' IS NULL`,
      `UPDATE runs SET config = jsonb_set(config, '{prices}', $json$${JSON.stringify(noPrices)}$json$) WHERE config->'prices' IS NULL`,
    ],
  },
  {
    version: 4,
    name: 'the test split in quarantine, sizes and hashes of splits, named verdicts',
    statements: [
      `CREATE TABLE splits (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         split text NOT NULL,
         examples integer NOT NULL,
         hash text NOT NULL,
         PRIMARY KEY (run_id, split)
       )`,
      `CREATE TABLE test_examples (
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         position integer NOT NULL,
         example_id text NOT NULL,
         example jsonb NOT NULL CHECK (example->>'split' = 'test'),
         PRIMARY KEY (run_id, example_id)
       )`,
      `CREATE TABLE test_openings (
         run_id text PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
         opened_at timestamptz NOT NULL,
         attempt integer NOT NULL,
         checkpoint text NOT NULL,
         hash text NOT NULL
       )`,
      `CREATE TABLE test_refusals (
         position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
         refused_at timestamptz NOT NULL,
         attempt integer NOT NULL,
         checkpoint text NOT NULL,
         reason text NOT NULL
       )`,
      `CREATE INDEX test_refusals_by_run ON test_refusals (run_id, position)`,
      // Runs of earlier versions: their hashes are not known, and who was tested has read its test split.
      `INSERT INTO splits SELECT run_id, split, count(*), '' FROM examples GROUP BY run_id, split`,
      `INSERT INTO test_examples SELECT run_id, position, example_id, example FROM examples WHERE split = 'test'`,
      `DELETE FROM examples WHERE split = 'test'`,
      `ALTER TABLE examples ADD CONSTRAINT test_is_in_quarantine CHECK (split <> 'test' AND example->>'split' <> 'test')`,
      `INSERT INTO test_openings
       SELECT run_id, coalesce(ended_at, created_at), attempt, '', '' FROM runs
       WHERE EXISTS (SELECT 1 FROM steps WHERE steps.run_id = runs.run_id AND steps.phase = 'test')`,
      `ALTER TABLE accuracies ADD COLUMN verdicts jsonb NOT NULL DEFAULT '{}'`,
    ],
  },
];
