export { JobLauncher, JobLaunchError, type Job, type JobExit, type JobSpec } from './job-launcher.js';
export { SubprocessLauncher } from './subprocess-launcher.js';
