/** `node bhyveload-main.ts ARG…` with SKEP_SANDBOX=<dir>: what `bhyveload` is on the sandbox's PATH. */
import { runBootLoader } from './boot-loader.ts'

await runBootLoader('bhyveload')
