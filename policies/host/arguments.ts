/** One kernel argument; `-` and `_` are the same to the kernel (kernel/params.c, dash2underscore), so the key has `_`. */
export interface KernelArgument {
  readonly key: string;
  readonly value: string;
  readonly token: string;
}

export function kernelArgument(token: string): KernelArgument {
  const at = token.indexOf("=");
  const key = (at < 0 ? token : token.slice(0, at)).replaceAll("-", "_");
  return { key, value: at < 0 ? "" : token.slice(at + 1), token };
}

/** Pages that the kernel is told to set aside; `numaNode` is null where it spreads them itself. */
export interface ToldPages {
  readonly token: string;
  readonly kib: number;
  readonly counts: readonly { readonly numaNode: number | null; readonly pages: number }[];
}

/**
 * A `hugepages=` belongs to the `hugepagesz=` or `default_hugepagesz=` before it, else to the default size (Linux,
 * admin-guide/mm/hugetlbpage.rst).
 */
export function toldPages(tokens: readonly string[]): ToldPages[] {
  const standard = sizeKiB(withKey(tokens, "default_hugepagesz").at(-1)?.value ?? "2M");
  let kib = standard;
  return tokens.map(kernelArgument).flatMap(({ key, value, token }) => {
    if (key === "hugepagesz") kib = sizeKiB(value);
    if (key === "default_hugepagesz") kib = standard;
    if (key !== "hugepages") return [];
    const counts = value.split(",").map((part) => {
      const [node, pages] = part.includes(":") ? part.split(":") : [null, part];
      return { numaNode: node === null ? null : Number(node), pages: Number(pages) || 0 };
    });
    return [{ token, kib, counts }];
  });
}

/** As memparse() reads it: a number and a letter; the B of `1GB` is passed over. 0 where it is none. */
export function sizeKiB(text: string): number {
  const found = /^(\d+)([KMGT]?)/i.exec(text);
  if (found === null) return 0;
  return (Number(found[1]) * 1024 ** ["", "K", "M", "G", "T"].indexOf((found[2] as string).toUpperCase())) / 1024;
}

/** The arguments that have one of these keys, all of them: which of two holds depends on who reads them. */
export function withKey(tokens: readonly string[], ...keys: string[]): KernelArgument[] {
  return tokens.map(kernelArgument).filter(({ key }) => keys.includes(key));
}
