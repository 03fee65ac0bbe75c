/** A laboratory is an emulated machine that shares two cores with the browser: each command takes ten times as long. */
export const patience = process.env.HOST ? 4 : 1
