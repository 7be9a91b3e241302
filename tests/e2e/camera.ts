/** What a camera reads off a picture on a page. */
import type { Locator } from '@playwright/test'
import jsQR from 'jsqr'

/** The text of the code that a picture shows, as it is shown. Fails where no camera would find one. */
export async function codeIn(picture: Locator): Promise<string> {
  const png = (await picture.screenshot()).toString('base64')
  // A page with scripts decodes the picture for us: one with a code may have none.
  const eye = await picture.page().context().browser()?.newPage()
  const pixels = await eye?.evaluate(pixelsOf, png)
  await eye?.context().close()
  if (pixels === undefined) throw new Error('There is no browser to see with.')
  const code = jsQR(Uint8ClampedArray.from(pixels.data), pixels.width, pixels.height)
  if (code === null) throw new Error('There is no code in the picture.')
  return code.data
}

async function pixelsOf(png: string) {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())
  const canvas = new OffscreenCanvas(picture.width, picture.height)
  const context = canvas.getContext('2d')
  context?.drawImage(picture, 0, 0)
  const data = context?.getImageData(0, 0, picture.width, picture.height).data ?? []
  return { data: [...data], width: picture.width, height: picture.height }
}
