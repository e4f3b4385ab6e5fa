console.log(`loading in ${process.pid}`)
await new Promise(() => setInterval(() => undefined, 1000))
