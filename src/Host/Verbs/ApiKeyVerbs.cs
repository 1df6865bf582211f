using System.Globalization;
using UserManagement.Membership;
using UserManagement.Membership.Access;

namespace UserManagement.Host.Verbs;

/// <summary>
/// The verbs about the keys with which programs speak REST. A key that the operator makes stands for nobody and outlives people.
/// </summary>
internal static class ApiKeyVerbs
{
    public static Verb Create { get; } =
        new(
            "api-key create",
            "SLUG ROLE [--name NAME] [--days N]",
            "Makes an API key for a program and prints it, this once",
            """
            The program sends it with each request (Authorization: Bearer umapi_...) and acts as ROLE, the key of a role of
            the workspace. Only a hash of it is kept.

              usermanagement api-key create acme admin --name "HR system" --days 90
            """,
            2,
            [("--name NAME", "Which program it is for. Default: Program"), ("--days N", "How long it lives, 1 to 366. Default: 90")],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var days = WorkspaceVerbs.Number(call, "days", 1, CreateApiKey.LongestLife.Days) ?? 90;
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var made = await core.Act<CreateApiKey>()
                    .RunAsync(
                        Actor.Operator,
                        workspace.Id,
                        call.Option("name") ?? "Program",
                        call.Operands[1],
                        TimeSpan.FromDays(days),
                        ct
                    );
                if (made.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"REST base URL: {core.Links.Rest(workspace.Row.Slug)}\nAPI key: {made.Value.Key}");
                return Exit.Done;
            }
        );

    public static Verb List { get; } =
        new(
            "api-key list",
            "SLUG",
            "Lists a workspace's API keys",
            """
            One line each: id, the last four characters, state, role, when it ends, when it was last used, name.

              usermanagement api-key list acme
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

                foreach (var key in (await core.Act<ListApiKeys>().RunAsync(Actor.Operator, workspace.Id, ct)).Value)
                {
                    var state =
                        key.IsLive ? "live"
                        : key.Row.RevokedAt is null ? "expired"
                        : "revoked";
                    var used = key.LastUsedAt is { } at ? Day(at) : "never used";
                    await call.Out.WriteLineAsync(
                        $"{key.Row.Id} ...{key.Row.KeyEnd} {state.PadRight(7)} {key.Row.Role.PadRight(14)} until "
                            + $"{Day(key.Row.ExpiresAt)} {used.PadRight(16)} {key.Row.Name}"
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Revoke { get; } =
        new(
            "api-key revoke",
            "SLUG ID",
            "Revokes an API key at once",
            """
            The program's next request with it is answered by 401. `api-key list` shows the ids.

              usermanagement api-key revoke acme 0190b6d0-5b1c-7e4f-8a43-1d3f6c1e2a90
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

                if (!Id<ApiKey>.TryParse(call.Operands[1], out var id))
                {
                    throw new UsageException("This is no id of a key. `api-key list SLUG` shows them.");
                }

                var revoked = await core.Act<RevokeApiKey>().RunAsync(Actor.Operator, workspace.Id, id, ct);
                if (revoked.Refusal is { } refusal)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"Revoked: {revoked.Value.Name} (...{revoked.Value.KeyEnd}).");
                return Exit.Done;
            }
        );

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
