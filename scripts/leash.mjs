// Loaded before the product by scripts/start.mjs: when the launcher is gone (killed, or its terminal with it), the
// product stops too, cleanly, instead of holding the port for nobody.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
