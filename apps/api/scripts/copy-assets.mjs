// The compiler copies only code; migrations and other files that code reads at run time go beside it here.
import { cpSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
cpSync(resolve(root, 'src/db/migrations'), resolve(root, 'dist/db/migrations'), { recursive: true })
