// What an integrator writes against the generated types: every call, parameter, body and answer below is checked by the compiler.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [server, key] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: server + "/api/v1", headers: { Authorization: "Bearer " + key } });
const params = { path: { slug: "acme" } };

function must<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.data === undefined) throw new Error(answer.error?.code + ": " + answer.error?.detail);
  return answer.data;
}

const mine = must(await api.GET("/workspaces/{slug}/me", { params }));
const invited = must(await api.POST("/workspaces/{slug}/invitations", { params, body: { userName: "gen@example.com", sendMail: false } }));
const found = must(await api.GET("/workspaces/{slug}/members", { params: { ...params, query: { userName: "GEN@example.com" } } }));
const member: components["schemas"]["Member"] = found.items[0]!;
const one = must(await api.GET("/workspaces/{slug}/members/{id}", { params: { path: { slug: "acme", id: member.id } } }));
const group = must(await api.POST("/workspaces/{slug}/groups", { params, body: { displayName: "Generated", members: [member.id] } }));
const patched = must(await api.PATCH("/workspaces/{slug}/configuration", { params, body: { invitations: { lifetimeDays: 14 } } }));
const webhook = must(await api.POST("/workspaces/{slug}/webhooks", { params, body: { name: "App", url: "https://app.invalid/hook", types: ["member.joined"] } }));
const refused = await api.POST("/workspaces/{slug}/invitations", { params, body: { userName: "no@example.com", role: "king" } });

console.log(JSON.stringify({
  role: mine.role,
  invited: invited.invitation.memberId === member.id,
  same: JSON.stringify(one) === JSON.stringify(member),
  memberCount: group.group.memberCount,
  lifetimeDays: patched.invitations?.lifetimeDays,
  secret: webhook.secret.startsWith("whsec_"),
  code: refused.error?.code,
}));
