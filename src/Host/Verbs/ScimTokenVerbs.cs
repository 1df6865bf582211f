using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about the tokens with which directories speak SCIM.</summary>
internal static class ScimTokenVerbs
{
    public static Verb Create { get; } =
        new(
            "scim-token create",
            "SLUG [--name NAME] [--days N]",
            "Makes a token for a directory and prints it, this once",
            """
            The directory (Entra ID, Okta, ...) wants two things: the base URL and the token. Only a hash of the token is kept.
            Two may be live at once: make the new one, enter it at the directory, then revoke the old one.

              usermanagement scim-token create acme --name "Entra ID" --days 365
            """,
            1,
            [("--name NAME", "What it is for. Default: Directory"), ("--days N", "How long it lives, 1 to 3650. Default: for ever")],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var days = WorkspaceVerbs.Number(call, "days", 1, 3650);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var made = await core.Act<CreateScimCredential>()
                    .RunAsync(
                        Actor.Operator,
                        workspace.Id,
                        call.Option("name") ?? "Directory",
                        days is { } n ? TimeSpan.FromDays(n) : null,
                        ct
                    );
                if (made.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"SCIM base URL: {core.Links.Scim(workspace.Row.Slug)}\nSCIM token: {made.Value.Token}");
                return Exit.Done;
            }
        );

    public static Verb List { get; } =
        new(
            "scim-token list",
            "SLUG",
            "Lists a workspace's tokens",
            """
            One line each: id, the last four characters, state, when it ends, when it was last used, name.

              usermanagement scim-token list acme
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                await using var db = core.Act<Store>().Read();
                var uses = await db
                    .ScimCredentialUses.Where(u => u.WorkspaceId == workspace.Id)
                    .ToDictionaryAsync(u => u.CredentialId, u => u.LastUsedAt, ct);
                foreach (var token in await db.ScimCredentials.Where(c => c.WorkspaceId == workspace.Id).OrderBy(c => c.Id).ToListAsync(ct))
                {
                    var state =
                        token.IsLive(TimeProvider.System.GetUtcNow()) ? "live"
                        : token.RevokedAt is null ? "expired"
                        : "revoked";
                    var used = uses.TryGetValue(token.Id, out var at) ? Day(at) : "never used";
                    await call.Out.WriteLineAsync(
                        $"{token.Id} ...{token.TokenEnd} {state.PadRight(7)} {(token.ExpiresAt is { } end ? "until " + Day(end) : "for ever").PadRight(22)} {used.PadRight(16)} {token.Name}"
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Revoke { get; } =
        new(
            "scim-token revoke",
            "SLUG ID",
            "Revokes a token at once",
            """
            The directory's next request with it is answered by 401. `scim-token list` shows the ids.

              usermanagement scim-token revoke acme 0190b6d0-5b1c-7e4f-8a43-1d3f6c1e2a90
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                if (!Id<ScimCredential>.TryParse(call.Operands[1], out var id))
                {
                    throw new UsageException("This is no id of a token. `scim-token list SLUG` shows them.");
                }

                var revoked = await core.Act<RevokeScimCredential>().RunAsync(Actor.Operator, workspace.Id, id, ct);
                if (revoked.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Revoked: {revoked.Value.Name} (...{revoked.Value.TokenEnd}).");
                return Exit.Done;
            }
        );

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
