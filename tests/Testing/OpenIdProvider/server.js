// A certified OpenID provider (oidc-provider) in the dress of Google or of Entra, for the browser tests.
//
//   node server.js google '{"jo@acme.com": {"sub": "1", "hd": "acme.com", ...}}'
//   node server.js entra  '{"jo@acme.com": {"oid": "...", "tid": "...", ...}}'
//
// It prints "listening PORT" and ends with its standard input. People choose their account on one page and are in.
// Google has one issuer; at Entra each tenant has its own, behind the address of "common", whose document names them
// all by a template. Which people there are, and every claim of theirs, is the caller's to say.
import http from 'node:http';
import Provider from 'oidc-provider';

const [dress, people] = [process.argv[2], JSON.parse(process.argv[3])];
const client = { client_id: 'usermanagement', client_secret: 'a-client-secret-of-the-tests', redirect_uris: ['http://localhost/'] };
const stored = new Map(); // shared, so that the token address of "common" finds whose code it was given
const providers = new Map(); // by tenant; Google's under ''

console.warn = console.info = () => {}; // its warnings are about production

class Memory {
  constructor(kind) { this.kind = kind; }
  key(id) { return `${this.kind}:${id}`; }
  async upsert(id, payload) {
    stored.set(this.key(id), payload);
    if (payload.uid) stored.set(`uid:${payload.uid}`, payload);
  }
  async find(id) { return stored.get(this.key(id)); }
  async findByUid(uid) { return stored.get(`uid:${uid}`); }
  async findByUserCode() { return undefined; }
  async consume(id) { stored.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { stored.delete(this.key(id)); }
  async revokeByGrantId(grant) {
    for (const [key, payload] of stored) if (payload.grantId === grant) stored.delete(key);
  }
}

function provider(base, tenant) {
  const made = new Provider(tenant ? `${base}/${tenant}/v2.0` : base, {
    adapter: Memory,
    clients: [client],
    cookies: {
      keys: ['for tests alone'],
      names: { session: `${dress}${tenant}_session`, interaction: `${dress}${tenant}_interaction`, resume: `${dress}${tenant}_resume` },
    },
    claims: { openid: ['sub', 'tid', 'oid', 'ver', 'hd', 'preferred_username', 'amr'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'] },
    conformIdTokenClaims: false, // in the ID token, as both do
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    interactions: { url: (_, interaction) => `${tenant ? `/${tenant}/v2.0` : ''}/interaction/${interaction.uid}` },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    responseTypes: ['code'],
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 300, AccessToken: 300 },
  });
  made.Client.prototype.redirectUriAllowed = (uri) => new URL(uri).hostname === 'localhost'; // the connection's id is known later
  return made;
}

const chooser = (names, where) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Choose an account</title></head>
<body><main><h1>${dress === 'google' ? 'Google' : 'Microsoft'}: choose an account</h1>
${names.map((name) => `<form method="post" action="${where}"><button name="account" value="${name}">${name}</button></form>`).join('\n')}
<form method="post" action="${where}"><button name="account" value="">Cancel</button></form></main></body></html>`;

const read = (req) => new Promise((done) => {
  let text = '';
  req.on('data', (part) => { text += part; }).on('end', () => done(text));
});

const pass = (made, mount, req, res) => {
  req.originalUrl = req.url;
  req.baseUrl = mount;
  req.url = req.url.slice(mount.length);
  made.callback()(req, res);
};

const server = http.createServer(async (req, res) => {
  const base = `http://127.0.0.1:${server.address().port}`;
  const url = new URL(req.url, base);
  if (url.searchParams.get('prompt') === 'select_account') {
    req.url = req.url.replace('prompt=select_account', 'prompt=login');
  }

  if (url.pathname === '/common/v2.0/.well-known/openid-configuration') {
    const tenant = providers.keys().next().value;
    const own = await (await fetch(`${base}/${tenant}/v2.0/.well-known/openid-configuration`)).json();
    res.setHeader('Content-Type', 'application/json');
    return res.end(JSON.stringify({
      ...own,
      issuer: `${base}/{tenantid}/v2.0`,
      authorization_endpoint: `${base}/common/authorize`,
      token_endpoint: `${base}/common/token`,
      authorization_response_iss_parameter_supported: undefined,
      pushed_authorization_request_endpoint: undefined, // as Entra: "common" only passes people on
    }));
  }

  if (url.pathname === '/common/authorize') {
    res.setHeader('Content-Type', 'text/html');
    return res.end(chooser(Object.keys(people), `/common/chosen?${new URLSearchParams({ q: url.search })}`));
  }

  if (url.pathname === '/common/chosen') {
    const account = new URLSearchParams(await read(req)).get('account');
    const asked = new URLSearchParams(url.searchParams.get('q'));
    const answer = new URL(asked.get('redirect_uri'));
    answer.search = new URLSearchParams({ error: 'access_denied', state: asked.get('state') });
    asked.set('login_hint', account);
    asked.set('prompt', 'login');
    const to = account ? `/${people[account].tid}/v2.0/auth?${asked}` : answer.href;
    return res.writeHead(303, { Location: to }).end();
  }

  if (url.pathname === '/common/token') {
    const form = await read(req);
    const code = stored.get(`AuthorizationCode:${new URLSearchParams(form).get('code')}`);
    const tenant = people[code?.accountId]?.tid ?? providers.keys().next().value;
    const answer = await fetch(`${base}/${tenant}/v2.0/token`, {
      method: 'POST',
      headers: { 'Content-Type': req.headers['content-type'], Authorization: req.headers.authorization ?? '' },
      body: form,
    });
    return res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(await answer.text());
  }

  const tenant = dress === 'google' ? '' : url.pathname.split('/')[1];
  const made = providers.get(tenant);
  if (!made) {
    return res.writeHead(404).end();
  }

  const mount = tenant ? `/${tenant}/v2.0` : '';
  const interaction = url.pathname.slice(mount.length).match(/^\/interaction\/[^/]+$/);
  if (!interaction) {
    return pass(made, mount, req, res);
  }

  const details = await made.interactionDetails(req, res);
  const finish = (account) => made.interactionFinished(req, res,
    account ? { login: { accountId: account, ts: Math.floor(Date.now() / 1000) } } : { error: 'access_denied', error_description: 'the person <b>cancelled</b>' },
    { mergeWithLastSubmission: false });
  if (req.method === 'POST') {
    return finish(new URLSearchParams(await read(req)).get('account'));
  }

  if (tenant) {
    return finish(details.params.login_hint); // chosen at "common" already
  }

  res.setHeader('Content-Type', 'text/html');
  return res.end(chooser(Object.keys(people), url.pathname));
});

server.listen(0, '127.0.0.1', () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  for (const tenant of dress === 'google' ? [''] : new Set(Object.values(people).map((p) => p.tid))) {
    providers.set(tenant, provider(base, tenant));
  }
  process.stdout.write(`listening ${server.address().port}\n`);
});
process.stdin.on('end', () => process.exit()).resume();
