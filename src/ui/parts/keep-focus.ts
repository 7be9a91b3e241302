/**
 * Whoever works with a keyboard or listens to the page must not lose their place in it: when the control that has the
 * focus goes away, is disabled or folded in, the heading of what it belonged to takes the focus, and is read.
 */

/** What has a heading of its own. The last one has the screen's. */
const PART = 'section, form, li, main'

/** @param main holds every screen, and can take the focus itself. @returns what ends it */
export function keepFocus(main: HTMLElement): () => void {
  /** The focused element, then what is around it, outwards. Empty while nothing in here has the focus. */
  let trail: HTMLElement[] = []

  const remember = (): void => {
    trail = []
    const { activeElement } = document
    for (let at = activeElement; at instanceof HTMLElement && main.contains(at); at = at.parentElement) trail.push(at)
  }
  /** Its person has gone elsewhere, unless it turns out that the element is just being taken away. */
  const forget = ({ target, relatedTarget }: FocusEvent): void => {
    if (relatedTarget !== null) return
    setTimeout(() => {
      if (target === trail[0] && target !== document.activeElement) trail = []
    })
  }
  const look = (): void => {
    const [focused, ...around] = trail
    if (focused === undefined || isUsable(focused)) return
    const { activeElement } = document
    if (activeElement !== null && activeElement !== document.body && activeElement !== focused) return
    const parts = around.filter((element) => element.isConnected && element.matches(PART))
    const heading = parts.map(headingOf).find((found) => found !== null) ?? main
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
    // Whoever points at the screen is not to have it moved.
    if (heading.matches(':focus-visible')) heading.scrollIntoView({ block: 'nearest' })
  }

  const observer = new MutationObserver(look)
  observer.observe(main, { subtree: true, childList: true, attributeFilter: ['disabled', 'open'] })
  document.addEventListener('focusin', remember)
  document.addEventListener('focusout', forget)
  return () => {
    observer.disconnect()
    document.removeEventListener('focusin', remember)
    document.removeEventListener('focusout', forget)
  }
}

const headingOf = (part: Element): HTMLElement | null => part.querySelector('h1, h2, h3')

const isUsable = (element: Element): boolean =>
  element.isConnected && !element.matches(':disabled') && element.checkVisibility()
