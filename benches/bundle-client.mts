// The client as an app's bundler packs it for a browser.

import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

const resolveDir = fileURLToPath(new URL('..', import.meta.url))

export interface Bundle {
  code: string
  /** The files that are in it, by the path from the project's folder. */
  inputs: string[]
  /** Bytes, minified. */
  minified: number
  /** Bytes, minified and compressed by gzip at its best. */
  gzipped: number
}

/**
 * @param contents - The module that is bundled, as an app would write it.
 * @param format - `iife` for code that runs without modules; what it exports is then in a variable `exported`.
 * @param withoutWords - Leaves the word list of recovery phrases out.
 */
export async function bundleClient(
  contents: string,
  { format = 'esm', withoutWords = false }: { format?: 'esm' | 'iife'; withoutWords?: boolean } = {},
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: withoutWords ? ['@scure/bip39/wordlists/*'] : [],
    format,
    globalName: 'exported',
    logLevel: 'error',
    metafile: true,
    minify: true,
    platform: 'browser',
    write: false,
  })
  const [output] = outputFiles
  const written = Object.values(metafile.outputs)[0]
  if (!output || !written) throw new Error('esbuild gave no output')
  const inputs = Object.entries(written.inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  )
  return {
    code: output.text,
    inputs: inputs.filter((path) => path !== '<stdin>'),
    minified: output.contents.length,
    gzipped: gzipSync(output.contents, { level: 9 }).length,
  }
}
