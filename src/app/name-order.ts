/** Lists in the order in which people look for names: numbers by their value, letters as the language of the page has them. */
import { perLocale } from './figures.ts'

const collators = perLocale<Intl.Collator, Intl.CollatorOptions>(Intl.Collator)

/** What compares alike stays as it was. */
export function byName<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const { compare } = collators('name', { numeric: true })
  return items.toSorted((a, b) => compare(nameOf(a), nameOf(b)))
}

/** By one name after the other, so that what lies in a folder stays together. */
export function byPath<T>(items: readonly T[], pathOf: (item: T) => string): T[] {
  const { compare } = collators('name', { numeric: true })
  const order = (a: readonly string[], b: readonly string[]): number => {
    for (const [i, name] of a.entries()) {
      const other = b[i]
      if (other === undefined) return 1
      // Names that count as one, such as 01 and 1, are two folders all the same.
      const found = compare(name, other) || (name < other ? -1 : Number(name > other))
      if (found !== 0) return found
    }
    return a.length - b.length
  }
  return items
    .map((item) => ({ item, names: pathOf(item).split('/') }))
    .sort((a, b) => order(a.names, b.names))
    .map(({ item }) => item)
}
