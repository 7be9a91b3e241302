/**
 * Lets waiting messages, such as a request to stop, be handled before long work goes on.
 * A message to oneself, because timers of a hidden tab run once a minute and a resolved promise lets nothing else in.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
