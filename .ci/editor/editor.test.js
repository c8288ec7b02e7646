// An editor's view of docs/specgen.schema.json: a specification that names the
// schema in its first line is opened in a YAML language server, and the answers
// for completion, hovers and diagnostics are checked.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { LanguageServer } from './server.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const schema = pathToFileURL(join(root, 'docs', 'specgen.schema.json')).href
const firstLine = `# yaml-language-server: $schema=${schema}\n`

let server

before(async () => {
  server = new LanguageServer()
  await server.start()
})

after(() => server.stop())

let documents = 0

// opened opens a specification in which § is where the cursor stands.
async function opened(body) {
  const text = firstLine + body.replace('§', '')
  const before = (firstLine + body).split('§')[0].split('\n')
  const uri = pathToFileURL(join(root, `specgen${documents++}.yaml`)).href
  const diagnostics = await server.open(uri, text)
  return { uri, diagnostics, position: { line: before.length - 1, character: before.at(-1).length } }
}

// completion gives the labels that are offered at §, with their descriptions.
async function completion(body) {
  const { uri, position } = await opened(body)
  const answer = await server.request('textDocument/completion', { textDocument: { uri }, position })
  const items = new Map()
  for (const item of answer.items) items.set(item.label, item.documentation?.value ?? item.documentation ?? '')
  return items
}

function offers(items, ...labels) {
  for (const label of labels) assert.ok(items.has(label), `${label} is not among ${[...items.keys()]}`)
}

const head = 'version: 1\nsqlc: sqlc.yaml\noutput: {dir: gen/scopes}\n'

test('the keys of the file are offered, with what they mean', async () => {
  const items = await completion(head + '§\n')
  offers(items, 'context', 'data', 'blocks', 'scopes', 'go')
  assert.ok(!items.has('version'), 'a key that is written is offered again')
  assert.match(items.get('blocks'), /Steps that several scopes share/)
})

test('the keys of a scope are offered', async () => {
  const items = await completion(head + 'scopes:\n  team:\n    row: CreateTeam\n    §\n')
  offers(items, 'doc', 'inputs', 'parents', 'before', 'create', 'result', 'purge', 'errors', 'found')
  assert.match(items.get('found'), /COMMIT without an answer/)
})

test('the keys of each kind of step are offered', async () => {
  const items = await completion(head + 'scopes:\n  team:\n    row: CreateTeam\n    create:\n      - §\n')
  offers(items, 'query', 'use', 'for', 'scope')
})

test('the keys of a query step are offered', async () => {
  const items = await completion(head + 'scopes:\n  team:\n    row: CreateTeam\n    create:\n      - query: CreateRole\n        §\n')
  offers(items, 'as', 'into', 'with', 'when', 'expect', 'missing')
  assert.ok(!items.has('do'), '`do` belongs to a loop')
})

test('the keys of a purge and the words of `found` are offered', async () => {
  offers(await completion(head + 'scopes:\n  team:\n    row: CreateTeam\n    purge:\n      row: DeleteTeam\n      §\n'), 'lock', 'children', 'refuse', 'steps', 'keep')
  const words = await completion(head + 'scopes:\n  team:\n    row: CreateTeam\n    purge:\n      row: DeleteTeam\n      children:\n        - scope: team\n          found: §\n')
  offers(words, 'cascade', 'refuse')
})

test('a hover explains a key', async () => {
  const { uri, position } = await opened(head + 'scopes:\n  team:\n    row: CreateTeam\n    purge:\n      row: DeleteTeam\n      ke§ep: [events]\n')
  const hover = await server.request('textDocument/hover', { textDocument: { uri }, position })
  assert.match(hover.contents.value ?? hover.contents, /left on purpose/)
})

test('a wrong key is marked where it stands', async () => {
  const { diagnostics } = await opened(head + 'scopes:\n  team:\n    row: CreateTeam\n    creates: [CreateRole]\n')
  assert.equal(diagnostics.length, 1, JSON.stringify(diagnostics))
  assert.match(diagnostics[0].message, /creates/)
  assert.equal(diagnostics[0].range.start.line, 7)
  assert.equal(diagnostics[0].range.start.character, 4)
})

test('a missing key and a wrong kind are marked', async () => {
  const { diagnostics } = await opened(head + 'scopes:\n  team:\n    create: CreateRole\n')
  assert.match(diagnostics.map((d) => d.message).join('\n'), /row/)
  assert.match(diagnostics.map((d) => d.message).join('\n'), /array/)
})

test('whole specifications have no diagnostics', async () => {
  for (const file of ['specgen.yaml', 'examples/saas/specgen.yaml', 'examples/backendai/specgen.yaml']) {
    const { diagnostics } = await opened(readFileSync(join(root, file), 'utf8'))
    assert.deepEqual(diagnostics, [], file)
  }
})
