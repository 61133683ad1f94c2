import { type Container, containersOf, networkDevicesOf, type Pod, resourcesOf } from "./pod";
import { quantityOf } from "./quantity";

/**
 * How many devices a pod is given, by resource: those of its containers and sidecars together, or of one init container where that
 * is more; read when it is asked for (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers).
 */
export function deviceAmounts(pod: Pod): Map<string, () => number> {
  const containers = containersOf(pod).map((read) => read());
  const runs = ({ isInit, props }: Container) => !isInit || props.restartPolicy === "Always";
  const names = new Set(containers.flatMap(networkDevicesOf));
  return new Map(
    [...names].map((name) => {
      const read = () => {
        const amounts = (list: Container[]) => list.map((one) => amountOf(one, name));
        const together = amounts(containers.filter(runs)).reduce((sum, one) => sum + one, 0);
        return Math.max(together, ...amounts(containers.filter((one) => !runs(one))));
      };
      return [name, read];
    }),
  );
}

function amountOf(container: Container, name: string): number {
  const amount = resourcesOf(container).get(name)?.request;
  return amount === undefined ? 0 : quantityOf(amount);
}
