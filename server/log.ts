import pino from 'pino'

export type Logger = pino.Logger

/**
 * JSON lines on standard error; standard output belongs to the one line that says where Skep is.
 * Cookies, passwords and tokens are cut out by name, wherever a caller might pass a request or an input.
 */
export function createLogger(level = process.env.SKEP_LOG ?? 'info'): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'password',
          'token',
          'cookie',
          '*.password',
          '*.token',
          '*.cookie',
          'req.headers',
          '*.headers',
        ],
        censor: '(removed)',
      },
    },
    pino.destination({ fd: 2, sync: true }),
  )
}
