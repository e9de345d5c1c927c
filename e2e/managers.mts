// The package managers, and how each is told what to install and for which platform.

import { fileURLToPath } from 'node:url'

import { manifest } from '../scripts/platforms.mjs'

/** A platform as package managers select it. */
export interface Selection {
  os: string
  cpu: string
  libc: string | undefined
}

export interface Manager {
  command: string
  /** The arguments that install the package. */
  install: string[]
  /** The arguments that install it without its optional dependencies, where there are such. */
  withoutOptional?: string[]
  /** The arguments that choose another platform. */
  select?: (selection: Selection) => string[]
  /** Why a platform cannot be chosen. */
  cannot?: (selection: Selection) => string | undefined
  /** The files of settings, by their names. */
  files: (registry: string, selection?: Selection) => Record<string, unknown>
  /** The command that runs Node with what was installed. */
  node: string[]
}

const tool = (name: string) => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url))

const architectures = ({ os, cpu, libc }: Selection) => ({ os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) })

const flags = ({ os, cpu, libc }: Selection) => [`--os=${os}`, `--cpu=${cpu}`, ...(libc ? [`--libc=${libc}`] : [])]

const yarn = (nodeLinker: string, node: string[]): Manager => ({
  command: tool('yarn'),
  install: ['add', manifest.name],
  files: (registry, selection) => ({
    'yarn.lock': '',
    '.yarnrc.yml': {
      npmRegistryServer: registry,
      unsafeHttpWhitelist: ['127.0.0.1'],
      // What was published a moment ago would be held back for a day.
      npmMinimalAgeGate: 0,
      enableImmutableInstalls: false,
      nodeLinker,
      ...(selection && { supportedArchitectures: architectures(selection) }),
    },
  }),
  node,
})

export const managers: Record<string, Manager> = {
  npm: {
    command: 'npm',
    install: ['install', manifest.name],
    withoutOptional: ['--omit=optional'],
    select: flags,
    files: (registry) => ({ '.npmrc': `registry=${registry}\n` }),
    node: [process.execPath],
  },
  pnpm: {
    command: tool('pnpm'),
    install: ['add', manifest.name],
    withoutOptional: ['--no-optional'],
    files: (registry, selection) => ({
      '.npmrc': `registry=${registry}\n`,
      'pnpm-workspace.yaml': selection ? { supportedArchitectures: architectures(selection) } : {},
    }),
    node: [process.execPath],
  },
  yarn: yarn('node-modules', [process.execPath]),
  'yarn pnp': yarn('pnp', [tool('yarn'), 'node']),
  bun: {
    command: tool('bun'),
    install: ['add', manifest.name],
    withoutOptional: ['--omit=optional'],
    select: ({ os, cpu }) => [`--os=${os}`, `--cpu=${cpu}`],
    cannot: ({ cpu, libc }) => (cpu === 'riscv64' ? `no --cpu=${cpu}` : libc === 'musl' ? 'no --libc' : undefined),
    files: (registry) => ({ 'bunfig.toml': `[install]\nregistry = "${registry}"\n` }),
    node: [process.execPath],
  },
}
