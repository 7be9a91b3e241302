/** Hours of a day, as on the clock on the wall. */

/** Whether an hour lies in a span that may go past midnight; a span that ends where it begins is none. */
export const isWithinHours = (hour: number, fromHour: number, toHour: number): boolean =>
  fromHour <= toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour
