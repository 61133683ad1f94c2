export { KubernetesError } from "../host/kubernetes-error";
