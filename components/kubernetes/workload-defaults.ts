// What DpdkWorkloadArgs say of a value that is left out.
export const NAMESPACE = "pantheonchain";
export const CPUS = 2;
export const MEMORY = "512Mi";
export const METRICS_PORT = 9464;
export const DESCRIPTORS = 1024;
/** Of Kubernetes' Deployment. */
export const PROGRESS_DEADLINE_SECONDS = 600;
