/** One kernel argument; `-` and `_` are the same to the kernel (kernel/params.c, dash2underscore), so the key has `_`. */
export interface KernelArgument {
  readonly key: string;
  readonly value: string;
  readonly token: string;
}

export function kernelArgument(token: string): KernelArgument {
  const at = token.indexOf("=");
  const key = (at < 0 ? token : token.slice(0, at)).replaceAll("-", "_").toLowerCase();
  return { key, value: at < 0 ? "" : token.slice(at + 1), token };
}

/** The last value of each key: of two, the kernel takes the later one. */
export function lastValues(tokens: readonly string[]): Map<string, string> {
  return new Map(tokens.map(kernelArgument).map(({ key, value }) => [key, value]));
}
