/** Ticks by its own clock: what a browser does to the timers of a hidden page, it does not do to those of a worker. */
addEventListener('message', ({ data }: MessageEvent<number>) => {
  setInterval(() => postMessage(performance.now()), data)
})

export {}
