import * as apps from "@pulumi/kubernetes/apps/v1";
import * as pulumi from "@pulumi/pulumi";
import { type DevicePluginPoolArgs, pluginConfig, resourcesOf } from "./device-plugin-plan";
import { filesOfPods } from "./files";

/**
 * The SR-IOV network device plugin alone, for clusters where the operator does not fit (EC2 with IMDSv2, no CNI of ours): the functions are
 * bound by the host component, and this offers them. Never both: the operator would bind them its own way.
 *
 * A change of the pools restarts the plugin; pods that run keep their functions. Nothing reboots.
 *
 * @throws KubernetesError before anything is made.
 * @example
 * const pool = new DevicePluginPool("sriov", {
 *   image: "registry.example.com/sriov-network-device-plugin@sha256:…",
 *   nodeSelector: { "node-role.kubernetes.io/validator": "" },
 *   pools: [{ resource: "data_plane", addresses: ["0000:01:10.0", "0000:01:10.2"] }],
 * }, { provider });
 */
export class DevicePluginPool extends pulumi.ComponentResource {
  /** What a pod asks for: `pantheonchain.org/data_plane`. */
  readonly resources: readonly string[];

  constructor(name: string, args: DevicePluginPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const data = { "config.json": pluginConfig(name, args) };
    // What a preview compares line by line: the ConfigMap is another one whenever a file is.
    super("dpdk-fleet:kubernetes:DevicePluginPool", name, { files: data }, opts);
    const metadata = { name, namespace: args.namespace ?? "kube-system", labels: labelsOf(name) };
    const files = filesOfPods(name, metadata, data, this);
    const spec = { selector: { matchLabels: labelsOf(name) }, template: template(name, args, files.name) };
    new apps.DaemonSet(name, { metadata, spec }, { parent: this, dependsOn: files.configMap });
    this.resources = resourcesOf(args);
    this.registerOutputs({ resources: this.resources });
  }
}

function labelsOf(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": "sriov-device-plugin", "app.kubernetes.io/instance": name };
}

function template(name: string, { image, nodeSelector }: DevicePluginPoolArgs, files: string) {
  return {
    metadata: { labels: labelsOf(name) },
    spec: {
      nodeSelector: { ...nodeSelector },
      priorityClassName: "system-node-critical",
      tolerations: [{ operator: "Exists" }],
      automountServiceAccountToken: false,
      containers: [
        {
          name: "plugin",
          image,
          // Not the released image's entrypoint, a script with options of its own: the program, with those that it has itself.
          command: ["/usr/bin/sriovdp", "--logtostderr", "-v=10", "--config-file=/etc/pcidp/config.json"],
          // It gives itself 5 s to answer itself when it starts: with a small limit of CPU it never does.
          resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } },
          // It reads the node's PCI devices and offers them over the kubelet's socket: root there, but no more than that.
          securityContext: {
            privileged: true,
          },
          volumeMounts: [
            { name: "config", mountPath: "/etc/pcidp", readOnly: true },
            { name: "plugins", mountPath: "/var/lib/kubelet/device-plugins" },
            { name: "registry", mountPath: "/var/lib/kubelet/plugins_registry" },
            { name: "info", mountPath: "/var/run/k8s.cni.cncf.io/devinfo/dp" },
          ],
        },
      ],
      volumes: [
        { name: "config", configMap: { name: files } },
        { name: "plugins", hostPath: { path: "/var/lib/kubelet/device-plugins" } },
        { name: "registry", hostPath: { path: "/var/lib/kubelet/plugins_registry", type: "DirectoryOrCreate" } },
        { name: "info", hostPath: { path: "/var/run/k8s.cni.cncf.io/devinfo/dp", type: "DirectoryOrCreate" } },
      ],
    },
  };
}
