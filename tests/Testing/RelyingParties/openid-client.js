// A person's way through an app on openid-client: sign-in by a pushed request, UserInfo, refresh, sign-out. Where a browser is needed it
// prints the address and reads from its input where the browser came back to. Ends with one line of JSON: what it learned.
import readline from 'node:readline'
import * as client from 'openid-client'

const [issuer, id, secret, redirect_uri, post_logout_redirect_uri] = process.argv.slice(2)
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const browse = async url => {
  console.log(url.href)
  return new URL((await lines.next()).value)
}

const config = await client.discovery(new URL(issuer), id, secret, undefined, { execute: [client.allowInsecureRequests] })
const pkceCodeVerifier = client.randomPKCECodeVerifier()
const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
const url = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri,
  scope: 'openid profile email workspace offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: expectedState,
  nonce: expectedNonce,
})
const back = await browse(url)
const tokens = await client.authorizationCodeGrant(config, back, {
  pkceCodeVerifier,
  expectedState,
  expectedNonce,
  idTokenExpected: true,
})
const { sub, role } = tokens.claims()
const info = await client.fetchUserInfo(config, tokens.access_token, sub)
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token)
const { active } = await client.tokenIntrospection(config, refreshed.access_token)
const out = await browse(
  client.buildEndSessionUrl(config, { post_logout_redirect_uri, id_token_hint: refreshed.id_token, state: 'out' }),
)
const after = await client.refreshTokenGrant(config, refreshed.refresh_token).then(
  () => 'refreshed',
  fault => fault.error,
)
const { active: still } = await client.tokenIntrospection(config, refreshed.access_token)
console.log(JSON.stringify({ sub, role, name: info.name, refreshedSub: refreshed.claims().sub, active, state: out.searchParams.get('state'), after, still }))
process.exit()
