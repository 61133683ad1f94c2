/** docker-registry's configuration, which is YAML and so may be JSON: loopback only, its storage in a folder of its own. */
export function registryConfig(port: number, storage: string): string {
  const config = {
    version: 0.1,
    // What it answers to whom is not kept; what goes wrong is.
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    // The secret signs what several registries behind one name would hand to each other; without one it warns.
    http: { addr: `127.0.0.1:${port}`, secret: "one registry alone" },
  };
  return `${JSON.stringify(config, undefined, 1)}\n`;
}
