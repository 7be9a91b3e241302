import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

export default defineConfig({
  plugins: [
    svelte(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'workers',
      filename: 'service-worker.ts',
      // The app registers it through workbox-window and decides when an update may take over: never in a transfer.
      injectRegister: false,
      injectManifest: { globPatterns: ['**/*.{html,js,css,svg,png,wasm,webmanifest}'] },
      manifest: {
        id: '/',
        name: 'Keeptab',
        short_name: 'Keeptab',
        description: 'Backups kept by other people’s browser tabs.',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#0b7a70',
        background_color: '#f7faf9',
        icons: [
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
  worker: { format: 'es' },
})
