/** The name itself, or where it is taken the first of `name (2)`, `name (3)` that is not. */
export function unusedName(name: string, taken: Iterable<string>): string {
  const all = new Set(taken)
  if (!all.has(name)) return name
  let number = 2
  while (all.has(`${name} (${number})`)) number += 1
  return `${name} (${number})`
}
