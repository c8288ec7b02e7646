import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// LanguageServer speaks the protocol of https://microsoft.github.io/language-server-protocol
// with yaml-language-server over its standard input and output.
export class LanguageServer {
  #child
  #next = 1
  #pending = new Map()
  #diagnostics = new Map() // of documents, or who waits for them
  #buffer = Buffer.alloc(0)

  async start() {
    const require = createRequire(import.meta.url)
    const dir = dirname(require.resolve('yaml-language-server/package.json'))
    this.#child = spawn(process.execPath, [join(dir, 'bin', 'yaml-language-server'), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdout.on('data', (chunk) => this.#read(chunk))
    this.#child.on('exit', () => this.#pending.forEach(({ reject }) => reject(new Error('the language server ended'))))
    await this.request('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        textDocument: { completion: { completionItem: { documentationFormat: ['plaintext'] } }, hover: {}, publishDiagnostics: {} },
        workspace: { configuration: true },
      },
    })
    this.notify('initialized', {})
  }

  async stop() {
    await this.request('shutdown', null)
    this.notify('exit', null)
  }

  request(method, params) {
    const id = this.#next++
    const answer = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }))
    this.#send({ id, method, params })
    return answer
  }

  notify(method, params) {
    this.#send({ method, params })
  }

  // open opens a document, and gives the diagnostics that the server finds.
  open(uri, text) {
    const found = new Promise((resolve) => this.#diagnostics.set(uri, resolve))
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } })
    return found
  }

  #send(message) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }

  #read(chunk) {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, end).toString())[1])
      if (this.#buffer.length < end + 4 + length) return
      const message = JSON.parse(this.#buffer.subarray(end + 4, end + 4 + length).toString())
      this.#buffer = this.#buffer.subarray(end + 4 + length)
      this.#receive(message)
    }
  }

  #receive(message) {
    if (message.method === undefined) {
      const { resolve, reject } = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      message.error ? reject(new Error(message.error.message)) : resolve(message.result)
    } else if (message.method === 'textDocument/publishDiagnostics') {
      this.#diagnostics.get(message.params.uri)?.(message.params.diagnostics)
    } else if (message.method === 'workspace/configuration') {
      const settings = { yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false } } }
      this.#send({ id: message.id, result: message.params.items.map((item) => settings[item.section] ?? {}) })
    } else if (message.id !== undefined) {
      this.#send({ id: message.id, result: null })
    }
  }
}
