// Lists and calls tools of skills as a stranger's client does.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { execFileSync } from 'node:child_process';

const [cli, state, key, ...payloads] = process.argv.slice(2);
let passed = 0;
let failed = 0;
function check(name, holds, found) {
  if (holds) passed++;
  else {
    failed++;
    console.log(`${name}: ${JSON.stringify(found)}`);
  }
}

const client = new Client({ name: 'stranger', version: '1.0.0' });
let told = 0;
client.setNotificationHandler(ToolListChangedNotificationSchema, () => { told++; });
await client.connect(new StdioClientTransport({
  command: 'dotnet',
  args: [cli, 'mcp', 'serve', '--state', state, '--trusted-publisher', key, '--principal', 'amina', ...payloads.flatMap(payload => ['--accept', payload])],
  stderr: 'ignore',
}));

const { tools } = await client.listTools();
const names = tools.map(tool => tool.name);
check('the tools of every skill are listed', ['acme_text_shout', 'acme_notes_append', 'acme_weather_today'].every(name => names.includes(name)), names);
check('names are what models are allowed', names.every(name => /^[A-Za-z0-9_-]{1,64}$/.test(name)), names);
check('schemas are objects', tools.every(tool => tool.inputSchema.type === 'object'), tools.map(tool => tool.inputSchema));
const weather = tools.find(tool => tool.name === 'acme_weather_today');
check('what reaches the network is open', weather?.annotations?.openWorldHint === true, weather?.annotations);
const notes = tools.find(tool => tool.name === 'acme_notes_append');
check('what writes is not read-only', notes?.annotations?.readOnlyHint === false && notes?.annotations?.openWorldHint === false, notes?.annotations);

const shout = await client.callTool({ name: 'acme_text_shout', arguments: { input: 'hello' } });
check('a tool answers', !shout.isError && shout.content[0].text === 'HELLO', shout);
const denied = await client.callTool({ name: 'acme_weather_anywhere', arguments: { input: 'https://evil.test/steal' } });
check('a denial is an error of the tool', denied.isError && JSON.parse(denied.content[0].text).error.code === 'capability.denied', denied);
const wrong = await client.callTool({ name: 'acme_text_shout', arguments: {} });
check('arguments that are missing are told', wrong.isError && JSON.parse(wrong.content[0].text).error.code === 'guest.input', wrong);
const many = await Promise.all(Array.from({ length: 20 }, (_, i) => client.callTool({ name: 'acme_text_shout', arguments: { input: `a${i}` } })));
check('calls at once are answered each', many.every((answer, i) => answer.content[0].text === `A${i}`), many);
const unknown = await client.callTool({ name: 'no_such_tool', arguments: {} }).then(answer => answer, error => ({ isError: true, error: error.message }));
check('a tool that is not there is an error', unknown.isError, unknown);

// Somebody installs another version in another process.
const before = tools.find(tool => tool.name === 'acme_text_shout').description;
execFileSync('dotnet', [cli, 'skills', 'install', '--artifact', 'next/text.palyra-skill', '--state', state, '--trusted-publisher', key]);
for (let i = 0; i < 100 && told === 0; i++) await new Promise(resolve => setTimeout(resolve, 100));
check('a new version is told', told > 0, told);
const after = (await client.listTools()).tools.find(tool => tool.name === 'acme_text_shout');
check('and listed', after?.description !== before, after);
const again = await client.callTool({ name: 'acme_text_shout', arguments: { input: 'hello' } });
check('and answers', !again.isError && again.content[0].text === 'HELLO', again);

// Somebody quarantines a skill in another process.
execFileSync('dotnet', [cli, 'skills', 'quarantine', 'acme.text', '--state', state, '--reason', 'test']);
await new Promise(resolve => setTimeout(resolve, 1000));
const stopped = await client.callTool({ name: 'acme_text_shout', arguments: { input: 'hello' } });
check('a quarantine counts at once', stopped.isError && JSON.parse(stopped.content[0].text).error.code === 'policy.quarantined', stopped);

await client.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
