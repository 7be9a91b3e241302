/** Whether the coordinator is waited for: what runs meanwhile says so. */
class Reach {
  #waiting = $state(0)
  /** It does not answer, and something waits until it does. */
  readonly isAwaited = $derived(this.#waiting > 0)
  /** Told by each of the page's clients of the coordinator when it begins and ends to wait. */
  readonly onWait = (waits: boolean): void => {
    this.#waiting += waits ? 1 : -1
  }
}

export const reach = new Reach()
