import { thoseThat } from "../parts";
import { type Container, containersOf, type Pod, resourcesOf } from "./pod";
import { quantityOf } from "./quantity";

/**
 * Whether the kubelet's static CPU manager gives the container CPUs of its own: whole ones, in a pod of class Guaranteed
 * (https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/#static-policy). Throws the SDK's error where that is
 * not known yet.
 */
export function isPinned(container: Container, pod: Pod): boolean {
  const cpus = quantityOf(resourcesOf(container).get("cpu")?.limit);
  return Number.isInteger(cpus) && thoseThat(containersOf(pod), (one) => !isGuaranteed(one)).length === 0;
}

function isGuaranteed(container: Container): boolean {
  return ["cpu", "memory"].every((name) => {
    const { request, limit } = resourcesOf(container).get(name) ?? {};
    return quantityOf(limit) > 0 && quantityOf(request) === quantityOf(limit);
  });
}
