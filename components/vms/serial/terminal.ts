/** xterm.js as Skep uses it. Loaded when a serial console is looked at, not before. */
import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { type ITheme, Terminal } from '@xterm/xterm'

/** Leaves the terminal for the button above it: every other key belongs to the guest. */
export const LEAVE_KEYS = 'Ctrl+F6'

const LIGHT: ITheme = {
  black: '#211f1b',
  red: '#b3261e',
  green: '#276f39',
  yellow: '#8f5400',
  blue: '#205a9c',
  magenta: '#8a3a86',
  cyan: '#0e6a70',
  white: '#5f594f',
  brightBlack: '#5f594f',
  brightRed: '#b3261e',
  brightGreen: '#276f39',
  brightYellow: '#8f5400',
  brightBlue: '#205a9c',
  brightMagenta: '#8a3a86',
  brightCyan: '#0e6a70',
  brightWhite: '#211f1b',
}
const DARK: ITheme = {
  black: '#45413a',
  red: '#ff7a6c',
  green: '#6cc283',
  yellow: '#e7a53c',
  blue: '#7db4ee',
  magenta: '#d79ad4',
  cyan: '#6cc5c9',
  white: '#d8d3c8',
  brightBlack: '#8f887b',
  brightRed: '#ff9d92',
  brightGreen: '#93d9a5',
  brightYellow: '#f3c06c',
  brightBlue: '#a6cdf6',
  brightMagenta: '#e6bce4',
  brightCyan: '#97dadd',
  brightWhite: '#ffffff',
}

function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element)
  const color = (name: string) => style.getPropertyValue(name).trim()
  return {
    ...(isDark() ? DARK : LIGHT),
    background: color('--sunken'),
    foreground: color('--text'),
    cursor: color('--accent'),
    cursorAccent: color('--sunken'),
    selectionBackground: color('--accent-line'),
    selectionForeground: color('--on-accent'),
  }
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
}

export type SerialTerminal = ReturnType<typeof openTerminal>

export function openTerminal(
  target: HTMLElement,
  on: {
    typed: (bytes: Uint8Array<ArrayBuffer>) => void
    /** Several lines were pasted: each is a command that runs at once, so somebody is asked first. */
    pasted: (text: string) => void
    leave: () => void
    label: string
  },
) {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(target).fontFamily,
    fontSize: 13,
    scrollback: 20_000,
    cursorBlink: false,
    disableStdin: true,
    minimumContrastRatio: 4.5,
    theme: themeOf(target),
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  terminal.open(target)
  terminal.textarea?.setAttribute('aria-label', on.label)
  fit.fit()
  const askFirst = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (terminal.options.disableStdin || !/[\r\n]./s.test(text)) return
    event.preventDefault()
    event.stopPropagation()
    on.pasted(text)
  }
  target.addEventListener('paste', askFirst, true)

  const encoder = new TextEncoder()
  terminal.onData(text => on.typed(encoder.encode(text)))
  terminal.onBinary(text => on.typed(Uint8Array.from(text, sign => sign.charCodeAt(0))))
  terminal.attachCustomKeyEventHandler(event => {
    if (event.key === 'F6' && event.ctrlKey) {
      if (event.type === 'keydown') on.leave()
      return false
    }
    // Who only looks goes on with Tab as everywhere.
    return !(terminal.options.disableStdin && event.key === 'Tab')
  })

  const observer = new ResizeObserver(() => fit.fit())
  observer.observe(target)
  const recolor = () => {
    terminal.options.theme = themeOf(target)
  }
  const night = matchMedia('(prefers-color-scheme: dark)')
  night.addEventListener('change', recolor)
  const chosen = new MutationObserver(recolor)
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })

  return {
    write: (bytes: Uint8Array) => terminal.write(bytes),
    reset: () => terminal.reset(),
    focus: () => terminal.focus(),
    /** As if it were typed, in brackets where the guest knows those. */
    paste: (text: string) => terminal.paste(text),
    size: () => ({ rows: terminal.rows, columns: terminal.cols }),
    /** Whether what is typed goes anywhere. */
    setTyping(typing: boolean) {
      terminal.options.disableStdin = !typing
    },
    setScreenReader(reads: boolean) {
      terminal.options.screenReaderMode = reads
    },
    /** Goes to the next place that holds it; whether there is one. */
    find: (text: string, backwards: boolean) =>
      backwards ? search.findPrevious(text) : search.findNext(text),
    end() {
      target.removeEventListener('paste', askFirst, true)
      observer.disconnect()
      chosen.disconnect()
      night.removeEventListener('change', recolor)
      terminal.dispose()
    },
  }
}
