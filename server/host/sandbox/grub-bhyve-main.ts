/** `node grub-bhyve-main.ts ARG…` with SKEP_SANDBOX=<dir>: what `grub-bhyve` is on the sandbox's PATH. */
import { runBootLoader } from './boot-loader.ts'

await runBootLoader('grub-bhyve')
