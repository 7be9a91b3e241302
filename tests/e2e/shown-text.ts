/** What a page shows, as a person sees or hears it: where it is cut, and all its words. Both run in the page. */

/** Text of which something cannot be seen: it runs out of its box, its button or the page. Scrolling to it is no cutting. */
export function cutTexts(): string[] {
  const { documentElement } = document
  const found: string[] = []
  const beside = documentElement.scrollWidth - documentElement.clientWidth
  if (beside > 0) found.push(`the page is ${beside} pixels too wide`)
  /** Only read out, or not there at all. */
  const isUnseen = (element: Element) =>
    !element.checkVisibility({ visibilityProperty: true }) || element.closest('.hidden, .skip, option') !== null
  const say = (element: Element, why: string) =>
    found.push(`${why}: <${element.tagName.toLowerCase()}> ${element.textContent.trim().slice(0, 80)}`)

  for (const element of document.body.querySelectorAll('*')) {
    if (isUnseen(element) || !(element instanceof HTMLElement)) continue
    const { overflowX, overflowY, display } = getComputedStyle(element)
    const scrolls = (overflow: string) => overflow === 'auto' || overflow === 'scroll'
    const [across, down] = [element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight]
    // Text without a box of its own has no such sizes.
    if (display === 'inline' || display === 'contents' || element instanceof HTMLInputElement) continue
    if (across > 1 && !scrolls(overflowX)) say(element, `${across} pixels beside its box`)
    if (down > 1 && (overflowY === 'hidden' || overflowY === 'clip')) say(element, `${down} pixels under its box`)
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const element = node.parentElement
    if (element === null || node.nodeValue?.trim() === '' || isUnseen(element)) continue
    range.selectNodeContents(node)
    for (let around: Element | null = element; around !== null; around = around.parentElement) {
      if (getComputedStyle(around).overflowX !== 'visible') break
      if (around !== document.body) continue
      const { left, right } = range.getBoundingClientRect()
      if (left < -1 || right > documentElement.clientWidth + 1) say(element, 'beside the page')
    }
  }
  return found
}

/**
 * All text and all names of what is there, without what people have named or typed, words to be written down, code, and
 * languages as they call themselves. Nothing else on the page may be in a language of its own.
 */
export function wordsShown(): string[] {
  const foreign = 'bdi, code, pre, script, style, noscript, [translate="no"], option[lang]'
  const found = [document.title]
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    if (node.parentElement?.closest(foreign) === null) found.push(node.nodeValue ?? '')
  }
  for (const name of ['aria-label', 'aria-valuetext', 'placeholder', 'title', 'alt']) {
    for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name) ?? '')
  }
  // Between isolates stands a name inside a sentence.
  return found.map((text) => text.replace(/\u2068[^\u2069]*\u2069/g, ''))
}
